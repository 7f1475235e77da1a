import type { Role } from '@gatehouse/db/schema/memberships';

/** The people of the demo and what each of them is in the organization `acme`. */
export type Person = {
  readonly username: string;
  readonly name: string;
  readonly role: Role | undefined;
};

export const organization = { slug: 'acme', name: 'Acme Quantum' } as const;

export const cast = [
  { username: 'vera', name: 'Vera Viewer', role: 'viewer' },
  { username: 'max', name: 'Max Maintainer', role: 'maintainer' },
  { username: 'olga', name: 'Olga Owner', role: 'owner' },
  { username: 'oscar', name: 'Oscar Outsider', role: undefined },
] as const satisfies readonly Person[];

export type Username = (typeof cast)[number]['username'];

/** The content that the example application starts with, registered under the organization. */
export const algorithms = [
  { id: 'qft', title: 'Quantum Fourier transform' },
  { id: 'grover', title: "Grover's search" },
  { id: 'shor', title: "Shor's factoring" },
] as const;
