export type Outcome =
  | { readonly kind: 'more' }
  | { readonly kind: 'answer' }
  | { readonly kind: 'fault'; readonly message: string };

const more: Outcome = { kind: 'more' };
const answer: Outcome = { kind: 'answer' };
const headBytesMax = 65_536;

/**
 * Takes the bytes of one connection, piece by piece, and says when an answer is complete. It knows answers with a
 * Content-Length only: all systems must frame alike, or the comparison would be between framings.
 */
export const answerReader = (answerBytes: number): ((chunk: Buffer) => Outcome) => {
  let held: Buffer | null = null;
  return (chunk) => {
    const bytes: Buffer = held ? Buffer.concat([held, chunk]) : chunk;
    const headEnd = bytes.indexOf('\r\n\r\n');
    if (headEnd < 0 && bytes.length > headBytesMax) return fault('an endless head');
    const total = headEnd + 4 + answerBytes;
    const wrong = headEnd < 0 ? null : faultOf(bytes, headEnd, answerBytes);
    if (wrong !== null) return fault(wrong);
    if (headEnd < 0 || bytes.length < total) {
      held = bytes;
      return more;
    }
    held = null;
    return bytes.length === total ? answer : fault('more bytes than the answer has');
  };
};

const faultOf = (bytes: Buffer, headEnd: number, answerBytes: number): string | null => {
  const head = bytes.toString('latin1', 0, headEnd + 2);
  if (!head.startsWith('HTTP/1.1 2'))
    return `answered ${head.slice(9, 12)}: ${bytes.toString('latin1', headEnd + 4, headEnd + 504).trim()}`;
  const length = /\r\ncontent-length: *(\d+)\r\n/i.exec(head)?.[1];
  if (length === undefined) return 'answered without Content-Length';
  return Number(length) === answerBytes ? null : `answered ${length} bytes instead of ${answerBytes}`;
};

const fault = (message: string): Outcome => ({ kind: 'fault', message });
