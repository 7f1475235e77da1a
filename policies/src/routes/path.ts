/**
 * What one reading of a path's bytes gives. `path` is what is forwarded; `segments` are decoded, but for encoded slashes,
 * which stand in them as `%2F`. No decoded segment holds a `%` otherwise, so no literal equals and no alphabet holds one.
 */
export type PathRead =
  | {
      readonly kind: 'path';
      readonly path: string;
      readonly segments: readonly string[];
      readonly hasEncodedSlash: boolean;
    }
  | { readonly kind: 'refused'; readonly detail: string };

type Scan = { readonly kind: 'segments'; readonly segments: string[] } | { readonly kind: 'escaped' } | PathRefused;
type PathRefused = { readonly kind: 'refused'; readonly detail: string };

const slash = 0x2f;
const dot = 0x2e;
const percent = 0x25;
const slashEscape = /%2f/i;
/** How an encoded slash stands in a segment, whichever way it came. */
export const encodedSlash = '%2F';

/** Bytes that may stand raw in a path: 0x21–0x7e without `\`, `;`, `#` and `?` (a `?` has ended the path before). */
const isPlain = new Uint8Array(128);
for (let code = 0x21; code <= 0x7e; code++) isPlain[code] = '\\;#?'.includes(String.fromCharCode(code)) ? 0 : 1;

/**
 * Reads the bytes of a path (from the first `/`, without query) once. Nothing is repaired: whatever two parsers could
 * read differently is refused. Escapes of unreserved characters (RFC 3986, 2.3) are decoded in `path`; other escapes stay
 * byte for byte as they came, also in the case of their digits. `segments` are decoded completely, so that a rule
 * written `a!b` also holds for `a%21b`. A trailing slash is a last segment ''.
 *
 * Encoded slashes are refused unless they are `kept`: who keeps them must refuse them wherever no rule allows them. What would be
 * an empty or a dot segment to an application that decodes them is refused always.
 */
export const readPath = (raw: string, slashes: 'refused' | 'kept' = 'refused'): PathRead => {
  if (raw.charCodeAt(0) !== slash) return refused('the path does not begin with a slash');
  const scan = scanSegments(raw, false);
  switch (scan.kind) {
    case 'segments':
      return { kind: 'path', path: raw, segments: scan.segments, hasEncodedSlash: false };
    case 'refused':
      return scan;
    case 'escaped':
      return readEscaped(raw, slashes === 'kept');
  }
};

/** One pass over the bytes. Stops at the first escape unless escapes were checked before. */
const scanSegments = (path: string, escapesChecked: boolean): Scan => {
  const segments: string[] = [];
  const end = path.length;
  let start = 1;
  for (let at = 1; at < end; at++) {
    const code = path.charCodeAt(at);
    if (code === slash) {
      if (at === start) return refused(`an empty segment at byte ${at}`);
      if (isDots(path, start, at)) return refused(`a dot segment at byte ${start}`);
      segments.push(path.slice(start, at));
      start = at + 1;
    } else if (code === percent) {
      if (!escapesChecked) return { kind: 'escaped' };
    } else if (code > 0x7e || isPlain[code] === 0) return refused(`byte ${at} may not stand in a path`);
  }
  if (isDots(path, start, end)) return refused(`a dot segment at byte ${start}`);
  segments.push(path.slice(start, end));
  return { kind: 'segments', segments };
};

const isDots = (path: string, start: number, end: number): boolean =>
  end > start && end - start <= 2 && path.charCodeAt(start) === dot && path.charCodeAt(end - 1) === dot;

const readEscaped = (raw: string, keepsSlash: boolean): PathRead => {
  const wrong = refusedEscape(raw, keepsSlash);
  if (wrong !== undefined) return wrong;
  const path = raw.replace(/%[0-9A-Fa-f]{2}/g, decodeUnreserved);
  const scan = scanSegments(path, true);
  if (scan.kind !== 'segments') return scan.kind === 'refused' ? scan : refused('an escape could not be read');
  const hasEncodedSlash = slashEscape.test(path);
  if (hasEncodedSlash && scan.segments.some(hidesSegment))
    return refused('an encoded slash hides an empty or a dot segment');
  try {
    return { kind: 'path', path, segments: scan.segments.map(decodeSegment), hasEncodedSlash };
  } catch {
    return refused('the escapes are not valid UTF-8');
  }
};

const refusedEscape = (raw: string, keepsSlash: boolean): PathRefused | undefined => {
  for (let at = raw.indexOf('%'); at !== -1; at = raw.indexOf('%', at + 1)) {
    const code = escapedByte(raw, at);
    if (code === -1) return refused(`"%" at byte ${at} is not followed by two hex digits`);
    if (isRefusedEscape(code) && !(code === slash && keepsSlash))
      return refused(`the escape ${raw.slice(at, at + 3)} at byte ${at} is not accepted`);
  }
  return undefined;
};

const escapedByte = (text: string, at: number): number => {
  const digits = text.slice(at + 1, at + 3);
  return /^[0-9A-Fa-f]{2}$/.test(digits) ? Number.parseInt(digits, 16) : -1;
};

const isRefusedEscape = (code: number): boolean =>
  code < 0x20 || code === 0x7f || '/\\;%?#'.includes(String.fromCharCode(code));

const decodeUnreserved = (escape: string): string => {
  const character = String.fromCharCode(Number.parseInt(escape.slice(1), 16));
  return /[A-Za-z0-9._~-]/.test(character) ? character : escape;
};

/** True for `..%2fa`, `a%2f` and the like: an application that decodes the slash sees another path than it is sent. */
const hidesSegment = (segment: string): boolean =>
  slashEscape.test(segment) && segment.split(slashEscape).some((piece) => ['', '.', '..'].includes(piece));

const decodeSegment = (segment: string): string =>
  segment.includes('%') ? segment.split(slashEscape).map(decodeURIComponent).join(encodedSlash) : segment;

const refused = (detail: string): PathRefused => ({ kind: 'refused', detail });
