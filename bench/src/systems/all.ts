import { dispatch } from './dispatch.ts';
import { gatehouse } from './gatehouse.ts';
import { httpProxy } from './http-proxy.ts';
import { request } from './request.ts';
import type { System } from './system.ts';

/** In the order of the table. Programs that are not ours are started in `environment`. */
export const systems = (environment: Readonly<Record<string, string | undefined>>): readonly System[] => [
  gatehouse(environment),
  dispatch,
  request,
  httpProxy,
];
