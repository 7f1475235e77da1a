import { reference } from './reference.ts';

export const dispatch = reference(
  'dispatch',
  'node:http and undici `dispatch`, raw header lists, no authorization',
  'servers/dispatch.ts',
);
