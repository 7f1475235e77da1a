import type { Principal } from '@gatehouse/policies/principal';
import type { IdentityPreset } from '@gatehouse/policies/routes/rule';
import { headerValue } from './upstream-head.ts';

/**
 * Names that applications behind other gateways read. Whoever sends them, they never pass: an application that trusts
 * them trusts them on every route.
 */
export const presetNames = ['remote-user', 'remote-groups', 'remote-name', 'remote-email'] as const;
export const presetPrefix = 'x-auth-request-';

/** Says who calls in the names of a preset, beside `Gatehouse-User`: people by user name, programs by name. */
export const addIdentityHeaders = (list: string[], preset: IdentityPreset, { name, subject }: Principal): void => {
  const id = headerValue(subject.slice(subject.indexOf(':') + 1));
  switch (preset) {
    case 'gatehouse':
      return;
    case 'remote-user':
      list.push('remote-user', headerValue(name));
      return;
    case 'x-auth-request':
      list.push('x-auth-request-user', id, 'x-auth-request-preferred-username', headerValue(name));
  }
};
