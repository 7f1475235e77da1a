import { transactionGuard } from '../transaction-guard.ts';
import type { Link } from './link.ts';
import type { Call, Result } from './protocol.ts';

/** What drizzle passes along; its parser functions are the worker's already. */
type QueryOptions = { readonly rowMode?: 'array' | 'object' };

export type Statements = {
  readonly query: (sql: string, params?: readonly unknown[], options?: QueryOptions) => Promise<Result>;
  readonly exec: (sql: string) => Promise<readonly Result[]>;
};

/** The part of PGlite's interface that drizzle uses. */
export type Connection = Statements & {
  readonly transaction: <T>(work: (tx: Statements) => Promise<T>) => Promise<T>;
  /** Runs between transactions, as VACUUM must. */
  readonly alone: <T>(work: (statements: Statements) => Promise<T>) => Promise<T>;
  readonly close: () => Promise<void>;
};

/** One connection shared by all callers: a transaction keeps everybody else out, single statements do not wait for each other. */
export const connection = ({ call }: Pick<Link, 'call'>): Connection => {
  const guard = transactionGuard();
  let gate: Promise<unknown> | undefined;

  // Whoever comes to the gate first is also first at the worker: each awaits exactly the gate it found, once.
  const admitted = async <T>(work: () => Promise<T>): Promise<T> => {
    guard.assertOutside();
    if (gate !== undefined) await gate;
    return work();
  };
  const alone = async <T>(work: (statements: Statements) => Promise<T>): Promise<T> => {
    guard.assertOutside();
    const mine = Promise.withResolvers<void>();
    const before = gate;
    gate = mine.promise;
    try {
      if (before !== undefined) await before;
      return await work(statements(call));
    } finally {
      if (gate === mine.promise) gate = undefined;
      mine.resolve();
    }
  };
  const transaction = <T>(work: (tx: Statements) => Promise<T>): Promise<T> =>
    alone(() => transacted(call, (tx) => guard.inside(() => work(tx))));

  const outer = statements((request) => admitted(() => call(request)));
  return { ...outer, transaction, alone, close: () => alone(async () => void (await call({ op: 'close' }))) };
};

/** The caller is alone on the connection. */
const transacted = async <T>(call: Link['call'], work: (tx: Statements) => Promise<T>): Promise<T> => {
  const { exec } = statements(call);
  let isOpen = true;
  const tx = statements(async (request) => {
    if (!isOpen) throw new Error('the transaction has ended');
    return call(request);
  });
  await exec('begin');
  try {
    const result = await work(tx);
    isOpen = false;
    const [commit] = await exec('commit');
    // A statement failed and `work` did not mind: PostgreSQL rolls back and reports no error.
    if (commit?.command === 'ROLLBACK') throw new Error('the transaction was rolled back: a statement in it failed');
    return result;
  } catch (error) {
    const isBegun = isOpen;
    // First the gate, then the rollback: a late statement behind it would stand outside any transaction.
    isOpen = false;
    if (isBegun) await rolledBack(exec);
    throw error;
  }
};

// The error that led here is the one to report: when this one fails too the database has died, and says so itself.
const rolledBack = (exec: Statements['exec']) => exec('rollback').catch(() => undefined);

const statements = (call: (request: Call) => Promise<readonly Result[]>): Statements => ({
  query: async (sql, params = [], { rowMode = 'object' } = {}) => {
    const [result] = await call({ op: 'query', sql, params, rowMode });
    if (result === undefined) throw new Error('a query was answered without a result');
    return result;
  },
  exec: async (sql) => call({ op: 'exec', sql }),
});
