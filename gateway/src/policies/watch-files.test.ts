import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { watchFiles } from './watch-files.ts';
import type { Tell } from './watch-files.ts';

let place: string;
let folder: string;
let close = (): void => undefined;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'gatehouse-watch-'));
  folder = join(place, 'routes');
  mkdirSync(folder);
  writeFileSync(join(folder, 'a.yaml'), 'one');
});
afterEach(() => {
  close();
  rmSync(place, { recursive: true, force: true });
});

/** Some file systems never tell anything. */
const silent: Tell = () => ({ close: () => undefined });
const unable: Tell = () => {
  throw new Error('no watcher to be had');
};

/** A watch that has seen what was there at the start, and waits for the changes one by one. */
const watching = async (options: Partial<Parameters<typeof watchFiles>[0]> = {}) => {
  const waiting: (() => void)[] = [];
  let heard = 0;
  let taken = 0;
  const counts = (name: string): boolean => name.endsWith('.yaml');
  ({ close } = watchFiles({
    watched: [{ folder, counts }],
    settleMs: 40,
    pollMs: 60_000,
    onChange: () => {
      heard += 1;
      waiting.shift()?.();
    },
    ...options,
  }));
  /** Resolves with how many changes were told when the next one is. */
  const change = async (): Promise<number> => {
    if (taken === heard) await new Promise<void>((resolve) => waiting.push(resolve));
    taken += 1;
    return taken;
  };
  await change();
  return { change, heard: () => heard };
};

const changes: readonly { readonly what: string; readonly make: () => void }[] = [
  { what: 'a file is written', make: () => writeFileSync(join(folder, 'a.yaml'), 'two') },
  { what: 'a file is written with as many bytes', make: () => writeFileSync(join(folder, 'a.yaml'), 'eno') },
  { what: 'a file is added', make: () => writeFileSync(join(folder, 'b.yaml'), 'b') },
  { what: 'a file is deleted', make: () => unlinkSync(join(folder, 'a.yaml')) },
  {
    what: 'another file is renamed over it',
    make: () => {
      writeFileSync(join(folder, '.a.swap'), 'two');
      renameSync(join(folder, '.a.swap'), join(folder, 'a.yaml'));
    },
  },
  { what: 'the folder goes away', make: () => rmSync(folder, { recursive: true }) },
  {
    what: 'another folder takes its place',
    make: () => {
      renameSync(folder, join(place, 'old'));
      mkdirSync(folder);
      writeFileSync(join(folder, 'a.yaml'), 'new');
    },
  },
];

describe('watching files', () => {
  it.each(changes)('tells when $what', async ({ make }) => {
    const { change } = await watching({ pollMs: 1_000 });
    make();
    expect(await change()).toBe(2);
  });

  it.each(changes)('tells when $what, where the file system says nothing', async ({ make }) => {
    const { change } = await watching({ tell: silent, pollMs: 20 });
    make();
    expect(await change()).toBe(2);
  });

  it('tells where no watcher can be had', async () => {
    const { change } = await watching({ tell: unable, pollMs: 20 });
    writeFileSync(join(folder, 'a.yaml'), 'two');
    expect(await change()).toBe(2);
  });

  it('tells of files behind a link when they change, and when the link does', async () => {
    const link = join(place, 'current');
    const other = join(place, 'other');
    mkdirSync(other);
    writeFileSync(join(other, 'a.yaml'), 'other');
    symlinkSync(folder, link);
    const { change } = await watching({ watched: [{ folder: link, counts: () => true }], pollMs: 20 });
    writeFileSync(join(folder, 'a.yaml'), 'two');
    expect(await change()).toBe(2);
    symlinkSync(other, join(place, 'next'));
    renameSync(join(place, 'next'), link);
    expect(await change()).toBe(3);
    writeFileSync(join(other, 'a.yaml'), 'two');
    expect(await change()).toBe(4);
  });

  it('goes on listening in a folder that took the place of another', async () => {
    const { change } = await watching({ pollMs: 200 });
    rmSync(folder, { recursive: true });
    expect(await change()).toBe(2);
    mkdirSync(folder);
    writeFileSync(join(folder, 'a.yaml'), 'new');
    expect(await change()).toBe(3);
    writeFileSync(join(folder, 'a.yaml'), 'newer');
    expect(await change()).toBe(4);
  });

  it('tells once of many files, and of a file that is written piece by piece once it stands still', async () => {
    const touches: (() => void)[] = [];
    const tell: Tell = (_folder, onTouched) => {
      touches.push(onTouched);
      return { close: () => undefined };
    };
    const { change, heard } = await watching({ tell, settleMs: 80 });
    for (let piece = 0; piece < 20; piece += 1) {
      appendFileSync(join(folder, 'a.yaml'), `piece ${piece}\n`);
      writeFileSync(join(folder, `${piece}.yaml`), 'x');
      touches.forEach((touched) => touched());
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await change()).toBe(2);
    expect(heard()).toBe(2);
  });

  it('tells nothing of files that do not count', async () => {
    const { change, heard } = await watching({ tell: silent, pollMs: 10 });
    writeFileSync(join(folder, 'a.yaml~'), 'x');
    writeFileSync(join(folder, '4913'), 'x');
    writeFileSync(join(folder, 'a.yaml'), 'two');
    expect(await change()).toBe(2);
    expect(heard()).toBe(2);
  });

  it('does not wait for ever for files that never stand still', async () => {
    let writes = 0;
    const writing = setInterval(() => appendFileSync(join(folder, 'a.yaml'), `${(writes += 1)}`), 5);
    const { change } = await watching({ settleMs: 30, settleMsMax: 120, pollMs: 20 });
    expect(await change()).toBe(2);
    clearInterval(writing);
    expect(writes).toBeGreaterThan(0);
  });

  it('tells nothing any more once it is closed', async () => {
    const closed: string[] = [];
    const { promise: released, resolve } = Promise.withResolvers<void>();
    const tell: Tell = (watchedFolder) => ({
      close: () => {
        closed.push(watchedFolder);
        resolve();
      },
    });
    const { heard } = await watching({ tell, pollMs: 10 });
    writeFileSync(join(folder, 'a.yaml'), 'two');
    close();
    await released;
    expect({ closed, heard: heard() }).toEqual({ closed: [folder], heard: 1 });
  });
});
