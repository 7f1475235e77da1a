import { errorOf } from '../../error-of.ts';
import { carry, closeConnection, openConnection, tickConnection } from './connection.ts';
import type { Connection, ConnectionLimits, Owner } from './connection.ts';
import type { Connect, Dialer } from './dial.ts';
import { finish, watch } from './sending.ts';
import type { Carrier, Sending, SendingContext } from './sending.ts';

export type PoolLimits = ConnectionLimits & {
  /** Sendings beyond them wait, as long as their `headersTimeoutMs` allows. */
  readonly connectionsMax: number;
};

/** The connections to one origin, and the sendings that wait for one. */
export type Pool = Owner &
  Carrier & {
    readonly limits: PoolLimits;
    readonly connect: Connect;
    readonly authority: string;
    readonly connections: Set<Connection>;
    /** The one used last is used next: those beyond what the load needs grow old. */
    readonly idle: Connection[];
    /** Idle, but not seen to be silent yet. */
    readonly resting: Connection[];
    readonly queue: Sending[];
    isDue: boolean;
    resentCount: number;
  };

export const newPool = (context: SendingContext, limits: PoolLimits, { authority, connect }: Dialer): Pool => ({
  context,
  limits,
  connect,
  authority,
  connections: new Set(),
  idle: [],
  resting: [],
  queue: [],
  isDue: false,
  resentCount: 0,
  onIdle,
  onLost,
  onResend,
  letGo,
  resume: () => undefined,
});

export const enqueue = (pool: Pool, one: Sending): void => {
  one.phase = 'queued';
  one.carrier = pool;
  pool.queue.push(one);
  serveSoon(pool);
};

/** Idle connections have no future. */
export const closeIdle = (pool: Pool): void => {
  for (const connection of [...pool.idle, ...pool.resting]) closeConnection(connection);
};

export const tickPool = (pool: Pool, now: number): void => {
  for (const connection of pool.connections) tickConnection(connection, now);
  for (const one of pool.queue.slice()) watch(one, now, false);
};

/**
 * Sendings are given to connections once in a turn of the event loop, after all that came in was read, and a connection
 * that has just been used is not used again in the same turn. So whatever an application sent behind an answer is seen
 * on a connection that expects nothing, and not taken for the answer to the next request (GHSA-35p6-xmwp-9g52).
 */
const serveSoon = (pool: Pool): void => {
  if (pool.isDue) return;
  pool.isDue = true;
  setImmediate(serve, pool);
};

const serve = (pool: Pool): void => {
  const { queue, idle, resting } = pool;
  pool.isDue = false;
  for (let one = queue[0]; one !== undefined; one = queue[0]) {
    const connection = idle.pop();
    if (connection === undefined && !mayOpen(pool)) break;
    queue.shift();
    if (connection === undefined) open(pool, one);
    else carry(connection, one);
  }
  for (const connection of resting) idle.push(connection);
  resting.length = 0;
  if (queue.length > 0 && idle.length > 0) serveSoon(pool);
};

/** Those that rest will serve as many in the next turn: only for the others it is worth to connect. */
const mayOpen = ({ queue, resting, connections, limits }: Pool): boolean =>
  queue.length > resting.length && connections.size < limits.connectionsMax;

const open = (pool: Pool, one: Sending): void => {
  try {
    pool.connections.add(openConnection(pool, pool.connect, one));
  } catch (error) {
    finish(one, { kind: 'unreachable', cause: errorOf(error) });
  }
};

function onIdle(this: Pool, connection: Connection): void {
  this.resting.push(connection);
  serveSoon(this);
}

function onLost(this: Pool, connection: Connection): void {
  this.connections.delete(connection);
  remove(this.idle, connection);
  remove(this.resting, connection);
  if (this.queue.length > 0) serveSoon(this);
}

/** The lost connection has left its place to this one. */
function onResend(this: Pool, one: Sending): void {
  this.resentCount += 1;
  open(this, one);
}

function letGo(this: Pool, one: Sending): void {
  remove(this.queue, one);
}

const remove = <T>(list: T[], member: T): void => {
  const at = list.indexOf(member);
  if (at !== -1) list.splice(at, 1);
};
