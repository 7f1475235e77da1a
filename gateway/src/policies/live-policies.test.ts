import {
  chmodSync,
  cpSync,
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
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isModelOnDisk, modelIn, readRoutes, routesIn, tryRoutes } from '../load-policies.ts';
import type { LoadedModel } from '../load-policies.ts';
import { livePolicies } from './live-policies.ts';
import type { LivePolicies, Reloaded } from './live-policies.ts';
import { reloadText } from './reload-text.ts';
import { routeText } from './test/route-file.ts';

const shipped = fileURLToPath(new URL('../../../policies', import.meta.url));

const fileOf = (app: string, path: string, allow = 'everyone'): string =>
  routeText(app, { [`GET ${path}`]: `allow: ${allow}` });

let loaded: LoadedModel;
let place: string;
let accounts: Record<string, string>;
let reports: Reloaded[];
let nowMs: number;

beforeAll(async () => {
  loaded = await modelIn(shipped);
});
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'gatehouse-live-'));
  cpSync(join(shipped, 'model'), join(place, 'model'), { recursive: true });
  mkdirSync(join(place, 'routes'));
  write('a.yaml', fileOf('a', '/one'));
  write('b.yaml', fileOf('b', '/one'));
  accounts = {};
  reports = [];
  nowMs = 1_000;
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

const write = (name: string, text: string): void => writeFileSync(join(place, 'routes', name), text);
const routesFolder = (): string => join(place, 'routes');

const open = async (parts: Partial<Parameters<typeof livePolicies>[0]> = {}): Promise<LivePolicies> => {
  const options = { model: loaded.model, accountId: (slug: string) => accounts[slug] };
  return livePolicies({
    first: await routesIn(place, options),
    read: () => readRoutes(place),
    compile: (sources) => tryRoutes(sources, options),
    isModelOnDisk: () => isModelOnDisk(place, loaded.digest),
    report: (reloaded) => reports.push(reloaded),
    clock: { wallMs: () => nowMs, monotonicMs: () => nowMs },
    ...parts,
  });
};

const ids = (policies: LivePolicies): readonly string[] => policies.routes().table.rules.map(({ id }) => id);

const both = ['a GET a.example/one', 'b GET b.example/one'];

describe('a reload', () => {
  it('swaps in the whole set on disk, with its digest', async () => {
    const policies = await open();
    const before = policies.routes();
    expect(ids(policies)).toEqual(both);
    write('a.yaml', fileOf('a', '/two'));
    write('b.yaml', fileOf('b', '/two'));
    nowMs = 5_000;
    const reloaded = await policies.reload('change');
    expect(reloaded).toMatchObject({ kind: 'swapped', rules: 2, digest: policies.routes().digest });
    expect(ids(policies)).toEqual(['a GET a.example/two', 'b GET b.example/two']);
    expect(policies.routes().digest).not.toBe(before.digest);
    expect(policies.routes().table.digest).toBe(policies.routes().digest);
    expect(policies.state()).toMatchObject({ loadedAt: 5_000, stale: undefined, reloads: { swapped: 1, refused: 0 } });
    expect(reports).toEqual([reloaded]);
  });

  it('says nothing and changes nothing when the files are those in force', async () => {
    const policies = await open();
    const before = policies.routes();
    expect(await policies.reload('change')).toMatchObject({ kind: 'unchanged' });
    expect(policies.routes()).toBe(before);
    expect({ reports, reloads: policies.state().reloads }).toEqual({
      reports: [],
      reloads: { swapped: 0, unchanged: 0, refused: 0 },
    });
  });

  it.each(['signal', 'command'] as const)('by %s says that the files are those in force', async (trigger) => {
    const policies = await open();
    const before = policies.routes();
    expect(await policies.reload(trigger)).toMatchObject({ kind: 'unchanged' });
    expect(policies.routes()).toBe(before);
    expect(reports).toHaveLength(1);
  });

  it('of a set without one of the files takes its rules away', async () => {
    const policies = await open();
    unlinkSync(join(routesFolder(), 'b.yaml'));
    expect(await policies.reload('change')).toMatchObject({ kind: 'swapped' });
    expect(ids(policies)).toEqual(['a GET a.example/one']);
  });

  it('follows a link to another folder', async () => {
    const policies = await open();
    renameSync(routesFolder(), join(place, 'one'));
    mkdirSync(join(place, 'two'));
    writeFileSync(join(place, 'two', 'a.yaml'), fileOf('a', '/two'));
    symlinkSync(join(place, 'two'), routesFolder());
    expect(await policies.reload('change')).toMatchObject({ kind: 'swapped' });
    expect(ids(policies)).toEqual(['a GET a.example/two']);
  });
});

