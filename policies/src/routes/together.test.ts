import { describe, expect, it } from 'vitest';
import { compileTexts, problemTexts, startingWith } from './test/route-files.ts';
import { ruleLines } from './test/rule-lines.ts';

describe('a rule', () => {
  const withoutCaller: readonly [allow: string, why: string][] = [
    ['everyone', 'needs a caller, and this rule lets everyone in without asking who it is'],
    ['any of [signed-in, everyone]', 'needs a caller'],
    ['nobody', 'never runs: this rule lets nobody in'],
    ['all of [signed-in, nobody]', 'never runs'],
  ];
  const effects: readonly [key: string, method: string, line: string][] = [
    ['acting', 'POST', 'acting: can_run'],
    ['registers', 'POST', 'registers: content:q.a/{response.id}'],
    ['forgets', 'DELETE', 'forgets: content:q.a/1'],
    ['filter', 'GET', 'filter: items[*] by can_view on content:q.a/{id}'],
    ['meter', 'GET', 'meter: reads'],
  ];
  const rows = withoutCaller.flatMap(([allow, why]) =>
    effects.map(([key, method, line]) => [allow, line, method, `q.yaml:9:7: \`${key}\` ${why}`] as const),
  );
  it.each(rows)('that says %s is refused with %s', async (allow, line, method, problem) => {
    expect(problemTexts(await compileTexts({ 'q.yaml': ruleLines(`${method} /a`, line, allow) }))).toEqual(
      startingWith([problem]),
    );
  });

  it('is refused with all that is wrong with its keys', async () => {
    const text = ruleLines('GET /a', 'cache: never\nmeter: X\ncors: ["*"]\nstrip: /x');
    expect(problemTexts(await compileTexts({ 'q.yaml': text }))).toHaveLength(4);
  });
});
