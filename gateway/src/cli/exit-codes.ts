/** What a script can rely on. `unable` also stands for wrong usage: there is no answer either way. */
export const exitCodes = { yes: 0, no: 1, unable: 2 } as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