const broken: readonly { readonly what: string; readonly says: RegExp; readonly make: () => void }[] = [
  {
    what: 'text that is no YAML',
    says: /^a\.yaml:\d+:\d+: not valid YAML/,
    make: () => write('a.yaml', fileOf('a', '/two').replace('GET /two:', 'GET /two: [')),
  },
  {
    what: 'a misspelt key',
    says: /^a\.yaml:8:7: .*"alow".*did you mean "allow"/,
    make: () => write('a.yaml', fileOf('a', '/two').replace('allow:', 'alow:')),
  },
  {
    what: 'a permission that the model does not know',
    says: /^a\.yaml:8:14: .*"can_vew".*did you mean "can_view"/,
    make: () => write('a.yaml', fileOf('a', '/two', 'can_vew on organization:{account}')),
  },
  {
    what: 'two files of one application',
    says: /^c\.yaml:2:6: the application "a" has a file already: a\.yaml/,
    make: () => write('c.yaml', fileOf('a', '/two')),
  },
  {
    what: 'a test that fails',
    says: /^a\.yaml:12:7: the test expects 200 but gets 403/,
    make: () =>
      write(
        'a.yaml',
        `${fileOf('a', '/two', 'nobody')}tests:\n  given: []\n  expect:\n    - vera GET a.example/two -> 200\n`,
      ),
  },
  {
    what: 'bytes that are no text',
    says: /^a\.yaml:1:1: .*UTF-8/,
    make: () => writeFileSync(join(routesFolder(), 'a.yaml'), Buffer.of(0xff, 0xfe)),
  },
  { what: 'an empty file', says: /^a\.yaml:1:1: /, make: () => write('a.yaml', '') },
  {
    what: 'a folder without files',
    says: /routes:1:1: the folder holds no route file/,
    make: () => ['a.yaml', 'b.yaml'].forEach((name) => unlinkSync(join(routesFolder(), name))),
  },
  {
    what: 'a folder that is gone',
    says: /routes:1:1: .*does not exist/,
    make: () => rmSync(routesFolder(), { recursive: true }),
  },
  {
    what: 'a file in place of the folder',
    says: /routes:1:1: .*cannot be read \(ENOTDIR\)/,
    make: () => {
      rmSync(routesFolder(), { recursive: true });
      writeFileSync(routesFolder(), 'x');
    },
  },
  {
    what: 'a folder in place of a file',
    says: /^a\.yaml:1:1: this is not a file/,
    make: () => {
      unlinkSync(join(routesFolder(), 'a.yaml'));
      mkdirSync(join(routesFolder(), 'a.yaml'));
    },
  },
  {
    what: 'a link to nowhere',
    says: /^a\.yaml:1:1: the file cannot be read \(ENOENT\)/,
    make: () => {
      unlinkSync(join(routesFolder(), 'a.yaml'));
      symlinkSync('nowhere', join(routesFolder(), 'a.yaml'));
    },
  },
];

