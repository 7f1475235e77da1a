import { chmodSync, rmSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import { formatAddress } from './config/address.ts';
import type { Address } from './config/address.ts';

export type Listening =
  | { readonly kind: 'listening'; readonly address: Address }
  /** This machine does not have that address: no IPv6, for example. */
  | { readonly kind: 'no-such-address'; readonly message: string }
  | { readonly kind: 'refused'; readonly message: string };

/** Opens a listener; a port that is taken, or not allowed, is said with the variable that changes it. */
export const listenOn = async (app: FastifyInstance, address: Address, variable: string): Promise<Listening> => {
  try {
    await app.listen({ host: address.host, port: address.port });
    return { kind: 'listening', address: { ...address, port: portOf(app) } };
  } catch (error) {
    return whyNot(error as NodeJS.ErrnoException, formatAddress(address), variable);
  }
};

const portOf = (app: FastifyInstance): number => {
  const bound = app.server.address();
  return bound !== null && typeof bound === 'object' ? bound.port : 0;
};

const whyNot = ({ code = '', message }: NodeJS.ErrnoException, where: string, variable: string): Listening => {
  if (code === 'EADDRINUSE') {
    return refused(`${where} is taken by another program. Stop that program, or set ${variable} to a free address.`);
  }
  if (code === 'EACCES') {
    return refused(`${where} may not be opened by this user. Set ${variable} to a port above 1023.`);
  }
  if (['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'ENOTFOUND'].includes(code)) {
    return { kind: 'no-such-address', message: `${where} is no address of this machine (${variable}).` };
  }
  return refused(`${where} cannot be opened: ${message} (${variable}).`);
};

const refused = (message: string): Listening => ({ kind: 'refused', message });

/** Opens a Unix socket that only this user can use; a file that a killed process left there is replaced. */
export const listenOnSocket = async (app: FastifyInstance, path: string): Promise<void> => {
  rmSync(path, { force: true });
  await app.listen({ path });
  chmodSync(path, 0o600);
};
