/** The variables of the process, handed in so that nothing below reads them behind a caller's back. */
export type Environment = Readonly<Record<string, string | undefined>>;
