import type { Duplex } from 'node:stream';
import type { Turn } from './turn.ts';

const latest = Symbol('latest turn');
type Carrier = Duplex & { [latest]?: Turn };

/** A property and not a WeakMap: this happens for every request. */
export const rememberTurn = (socket: Duplex, turn: Turn): void => {
  (socket as Carrier)[latest] = turn;
};

/** The request that a connection carried last, also when it is over. */
export const latestTurn = (socket: Duplex): Turn | undefined => (socket as Carrier)[latest];
