import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { replaceReport } from './readme.ts';

describe('replaceReport', () => {
  it('replaces what stands between the markers and nothing else', () => {
    expect(replaceReport('a\n<!-- bench:begin -->\nold\n<!-- bench:end -->\nb $&', 'new $1')).toBe(
      'a\n<!-- bench:begin -->\nnew $1\n<!-- bench:end -->\nb $&',
    );
  });

  it.each([
    '',
    '<!-- bench:begin -->',
    '<!-- bench:end --><!-- bench:begin -->',
    '<!-- bench:begin --><!-- bench:begin --><!-- bench:end -->',
  ])('refuses %j', (readme) => {
    expect(() => replaceReport(readme, 'new')).toThrow('once each');
  });

  it('finds its markers in the real README', async () => {
    const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
    expect(replaceReport(readme, 'new')).toContain('<!-- bench:begin -->\nnew\n<!-- bench:end -->');
  });
});

describe('the README', () => {
  it('shows what the gateway costs at 64 connections, and whether it meets the bar', async () => {
    const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
    const [, report = ''] = readme.split(/<!-- bench:(?:begin|end) -->/);
    expect(report).toMatch(/^\| +64 \| gatehouse +\|/m);
    expect(report).toMatch(/^Bar: gatehouse at 64 connections reaches \d\.\d\d /m);
  });
});
