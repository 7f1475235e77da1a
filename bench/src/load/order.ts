/** One measurement: so many connections ask for the paths in turn, each for the next when it has its answer. */
export type LoadOrder = {
  readonly origin: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly paths: readonly string[];
  readonly connections: number;
  readonly seconds: number;
  /** Every answer must be 2xx with a body of exactly this length. */
  readonly answerBytes: number;
};

export type LoadResult = {
  readonly requests: number;
  /** From the first request to the last answer. */
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
};

/** Rejects on the first answer that is not as ordered. */
export type Load = (order: LoadOrder) => Promise<LoadResult>;
