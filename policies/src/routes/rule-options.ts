import { nearest } from '../model/suggest.ts';
import { addProblem } from './compiling.ts';
import { readBytes, readDurationMs } from './quantity.ts';
import type { Place } from './compiling.ts';

const bodyBytesDefault = 10 * 1024 ** 2;
const bodyBytesMax = 1024 ** 3;
const timeoutMsDefault = 30_000;
const timeoutMsMax = 3_600_000;

/** `to`: the origin of the named upstream, or of the only one. */
export const readTo = ({ compiling, path }: Place, to: string | undefined): string | undefined => {
  const { yaml, data, origins } = compiling;
  const names = Object.keys(data.upstreams);
  if (to === undefined && names.length > 1) {
    const message = `\`to\` is missing: the file has ${names.length} upstreams (${names.join(', ')})`;
    return addProblem(compiling, yaml.keyAt(path), message);
  }
  const name = to ?? names[0] ?? '';
  if (names.includes(name)) return origins.get(name);
  return addProblem(compiling, yaml.at([...path, 'to']), `there is no upstream "${name}"`, nearest(name, names));
};

/** `body`: the largest request body, 10 MB unless said otherwise. */
export const readBody = ({ compiling, path }: Place, body: string | number | undefined): number | undefined => {
  if (body === undefined) return bodyBytesDefault;
  const bytes = readBytes(body);
  if (bytes !== undefined && bytes <= bodyBytesMax) return bytes;
  const at = compiling.yaml.at([...path, 'body']);
  return addProblem(compiling, at, `"${body}" is not a size from 0 to 1GB, as in 5MB or 64KB`);
};

/** `timeout`: until the head of the upstream's answer, 30 s unless said otherwise. */
export const readTimeout = ({ compiling, path }: Place, timeout: string | number | undefined): number | undefined => {
  if (timeout === undefined) return timeoutMsDefault;
  const ms = readDurationMs(timeout);
  if (ms !== undefined && ms > 0 && ms <= timeoutMsMax) return ms;
  const at = compiling.yaml.at([...path, 'timeout']);
  return addProblem(compiling, at, `"${timeout}" is not a duration from 1ms to 1h, as in 30s or 500ms`);
};
