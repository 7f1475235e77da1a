import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** Control sends one policy: files of its own origin, nothing inline. A build that needs more would be a blank page. */

const shellBytesMax = 55_000;

describe('the built console', () => {
  let folder: string;
  let page: string;
  const built = (ending: string): readonly string[] => globSync(`**/*.${ending}`, { cwd: folder });
  const text = (file: string): string => readFileSync(join(folder, file), 'utf8');

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-console-'));
    const { NODE_ENV: _test, VITEST: _vitest, ...env } = process.env;
    const vite = join(import.meta.dirname, '../node_modules/.bin/vite');
    const build = spawnSync(vite, ['build', '--outDir', folder, '--emptyOutDir'], { cwd: import.meta.dirname, env });
    if (build.status !== 0) throw new Error(`vite build: ${build.stderr.toString()}`);
    page = text('index.html');
  }, 60_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has no inline script, style or event handler', () => {
    expect(page.match(/<script\b/g)).toHaveLength(1);
    expect(page).toMatch(/<script type="module" crossorigin src="\/console\/assets\/[^"]+\.js"><\/script>/);
    expect(page).not.toMatch(/<style\b|\sstyle=|\son\w+=|javascript:/i);
  });

  it('refers only to files of its own, below its own path', () => {
    const addresses = [...page.matchAll(/\s(?:src|href)="([^"]+)"/g)].map(([, address]) => String(address));
    expect(addresses.length).toBeGreaterThanOrEqual(3);
    for (const address of addresses) {
      expect(address).toMatch(/^\/console\//);
      expect(existsSync(join(folder, address.slice('/console/'.length)))).toBe(true);
    }
  });

  it('builds no code from text and loads nothing from elsewhere', () => {
    for (const file of built('js'))
      expect(text(file)).not.toMatch(/\beval\(|new Function\(|\bimportScripts\(|data:text/);
    for (const file of built('css')) expect(text(file)).not.toMatch(/@import|url\(/);
    expect(built('js')).not.toEqual([]);
    expect(built('css')).not.toEqual([]);
  });

  it('carries the guides that it links to', () => {
    const links = built('js').flatMap((file) => text(file).match(/\/console\/guides\/[a-z.-]+/g) ?? []);
    expect(links.length).toBeGreaterThan(0);
    for (const link of links) expect(existsSync(join(folder, link.slice('/console/'.length)))).toBe(true);
  });

  it('stays small enough for a first visit', () => {
    const bytes = built('js').reduce((sum, file) => sum + gzipSync(text(file)).length, 0);
    expect(bytes).toBeLessThan(shellBytesMax);
  });
});
