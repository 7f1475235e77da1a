const token = /"(?:[^"\\]|\\.)*"|[{}[\]:]/g;

/**
 * True when an object of a JSON text, which has been parsed already, holds one name twice, however it is spelled.
 * `JSON.parse` takes the last one, other readers the first (RFC 8259, 4).
 */
export const repeatsName = (json: string): boolean => {
  const open: Set<string>[] = [];
  let text = '';
  for (const [piece] of json.matchAll(token)) {
    switch (piece) {
      case '{':
      case '[':
        open.push(new Set());
        break;
      case '}':
      case ']':
        open.pop();
        break;
      case ':': {
        const names = open.at(-1);
        const name = String(JSON.parse(text));
        if (names?.has(name)) return true;
        names?.add(name);
        break;
      }
      default:
        text = piece;
    }
  }
  return false;
};
