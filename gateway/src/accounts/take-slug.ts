import type { Queries } from '@gatehouse/db/client';
import { slugs } from '@gatehouse/db/schema/slugs';
import { readSlug } from '@gatehouse/db/slug';

/** A slug or user name that nobody may have. Nothing has been written. */
export class SlugRefused extends Error {
  override readonly name = 'SlugRefused';
  readonly reason: 'form' | 'reserved';

  constructor(slug: string, reason: 'form' | 'reserved') {
    super(`${JSON.stringify(slug)} cannot be a name: ${texts[reason]}`);
    this.reason = reason;
  }
}

const texts = {
  form: '2 to 40 of a-z, 0-9 and "-", with no "-" at either end or in third and fourth place',
  reserved: 'it is, or looks like, a reserved word',
} as const;

/** Gives the name to `holder`: a person, or an organization's account. Throws {@link SlugRefused}. */
export const takeSlug = async (tx: Queries, text: string, holder: string): Promise<void> => {
  const read = readSlug(text);
  if (read.kind === 'refused') throw new SlugRefused(text, read.reason);
  await tx.insert(slugs).values({ slug: read.slug, holder });
};
