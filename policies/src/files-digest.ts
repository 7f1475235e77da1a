import { createHash } from 'node:crypto';

/** SHA-256, hexadecimal, over names and bytes of files in their order: the same digest means the same files. */
export const filesDigest = (
  files: Iterable<{ readonly name: string; readonly content: string | Uint8Array }>,
): string => {
  const hash = createHash('sha256');
  for (const { name, content } of files) {
    // Lengths first, so that no two different sets of files give the same bytes.
    hash.update(`${Buffer.byteLength(name)}:${name}${Buffer.byteLength(content)}:`).update(content);
  }
  return hash.digest('hex');
};
