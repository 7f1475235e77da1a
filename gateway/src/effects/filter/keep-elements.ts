type Range = { readonly start: number; readonly end: number };

/**
 * Copies a JSON text without some elements of one of its arrays. `elements` are all of them, in order. Each kept one
 * brings along what stands between it and the element before it, a comma and blanks, unless it has become the first.
 */
export const keepElements = (body: Buffer, elements: readonly Range[], isKept: readonly boolean[]): Buffer => {
  const first = elements[0];
  const last = elements.at(-1);
  if (first === undefined || last === undefined || isKept.every(Boolean)) return body;
  const copy = Buffer.allocUnsafe(body.length);
  let length = body.copy(copy, 0, 0, first.start);
  let hasKept = false;
  for (const [index, { start, end }] of elements.entries()) {
    if (isKept[index] !== true) continue;
    length += body.copy(copy, length, hasKept ? (elements[index - 1] as Range).end : start, end);
    hasKept = true;
  }
  length += body.copy(copy, length, last.end);
  return copy.subarray(0, length);
};
