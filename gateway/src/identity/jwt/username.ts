import { randomInt } from 'node:crypto';
import { inArray } from 'drizzle-orm';
import type { Queries } from '@gatehouse/db/client';
import { slugs } from '@gatehouse/db/schema/slugs';
import { readSlug } from '@gatehouse/db/slug';

const fallback = 'person';
/** Leaves room for what tells two of the same name apart. */
const baseLengthMax = 32;
const numberedMax = 9;

/**
 * A user name that is free now and near to what the issuer calls its person. Two who ask at the same time may be given
 * the same one: the table of slugs then refuses the second.
 */
export const freeUsername = async (tx: Queries, wanted: string | undefined): Promise<string> => {
  const base = baseOf(wanted ?? '');
  const numbered = Array.from({ length: numberedMax - 1 }, (_, index) => `${base}-${index + 2}`);
  const candidates = [base, ...numbered, `${base}-${randomInt(1_000_000, 9_999_999)}`].filter(isAllowed);
  const rows = await tx.select({ slug: slugs.slug }).from(slugs).where(inArray(slugs.slug, candidates));
  const taken = new Set(rows.map(({ slug }) => slug));
  const free = candidates.find((candidate) => !taken.has(candidate));
  if (free === undefined) throw new Error(`no user name like "${base}" is free`);
  return free;
};

/** `Zoë.Smith@corp.example` is `zoe-smith`. What cannot be a name, or is a reserved word, is not bent into one. */
const baseOf = (wanted: string): string => {
  const [local = ''] = wanted.split('@');
  const base = local
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, baseLengthMax)
    .replace(/^-|-$/g, '');
  return isAllowed(base) ? base : fallback;
};

const isAllowed = (name: string): boolean => readSlug(name).kind === 'slug';
