/** Both shapes are what stands on the wire and in the data file. Times are ISO 8601 in UTC. */
export type Algorithm = {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly version: string;
  readonly qubits: number;
  readonly created_at: string;
  readonly updated_at: string;
  /** What the header `Gatehouse-User` said, or null when nobody said anything. */
  readonly created_by: string | null;
};

export type Job = {
  readonly id: string;
  /** Id of its algorithm. */
  readonly algorithm: string;
  readonly state: 'queued' | 'running' | 'done';
  readonly shots: number;
  readonly input: string;
  readonly created_at: string;
  readonly created_by: string | null;
  readonly finished_at: string | null;
  readonly result: Result | null;
};

/** How often each bit string was measured; the counts add up to the job's shots. */
export type Result = { readonly counts: Readonly<Record<string, number>>; readonly most_frequent: string };
