import { isUtf8 } from 'node:buffer';
import { distinctNames } from './distinct-names.ts';
import { literalEnd, numberEnd, plainEnd, quote, skipBlanks, stringEnd } from './lexeme.ts';
import { forget } from './place.ts';
import type { DistinctNames, OpenNames } from './distinct-names.ts';
import type { Each, Place } from './place.ts';

/** Why a text is refused, for whoever runs the application. Never quotes the text: its reader may not be allowed to see it. */
export type Fault = { readonly at: number; readonly what: string };

/** Arrays and objects inside each other. */
export const depthMax = 64;

const comma = 0x2c;
const colon = 0x3a;
export const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

type Scan = { readonly bytes: Buffer; readonly names: DistinctNames; fault: Fault | undefined };

/**
 * Reads a whole JSON text and notes where the places asked about stand. Stricter than RFC 8259 where two parsers could
 * disagree: UTF-8 without a byte order mark, no name twice in any object (`"id"` and `"\u0069d"` are one name), no half
 * surrogate in a name, at most `depthMax` levels. Time is linear to the text and the stack bounded; the caller bounds
 * the size. Never throws. After a fault the places hold nothing of use.
 */
export const scan = (bytes: Buffer, root: Place): Fault | undefined => {
  if (!isUtf8(bytes)) return { at: 0, what: 'bytes that are no UTF-8' };
  const state: Scan = { bytes, names: distinctNames(bytes), fault: undefined };
  const end = value(state, skipBlanks(bytes, 0), 0, root);
  if (end < 0) return state.fault;
  const rest = skipBlanks(bytes, end);
  return rest === bytes.length ? undefined : { at: rest, what: 'something behind the end of the value' };
};

/** The fault as a sentence. */
export const faultText = ({ at, what }: Fault): string => `the answer is no usable JSON: ${what}, at byte ${at}`;

const fail = (state: Scan, at: number, what: string): -1 => {
  state.fault ??= { at, what };
  return -1;
};

/** Index behind the value that begins at `at`, or -1 with the fault noted; so do all that follow. */
const value = (state: Scan, at: number, depth: number, place: Place | undefined): number => {
  const end = bareValue(state, at, depth, place);
  if (place !== undefined) {
    place.start = at;
    place.end = end;
  }
  return end;
};

const bareValue = (state: Scan, at: number, depth: number, place: Place | undefined): number => {
  const { bytes } = state;
  switch (bytes[at] as number) {
    case quote:
      return found(state, at, stringEnd(bytes, at + 1), 'a string that is malformed or never ends');
    case openBrace:
      return object(state, at, depth + 1, place);
    case openBracket:
      return array(state, at, depth + 1, place);
    case 0x74:
      return found(state, at, literalEnd(bytes, at, 'true'), noValue);
    case 0x66:
      return found(state, at, literalEnd(bytes, at, 'false'), noValue);
    case 0x6e:
      return found(state, at, literalEnd(bytes, at, 'null'), noValue);
    default:
      return found(state, at, numberEnd(bytes, at), noValue);
  }
};

const noValue = 'something else than a value';

const found = (state: Scan, at: number, end: number, what: string): number => (end < 0 ? fail(state, at, what) : end);

const tooDeep = `more than ${depthMax} levels`;

const array = (state: Scan, at: number, depth: number, place: Place | undefined): number => {
  if (depth > depthMax) return fail(state, at, tooDeep);
  const { bytes } = state;
  let next = skipBlanks(bytes, at + 1);
  if (bytes[next] === closeBracket) return next + 1;
  for (;;) {
    const end = element(state, next, depth, place?.each);
    if (end < 0) return end;
    next = skipBlanks(bytes, end);
    if (bytes[next] === closeBracket) return next + 1;
    if (bytes[next] !== comma) return fail(state, next, 'neither a comma nor the end of an array');
    next = skipBlanks(bytes, next + 1);
  }
};

const element = (state: Scan, at: number, depth: number, each: Each | undefined): number => {
  if (each === undefined) return value(state, at, depth, undefined);
  forget(each.element);
  const end = value(state, at, depth, each.element);
  if (end >= 0) each.taken();
  return end;
};

const object = (state: Scan, at: number, depth: number, place: Place | undefined): number => {
  if (depth > depthMax) return fail(state, at, tooDeep);
  const { bytes, names } = state;
  let next = skipBlanks(bytes, at + 1);
  if (bytes[next] === closeBrace) return next + 1;
  const open = names.open();
  for (;;) {
    const end = member(state, next, depth, { open, place });
    if (end < 0) return end;
    next = skipBlanks(bytes, end);
    if (bytes[next] === closeBrace) break;
    if (bytes[next] !== comma) return fail(state, next, 'neither a comma nor the end of an object');
    next = skipBlanks(bytes, next + 1);
  }
  names.close(open);
  return next + 1;
};

type Owner = { readonly open: OpenNames; readonly place: Place | undefined };

const member = (state: Scan, at: number, depth: number, owner: Owner): number => {
  const { bytes } = state;
  if (bytes[at] !== quote) return fail(state, at, 'something else than a name');
  const plain = plainEnd(bytes, at + 1);
  const isEscaped = bytes[plain] !== quote;
  const nameEnd = isEscaped ? stringEnd(bytes, plain) : plain + 1;
  if (nameEnd < 0) return fail(state, at, 'a name that is malformed or never ends');
  const place = isEscaped ? escapedName(state, at, nameEnd, owner) : plainName(state, at, nameEnd, owner);
  if (state.fault !== undefined) return -1;
  const next = skipBlanks(bytes, nameEnd);
  if (bytes[next] !== colon) return fail(state, next, 'something else than a colon');
  return value(state, skipBlanks(bytes, next + 1), depth, place);
};

const twice = 'a name that stands twice in one object';

/** Takes the name from the quote at `at` to the one before `end`; the answer is the place asked about under it. */
const plainName = (state: Scan, at: number, end: number, { open, place }: Owner): Place | undefined => {
  const { bytes, names } = state;
  if (!names.add(open, at + 1, end - 1)) fail(state, at, twice);
  return place === undefined ? undefined : placeNamed(place, bytes, at + 1, end - 1);
};

const escapedName = (state: Scan, at: number, end: number, { open, place }: Owner): Place | undefined => {
  const name = JSON.parse(state.bytes.toString('utf8', at, end)) as string;
  if (!name.isWellFormed()) fail(state, at, 'half a surrogate pair in a name');
  else if (!state.names.addUnescaped(open, name)) fail(state, at, twice);
  return place?.members.find((one) => one.name === name)?.place;
};

const placeNamed = ({ members }: Place, bytes: Buffer, start: number, end: number): Place | undefined => {
  for (const { bytes: name, place } of members)
    if (name.length === end - start && standsAt(bytes, start, name)) return place;
  return undefined;
};

const standsAt = (bytes: Buffer, at: number, name: Buffer): boolean => {
  for (let index = 0; index < name.length; index++) if (bytes[at + index] !== name[index]) return false;
  return true;
};
