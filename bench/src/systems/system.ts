/** What every system of the comparison is given. */
export type Given = {
  /** Origin of the upstream, which answers every GET with 200 and 1 KB. */
  readonly upstream: string;
  /** Ids of the objects that will be asked for, as `/algorithms/<id>`. */
  readonly objects: readonly string[];
  /** A new empty folder of its own; removed at the end. */
  readonly folder: string;
};

/** A proxy that stands and answers. */
export type Running = {
  readonly origin: string;
  /** Sent with every request, beside Host and Accept. */
  readonly headers: Readonly<Record<string, string>>;
  /** User and system time of all its processes so far, in microseconds; null where it cannot be known. */
  readonly cpuMicros: () => Promise<number | null>;
  readonly stop: () => Promise<void>;
};

export type System = {
  readonly name: string;
  /** One line for the table's legend. */
  readonly what: string;
  /** Rejects, with nothing left running, when the system does not come up. */
  readonly start: (given: Given) => Promise<Running>;
};
