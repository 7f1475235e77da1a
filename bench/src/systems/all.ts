import { dispatch } from './dispatch.ts';
import { httpProxy } from './http-proxy.ts';
import { request } from './request.ts';
import type { System } from './system.ts';

/** In the order of the table. */
export const systems: readonly System[] = [dispatch, request, httpProxy];
