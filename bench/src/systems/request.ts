import { reference } from './reference.ts';

export const request = reference(
  'request',
  'node:http and `undici.request`, body piped, no authorization',
  new URL('../servers/request.ts', import.meta.url),
);
