/** Why a piece of text could not be read, and what was probably meant. */
export type Fault = { readonly kind: 'fault'; readonly message: string; readonly suggestion?: string };

/** `at` counts characters from the beginning of the text that was parsed. */
export type SyntaxFault = Fault & { readonly at: number };

/** Leaves the suggestion out when there is none. */
export const fault = (message: string, suggestion?: string): Fault =>
  suggestion === undefined ? { kind: 'fault', message } : { kind: 'fault', message, suggestion };

export const faultAt = (at: number, message: string, suggestion?: string): SyntaxFault => ({
  ...fault(message, suggestion),
  at,
});
