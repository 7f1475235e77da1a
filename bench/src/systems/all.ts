import { dispatch } from './dispatch.ts';
import { gatehouse } from './gatehouse.ts';
import { httpProxy } from './http-proxy.ts';
import { request } from './request.ts';
import type { System } from './system.ts';

/** In the order of the table. */
export const systems: readonly System[] = [gatehouse, dispatch, request, httpProxy];
