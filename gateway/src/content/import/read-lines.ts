export type FileLine =
  | { readonly line: number; readonly text: string }
  | { readonly line: number; readonly fault: 'too-long' | 'not-utf8' };

/** Far longer than any row that could be imported. */
export const lineBytesMax = 64 << 10;

const newline = 0x0a;

/**
 * The lines of a file, ended by LF or CRLF, without a byte order mark. Memory is bounded whatever the file holds: of a
 * line that is too long nothing is kept.
 */
export async function* readLines(chunks: AsyncIterable<Buffer>): AsyncIterable<FileLine> {
  let line = 0;
  let pieces: Buffer[] = [];
  let bytes = 0;
  const add = (piece: Buffer): void => {
    bytes += piece.length;
    if (bytes <= lineBytesMax) pieces.push(piece);
    else pieces = [];
  };
  const end = (): FileLine => {
    line += 1;
    const read = bytes > lineBytesMax ? ({ line, fault: 'too-long' } as const) : decoded(line, Buffer.concat(pieces));
    pieces = [];
    bytes = 0;
    return read;
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, from)) {
      add(chunk.subarray(from, at));
      yield end();
      from = at + 1;
    }
    if (from < chunk.length) add(chunk.subarray(from));
  }
  if (bytes > 0) yield end();
}

const decoded = (line: number, bytes: Buffer): FileLine => {
  try {
    // The decoder takes a byte order mark away wherever a text begins; only the file's first may have one.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: line !== 1 }).decode(bytes);
    return { line, text: text.endsWith('\r') ? text.slice(0, -1) : text };
  } catch {
    return { line, fault: 'not-utf8' };
  }
};
