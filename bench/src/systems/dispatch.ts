import { reference } from './reference.ts';

export const dispatch = reference(
  'dispatch',
  'node:http and undici `dispatch`, raw header lists, no authorization',
  new URL('../servers/dispatch.ts', import.meta.url),
);
