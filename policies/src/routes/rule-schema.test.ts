import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { ruleEntry } from './rule-schema.ts';

it('has every key of a rule in the guide, and no other', async () => {
  const guide = await readFile(new URL('../../../docs/route-policies.md', import.meta.url), 'utf8');
  const [, table = ''] = /^\| Key \| Example \| Without it \|\n.*\n((?:\|.*\n)*)/m.exec(guide) ?? [];
  const keys = [...table.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map(([, key = '']) => key);
  expect(keys.toSorted()).toEqual(
    Object.keys(ruleEntry.shape)
      .filter((key) => key !== 'allow')
      .toSorted(),
  );
});
