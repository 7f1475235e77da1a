/** What strictness minds in a text that is well-formed. */
export type Objection = 'twice' | 'surrogate' | 'deep';

const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/g;

/** All objections to a well-formed text, found by a reader that is too simple to be wrong, and slow. */
export const objections = (text: string): ReadonlySet<Objection> => {
  const tokens = text.match(token) ?? [];
  const found = new Set<Objection>();
  const open: Set<string>[] = [];
  for (const [index, piece] of tokens.entries()) {
    if (/^[[{]$/.test(piece)) open.push(new Set());
    if (/^[\]}]$/.test(piece)) open.pop();
    if (open.length > 64) found.add('deep');
    if (tokens[index + 1] === ':') for (const objection of toName(piece, open.at(-1))) found.add(objection);
  }
  return found;
};

const toName = (piece: string, names: Set<string> | undefined): readonly Objection[] => {
  const name = JSON.parse(piece) as string;
  const isTwice = names?.has(name) === true;
  names?.add(name);
  return [...(isTwice ? (['twice'] as const) : []), ...(name.isWellFormed() ? [] : (['surrogate'] as const))];
};
