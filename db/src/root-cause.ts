/** What is behind an error that others have wrapped, as drizzle does with what the driver threw. */
export const rootCause = <Thrown>(thrown: Thrown): Thrown | Error =>
  thrown instanceof Error && thrown.cause instanceof Error ? rootCause(thrown.cause) : thrown;
