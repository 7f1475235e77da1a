/** `wallMs` is the time of day, in milliseconds since 1970; `monotonicMs` never jumps and only measures durations. */
export type Clock = { readonly wallMs: () => number; readonly monotonicMs: () => number };

export const systemClock: Clock = { wallMs: () => Date.now(), monotonicMs: () => performance.now() };
