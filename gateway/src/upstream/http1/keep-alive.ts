/** The application counts from when it sent the answer, so its patience is over earlier here than there. */
const MARGIN_MS = 1_000;

/**
 * How long a connection may be idle after an answer with this Keep-Alive value (RFC 2068, 19.7.1.1), empty for none: what
 * the application grants less a margin, and never more than `timeoutMs`. Zero or less: not at all.
 */
export const idleMsOf = (keepAlive: string, timeoutMs: number): number => {
  let idleMs = timeoutMs;
  for (const [, seconds] of keepAlive.matchAll(/(?:^|[\s,;])timeout\s*=\s*"?(\d{1,9})/gi)) {
    idleMs = Math.min(idleMs, Number(seconds) * 1_000 - MARGIN_MS);
  }
  return idleMs;
};
