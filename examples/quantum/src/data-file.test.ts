import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dataFile } from './data-file.ts';
import { seed } from './seed.ts';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quantum-'));
  path = join(folder, 'quantum.json');
});

afterEach(() => rm(folder, { recursive: true }));

describe('dataFile', () => {
  it('has nothing before the first save', async () => {
    expect(await dataFile(path).load()).toBeNull();
  });

  it('gives back what was saved and leaves no other file', async () => {
    const state = seed();
    await dataFile(path).save(state);
    expect(await dataFile(path).load()).toEqual(state);
    expect(await readdir(folder)).toEqual(['quantum.json']);
  });

  it.each(['', '{"algorithms":[]}', '{"algorithms":[{"id":1}],"jobs":[]}', '[]'])(
    'refuses %j by name instead of starting empty',
    async (text) => {
      await writeFile(path, text);
      await expect(dataFile(path).load()).rejects.toThrow(path);
    },
  );

  it('rejects and cleans up when the target cannot be replaced', async () => {
    await mkdir(path);
    await expect(dataFile(path).save(seed())).rejects.toThrow('EISDIR');
    expect(await readdir(folder)).toEqual(['quantum.json']);
  });
});
