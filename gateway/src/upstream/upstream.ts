/**
 * The narrow waist between the proxy door and whatever speaks HTTP/1.1 to applications: our own client (`http1/`), or
 * undici's `dispatch`. Both pass the same tests with hostile applications.
 */
export type Upstream = {
  /**
   * Sends one request, at most once. Never throws; every outcome reaches `answer`, possibly before `send` returns.
   * The one exception: a GET or HEAD without a body, on a connection that was used before and was lost without a byte
   * of an answer, is sent once more.
   */
  readonly send: (request: UpstreamRequest, answer: UpstreamAnswer) => Exchange;
  /** Waits for running exchanges, then closes the pools. */
  readonly close: () => Promise<void>;
};

export type UpstreamRequest = {
  /** Scheme, host and port. */
  readonly origin: string;
  readonly method: string;
  /** Canonical path and raw query, as they go on the wire; never parsed again. */
  readonly path: string;
  /** Flat list, name then value, ready for the wire. Without hop-by-hop headers. */
  readonly headers: readonly string[];
  readonly body: NodeJS.ReadableStream | null;
  /** Until the head of the answer: waiting for a connection counts, waiting for `body` to give something does not. */
  readonly headersTimeoutMs: number;
  /** Between two pieces of the answer's body; 0 = no bound. An answer of type `text/event-stream` never has one. */
  readonly idleTimeoutMs: number;
};

/** Called in order: `onHead` once, `onData` any number of times, then exactly one of `onEnd` and `onError`. `onError` may also come first. */
export type UpstreamAnswer = {
  /** `headers` is the flat list (latin1), hop-by-hop headers still in it. Informational heads (1xx) are not reported. */
  readonly onHead: (status: number, headers: readonly string[]) => void;
  /** Returns false to ask for a pause; call `exchange.resume()` to go on. */
  readonly onData: (chunk: Buffer) => boolean;
  readonly onEnd: () => void;
  readonly onError: (failure: UpstreamFailure) => void;
};

export type UpstreamFailure = {
  readonly kind: 'timeout' | 'unreachable' | 'broken' | 'aborted';
  /** For the log, never for the caller. */
  readonly cause: Error;
};

export type Exchange = {
  readonly resume: () => void;
  /** The client left: the upstream's work is aborted at once, also when it is still queued. */
  readonly abort: () => void;
};
