import { open, readFile, rename, rm } from 'node:fs/promises';
import type { Algorithm, Job } from './algorithm.ts';
import type { State } from './store.ts';

export type DataFile = {
  /** Null when there is no file yet. Throws with the file's name when it cannot be read or is not ours. */
  readonly load: () => Promise<State | null>;
  /** The file is the old state or the new one, never half of either. Calls must not overlap. */
  readonly save: (state: State) => Promise<void>;
};

export const dataFile = (path: string): DataFile => ({
  load: async () => {
    const text = await readIfThere(path);
    return text === null ? null : parsed(text, path);
  },
  save: async (state) => {
    const beside = `${path}.${process.pid}.tmp`;
    try {
      await writeDurably(beside, JSON.stringify(plain(state), null, 2));
      await rename(beside, path);
    } catch (error) {
      await rm(beside, { force: true });
      throw error;
    }
  },
});

const plain = ({ algorithms, jobs }: State) => ({
  algorithms: [...algorithms.values()],
  jobs: [...jobs.values()],
});

const writeDurably = async (path: string, text: string): Promise<void> => {
  const file = await open(path, 'w');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
};

const readIfThere = async (path: string): Promise<string | null> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new Error(`cannot read the data file ${path}`, { cause: error });
  }
};

const parsed = (text: string, path: string): State => {
  const value = jsonOf(text, path);
  if (!isData(value)) throw new Error(`${path} is not a data file of this service`);
  return {
    algorithms: new Map(value.algorithms.map((each) => [each.id, each])),
    jobs: new Map(value.jobs.map((each) => [each.id, each])),
  };
};

const jsonOf = (text: string, path: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${path} is not JSON`, { cause: error });
  }
};

type Data = {
  readonly algorithms: readonly Algorithm[];
  readonly jobs: readonly Job[];
};

const isData = (value: unknown): value is Data =>
  isRecord(value) && isListOf(value['algorithms'], isAlgorithm) && isListOf(value['jobs'], isJob);

const isAlgorithm = (value: unknown): boolean =>
  isRecord(value) &&
  ['id', 'name', 'description', 'version'].every((key) => typeof value[key] === 'string') &&
  Number.isInteger(value['qubits']);

const isJob = (value: unknown): boolean =>
  isRecord(value) &&
  ['id', 'algorithm', 'input'].every((key) => typeof value[key] === 'string') &&
  ['queued', 'running', 'done'].includes(String(value['state'])) &&
  Number.isInteger(value['shots']);

const isListOf = (value: unknown, isElement: (element: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(isElement);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