describe('a reload of files that cannot be used', () => {
  it.each(broken)('keeps the set in force whole for $what, and says why', async ({ says, make }) => {
    const policies = await open();
    const before = policies.routes();
    // The other file is in order: half a set must not come into force.
    write('b.yaml', fileOf('b', '/two'));
    make();
    nowMs = 7_000;
    const reloaded = await policies.reload('change');
    expect(reloaded).toMatchObject({
      kind: 'refused',
      digest: before.digest,
      problems: expect.arrayContaining([expect.stringMatching(says)]),
    });
    expect(policies.routes()).toBe(before);
    expect(policies.state()).toMatchObject({ loadedAt: 1_000, stale: { since: 7_000 }, reloads: { refused: 1 } });
    expect(reloadText(reloaded)).toMatch(/stay in force, whole \(\w{12}\):\n  \S/);
  });

  it.skipIf(process.getuid?.() === 0)('keeps it for a file that may not be read', async () => {
    const policies = await open();
    chmodSync(join(routesFolder(), 'a.yaml'), 0o000);
    expect(await policies.reload('change')).toMatchObject({
      kind: 'refused',
      problems: [expect.stringContaining('EACCES')],
    });
  });

  it('is said once, again when asked for, and counts as stale from the first time on', async () => {
    const policies = await open();
    write('a.yaml', 'version: 1');
    nowMs = 2_000;
    await policies.reload('change');
    nowMs = 3_000;
    await policies.reload('change');
    expect(reports).toHaveLength(1);
    await policies.reload('command');
    expect(reports).toHaveLength(2);
    write('a.yaml', 'version: 2');
    await policies.reload('change');
    expect(reports).toHaveLength(3);
    expect(policies.state().stale?.since).toBe(2_000);
  });

  it('is over when the files are mended, also when they are again those in force', async () => {
    const policies = await open();
    const before = policies.routes();
    write('a.yaml', 'version: 1');
    await policies.reload('change');
    write('a.yaml', fileOf('a', '/one'));
    nowMs = 9_000;
    expect(await policies.reload('change')).toMatchObject({ kind: 'unchanged' });
    expect(policies.routes()).toBe(before);
    expect(policies.state()).toMatchObject({ stale: undefined, loadedAt: 9_000 });
    expect(reports.map(({ kind }) => kind)).toEqual(['refused', 'unchanged']);
  });

  it('is what a database that does not answer comes to', async () => {
    const policies = await open({ compile: () => Promise.reject(new Error('the database is closed')) });
    expect(await policies.reload('command')).toMatchObject({ kind: 'refused', problems: ['the database is closed'] });
  });

  it('is what files come to that change while they are read', async () => {
    let isWriting = true;
    let turns = 0;
    const scribble = (): void => {
      if (!isWriting) return;
      write('a.yaml', fileOf('a', `/n${(turns += 1)}`));
      setImmediate(scribble);
    };
    const policies = await open();
    scribble();
    const reloaded = await policies.reload('change');
    isWriting = false;
    expect(reloaded).toMatchObject({ kind: 'refused', problems: [expect.stringContaining('while they were read')] });
    expect(ids(policies)).toEqual(both);
  });
});

describe('an account that a rule names', () => {
  beforeEach(() => write('a.yaml', fileOf('a', '/one', 'can_view on organization:acme')));

  it('is looked up again by command, not by looking at unchanged files', async () => {
    const policies = await open();
    expect(policies.routes().warnings).toEqual([expect.stringContaining('there is no account "acme"')]);
    accounts = { acme: 'acc_1' };
    expect(await policies.reload('change')).toMatchObject({ kind: 'unchanged' });
    expect(await policies.reload('command')).toMatchObject({ kind: 'swapped', warnings: [] });
    expect(policies.routes().table.rules[0]?.allow).toMatchObject({ object: { parts: [{ text: 'acc_1' }] } });
    expect(await policies.reload('command')).toMatchObject({ kind: 'unchanged' });
  });
});

describe('model files that have changed', () => {
  it('are said to need a restart, once, and are not put in force', async () => {
    const policies = await open();
    writeFileSync(join(place, 'model', 'core.fga'), 'module core\n');
    const reloaded = await policies.reload('change');
    expect(reloaded).toMatchObject({ kind: 'unchanged', modelHasChanged: true });
    expect(reloadText(reloaded)).toContain('restart to use them');
    await policies.reload('change');
    expect(reports).toHaveLength(1);
    rmSync(join(place, 'model'), { recursive: true });
    expect(await policies.reload('command')).toMatchObject({ kind: 'unchanged', modelHasChanged: true });
  });
});
