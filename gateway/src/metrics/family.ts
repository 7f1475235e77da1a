/** One metric as it stands now; `labels` come from closed lists, so that their number is bounded. */
export type Family = {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly samples: readonly Sample[];
};

/** `name` differs from the family's for the parts of a histogram. */
export type Sample = {
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
};
