import { openDatabase } from '../../src/client.ts';
import { newId } from '../../src/ids.ts';
import { slugs } from '../../src/schema/slugs.ts';

/** Writes row after row and prints each one's slug once it is acknowledged, until it is killed. */
const opened = await openDatabase({ folder: process.argv[2] ?? '' });
if (opened.kind === 'unusable') throw opened.cause;
for (let count = 0; ; count += 1) {
  const slug = `row-${count}`;
  await opened.database.transaction((tx) => tx.insert(slugs).values({ slug, holder: newId('usr') }));
  process.stdout.write(`${slug}\n`);
}
