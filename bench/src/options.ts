import { parseArgs } from 'node:util';

export type Options = {
  readonly seconds: number;
  readonly warmupSeconds: number;
  readonly rounds: number;
  readonly connections: readonly number[];
  readonly objects: number;
  /** Names of systems, the reference among them. */
  readonly systems: readonly string[];
  readonly reference: string;
  readonly load: 'own' | 'autocannon';
  readonly jsonFile: string | null;
  readonly write: boolean;
};

export type Parsed =
  | { readonly kind: 'run'; readonly options: Options }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly message: string };

export const help = (
  systems: readonly string[],
): string => `bench: proxies side by side, as ratios from one interleaved run

Usage: npm run bench -- [options]

  --seconds N          length of one measurement (6)
  --warmup N           seconds of load on each system before the first (10)
  --rounds N           each measures every system once per number of connections (5)
  --connections LIST   keep-alive connections (1,16,64)
  --objects N          different objects that are asked for (4096)
  --only LIST          these systems and the reference: ${systems.join(', ')}
  --against NAME       the reference that ratios are of (dispatch)
  --load NAME          load generator: own or autocannon (own)
  --json FILE          everything, also for machines
  --write              put the table into bench/README.md
  --help               this text
`;

const config = {
  seconds: { type: 'string', default: '6' },
  warmup: { type: 'string', default: '10' },
  rounds: { type: 'string', default: '5' },
  connections: { type: 'string', default: '1,16,64' },
  objects: { type: 'string', default: '4096' },
  only: { type: 'string' },
  against: { type: 'string', default: 'dispatch' },
  load: { type: 'string', default: 'own' },
  json: { type: 'string' },
  write: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** `systems` are all that there are. */
export const parse = (args: readonly string[], systems: readonly string[]): Parsed => {
  try {
    const { values } = parseArgs({ args: [...args], options: config });
    return values.help ? { kind: 'help' } : { kind: 'run', options: optionsFrom(values, systems) };
  } catch (error) {
    return { kind: 'wrong', message: error instanceof Error ? error.message : String(error) };
  }
};

type Values = ReturnType<typeof parseArgs<{ options: typeof config }>>['values'];

const optionsFrom = (values: Values, systems: readonly string[]): Options => {
  const reference = oneOf('--against', values.against, systems);
  const only = values.only?.split(',').map((name) => oneOf('--only', name, systems)) ?? systems;
  return {
    seconds: number('--seconds', values.seconds, 0.05, 3_600),
    warmupSeconds: number('--warmup', values.warmup, 0, 3_600),
    rounds: integer('--rounds', values.rounds, 1, 1_000),
    connections: [...new Set(values.connections.split(',').map((text) => integer('--connections', text, 1, 10_000)))],
    objects: integer('--objects', values.objects, 1, 1_000_000),
    systems: systems.filter((name) => name === reference || only.includes(name)),
    reference,
    load: oneOf('--load', values.load, ['own', 'autocannon'] as const),
    jsonFile: values.json ?? null,
    write: values.write,
  };
};

const oneOf = <T extends string>(option: string, text: string, allowed: readonly T[]): T => {
  const found = allowed.find((each) => each === text);
  if (found === undefined) throw new Error(`${option}: ${JSON.stringify(text)} is none of ${allowed.join(', ')}`);
  return found;
};

const number = (option: string, text: string, min: number, max: number): number => {
  const value = Number(text);
  if (text.trim() === '' || !(value >= min && value <= max))
    throw new Error(`${option} must be a number from ${min} to ${max}`);
  return value;
};

const integer = (option: string, text: string, min: number, max: number): number => {
  const value = number(option, text, min, max);
  if (!Number.isInteger(value)) throw new Error(`${option} must be a whole number`);
  return value;
};
