import { nearest } from '../model/suggest.ts';
import { complain } from './compiling.ts';
import { readBytes, readDurationMs } from './quantity.ts';
import type { Place } from './compiling.ts';

const BODY_BYTES_DEFAULT = 10 * 1024 ** 2;
const BODY_BYTES_MAX = 1024 ** 3;
const TIMEOUT_MS_DEFAULT = 30_000;
const TIMEOUT_MS_MAX = 3_600_000;

/** `to`: the origin of the named upstream, or of the only one. */
export const readTo = ({ compiling, path }: Place, to: string | undefined): string | undefined => {
  const { yaml, data, origins } = compiling;
  const names = Object.keys(data.upstreams);
  if (to === undefined && names.length > 1) {
    const message = `\`to\` is missing: the file has ${names.length} upstreams (${names.join(', ')})`;
    return complain(compiling, yaml.keyAt(path), message);
  }
  const name = to ?? names[0] ?? '';
  if (names.includes(name)) return origins.get(name);
  return complain(compiling, yaml.at([...path, 'to']), `there is no upstream "${name}"`, nearest(name, names));
};

/** `body`: the largest request body, 10 MB unless said otherwise. */
export const readBody = ({ compiling, path }: Place, body: string | number | undefined): number | undefined => {
  if (body === undefined) return BODY_BYTES_DEFAULT;
  const bytes = readBytes(body);
  if (bytes !== undefined && bytes <= BODY_BYTES_MAX) return bytes;
  const at = compiling.yaml.at([...path, 'body']);
  return complain(compiling, at, `"${body}" is not a size from 0 to 1GB, as in 5MB or 64KB`);
};

/** `timeout`: until the head of the upstream's answer, 30 s unless said otherwise. */
export const readTimeout = ({ compiling, path }: Place, timeout: string | number | undefined): number | undefined => {
  if (timeout === undefined) return TIMEOUT_MS_DEFAULT;
  const ms = readDurationMs(timeout);
  if (ms !== undefined && ms > 0 && ms <= TIMEOUT_MS_MAX) return ms;
  const at = compiling.yaml.at([...path, 'timeout']);
  return complain(compiling, at, `"${timeout}" is not a duration from 1ms to 1h, as in 30s or 500ms`);
};
