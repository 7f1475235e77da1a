import { fault } from './fault.ts';
import { readPath } from './path.ts';
import { isParameterName } from './template.ts';
import type { Fault } from './fault.ts';
import type { Alphabet, Segment } from './rule.ts';

export type PathPatternParse = { readonly kind: 'pattern'; readonly segments: readonly Segment[] } | Fault;

const segmentsMax = 64;

/**
 * Reads `/algorithms/{id}/**`. Literals are written as the canonicaliser forwards them; a trailing slash is a path of its
 * own. `/x/**` stands for every path that begins with `/x/`, so for `/x/` as well, but not for `/x`. `alphabetOf` gives a parameter's alphabet.
 */
export const parsePathPattern = (text: string, alphabetOf: (name: string) => Alphabet): PathPatternParse => {
  if (!text.startsWith('/')) return fault(`the path "${text}" does not begin with "/"`);
  const pieces = text.slice(1).split('/');
  if (pieces.length > segmentsMax) return fault(`the path has more than ${segmentsMax} segments`);
  const segments: Segment[] = [];
  for (const [index, piece] of pieces.entries()) {
    const read = readSegment(piece, index === pieces.length - 1, alphabetOf);
    if (read.kind === 'fault') return read;
    segments.push(read);
  }
  return firstTwice(segments) ?? reserved(segments) ?? { kind: 'pattern', segments };
};

/** The same for patterns that match the same paths, whatever their parameters are called. */
export const pathShape = (segments: readonly Segment[]): string => segments.map(segmentShape).join('/');

const segmentShape = (segment: Segment): string => {
  switch (segment.kind) {
    // A literal may spell "{}" or "**" by escapes; the mark in front keeps it apart.
    case 'literal':
      return `=${segment.text}`;
    case 'param':
      return '{}';
    case 'rest':
      return '**';
  }
};

const readSegment = (piece: string, isLast: boolean, alphabetOf: (name: string) => Alphabet): Segment | Fault => {
  if (piece === '**') return isLast ? { kind: 'rest' } : fault('"**" may only stand at the end of a path');
  if (piece === '') return isLast ? { kind: 'literal', text: '' } : fault('the path has an empty segment');
  const [, name] = /^\{([^{}]*)\}$/.exec(piece) ?? [];
  if (name === undefined) return readLiteral(piece);
  if (isParameterName(name)) return { kind: 'param', name, alphabet: alphabetOf(name) };
  return fault(`"${piece}" is not a parameter; a name begins with a lower-case letter and has letters, digits and "_"`);
};

const readLiteral = (piece: string): Segment | Fault => {
  if (/[{}*]/.test(piece)) {
    return fault(`"${piece}" is neither a literal nor a whole parameter; patterns inside a segment are not supported`);
  }
  const read = readPath(`/${piece}`);
  if (read.kind === 'refused') return fault(`no request can have the segment "${piece}": ${read.detail}`);
  const canonical = read.path.slice(1);
  if (canonical !== piece) return fault(`"${piece}" is not in canonical form`, canonical);
  return { kind: 'literal', text: read.segments[0] ?? '' };
};

const firstTwice = (segments: readonly Segment[]): Fault | undefined => {
  const names = segments.flatMap((segment) => (segment.kind === 'param' ? [segment.name] : []));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  return twice === undefined ? undefined : fault(`the parameter {${twice}} stands twice in the path`);
};

/** `/.gatehouse/*` on every application's host belongs to the gateway itself. */
const reserved = ([first]: readonly Segment[]): Fault | undefined =>
  first?.kind === 'literal' && first.text === '.gatehouse'
    ? fault('the rule is unreachable: "/.gatehouse" belongs to the gateway')
    : undefined;
