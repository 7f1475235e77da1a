/** What a client may cost. Every bound has a default; none of them can be switched off. */
export type ProxyLimits = {
  /** Request line and header lines together. */
  readonly headBytesMax: number;
  readonly headLinesMax: number;
  /** From the first byte of a head, or from the connection, to its last byte. */
  readonly headTimeoutMs: number;
  /** Without a byte of a request body that the gateway is ready to take. */
  readonly bodyIdleTimeoutMs: number;
  /** A body slower than this on average is refused, once `bodyIdleTimeoutMs` have been spent waiting for it. */
  readonly bodyBytesPerSecondMin: number;
  /** Without the client taking a byte of an answer. */
  readonly answerIdleTimeoutMs: number;
  /** How long, and how far, the rest of a refused request is read, so that the client gets to read the refusal. */
  readonly lingerMs: number;
  readonly lingerBytesMax: number;
  /** Between two requests of a connection; longer than the 60 s of common load balancers. */
  readonly keepAliveTimeoutMs: number;
  /** How often time-outs are looked at: each may be late by this much. */
  readonly tickMs: number;
};

export const proxyLimits: ProxyLimits = {
  headBytesMax: 16 * 1024,
  headLinesMax: 200,
  headTimeoutMs: 10_000,
  bodyIdleTimeoutMs: 30_000,
  bodyBytesPerSecondMin: 1024,
  answerIdleTimeoutMs: 60_000,
  lingerMs: 2_000,
  lingerBytesMax: 1024 * 1024,
  keepAliveTimeoutMs: 65_000,
  tickMs: 1_000,
};
