import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deriveBytes, deriveKeys, installationSecret } from './secret.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-secret-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('installation secret', () => {
  it('is made once, readable by its owner only, and kept', () => {
    const secret = installationSecret(folder, true);
    expect(secret).toMatch(/^[\w-]{43}$/);
    expect(installationSecret(folder, true)).toBe(secret);
    expect(statSync(join(folder, 'secret')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(folder, 'secret'), 'utf8')).toBe(`${secret}\n`);
  });

  it('is made anew over a draft that a killed process left', () => {
    writeFileSync(join(folder, 'secret.new'), 'half');
    expect(installationSecret(folder, true)).toMatch(/^[\w-]{43}$/);
  });

  it('is never replaced when it is missing beside a database', () => {
    expect(() => installationSecret(folder, false)).toThrow('is missing');
    expect(() => readFileSync(join(folder, 'secret'))).toThrow('ENOENT');
  });

  it('is never replaced when it is damaged', () => {
    writeFileSync(join(folder, 'secret'), 'half');
    expect(() => installationSecret(folder, true)).toThrow('is damaged');
    expect(readFileSync(join(folder, 'secret'), 'utf8')).toBe('half');
  });
});

describe('derived keys', () => {
  it('are the same for the same secret and purpose, and others for other ones', () => {
    expect(deriveBytes('s', 'a')).toEqual(deriveBytes('s', 'a'));
    expect(deriveBytes('s', 'a')).not.toEqual(deriveBytes('s', 'b'));
    expect(deriveBytes('s', 'a')).not.toEqual(deriveBytes('t', 'a'));
  });

  it('come newest first, with an id that tells secrets apart and purposes not', () => {
    const [newest, oldest] = deriveKeys(['new', 'old'], 'tokens');
    expect(newest?.id).not.toBe(oldest?.id);
    expect(deriveKeys(['new'], 'other')[0]?.id).toBe(newest?.id);
  });
});
