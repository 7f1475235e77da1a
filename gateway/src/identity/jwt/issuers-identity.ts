import type { Database } from '@gatehouse/db/client';
import type { EmbeddedEngine } from '@gatehouse/policies/engine/embedded/embedded';
import type { Clock } from '../../clock.ts';
import type { Identify } from '../identity.ts';
import { documentFetcher } from './fetch-document.ts';
import { keysOf } from './fetch-keys.ts';
import type { Issuer } from './issuer.ts';
import { jwtIdentity } from './jwt-identity.ts';
import { keySource } from './key-source.ts';
import { provisionPerson } from './provision-person.ts';
import { vouchedPeople } from './vouched-people.ts';

type Parts = {
  readonly issuers: readonly Issuer[];
  readonly database: Pick<Database, 'db' | 'transaction'>;
  readonly mutate: EmbeddedEngine['mutate'];
  readonly clock: Clock;
  readonly warn: (line: string) => void;
};

/** The resolver of JWTs for an installation. Opens no connection before the first token that could be good. */
export const issuersIdentity = ({ issuers, database, mutate, clock, warn }: Parts): Identify => {
  const { fetch } = documentFetcher();
  const { random } = Math;
  return jwtIdentity({
    issuers: issuers.map((issuer) => ({
      issuer,
      keys: keySource({ name: issuer.name, fetchKeys: keysOf(issuer, fetch), clock, random, warn }),
    })),
    findPerson: vouchedPeople({ db: database.db, provision: provisionPerson({ database, mutate }), clock }),
    clock,
  });
};
