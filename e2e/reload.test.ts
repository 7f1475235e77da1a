import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gatehouse, ownPlace, ownPolicies, serve } from './test/gatehouse.ts';
import type { Gatehouse } from './test/gatehouse.ts';

let place: Awaited<ReturnType<typeof ownPlace>>;
let environment: Record<string, string>;
let server: Gatehouse;
let file: string;
let whole: string;
let bearer: string;

beforeAll(async () => {
  place = await ownPlace();
  const policies = ownPolicies(place.folder);
  environment = { ...place.environment, GATEHOUSE_POLICIES: policies };
  file = join(policies, 'routes', 'quantum.yaml');
  whole = readFileSync(file, 'utf8');
  server = await serve(environment);
  bearer = `Bearer ${/Bearer (gth_pat_\w+)/.exec(server.output())?.[1] ?? ''}`;
});
afterAll(async () => {
  await server.stop();
  place.remove();
});

const statusOf = (path: string, headers: Record<string, string> = { authorization: bearer }): Promise<number> =>
  new Promise((resolve, reject) => {
    request(`${server.applications}${path}`, { headers, agent: false }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    })
      .on('error', reject)
      .end();
  });

const policiesCheck = async (): Promise<{ state: string; detail: string }> => {
  const answer = await fetch(`${server.control}/readyz`);
  const { checks } = (await answer.json()) as { checks: { name: string; state: string; detail: string }[] };
  const found = checks.find(({ name }) => name === 'route policies');
  if (answer.status !== 200 || found === undefined) throw new Error(`not ready: ${answer.status}`);
  return found;
};

const metric = async (line: string): Promise<number> => {
  const text = await (await fetch(`${server.control}/metrics`)).text();
  return Number(
    text
      .split('\n')
      .find((one) => one.startsWith(`${line} `))
      ?.split(' ')[1],
  );
};

const soon = { timeout: 15_000, interval: 100 };

/** Two rules of a set that no other set has: whoever sees one of each was decided by half a set. */
const generation = (name: string): string =>
  whole.replace(
    '    GET /health:\n      allow: everyone\n',
    `    GET /health:\n      allow: everyone\n    GET /${name}/a:\n      allow: everyone\n    GET /${name}/b:\n      allow: everyone\n`,
  );

/** As editors do it: the new text beside the old one, and then in its place. */
const save = (text: string): void => {
  writeFileSync(`${file}.tmp`, text);
  renameSync(`${file}.tmp`, file);
};

describe('a policy file that is saved beside a running gateway', () => {
  it('with a mistake in it is reported with line and suggestion while the old rules go on, and is in force once it is mended', async () => {
    const refused = await metric('gatehouse_policy_reloads_total{outcome="refused"}');
    save(generation('spring').replace('can_edit on', 'can_edti on'));
    await expect
      .poll(() => server.output(), soon)
      .toMatch(/quantum\.yaml:\d+:\d+: .*"can_edti"; did you mean "can_edit"/);
    expect(await policiesCheck()).toEqual({
      name: 'route policies',
      state: 'warning',
      detail: expect.stringMatching(
        /^policies: stale since \S+Z, reason: quantum\.yaml:\d+:\d+: .*did you mean "can_edit"/,
      ),
    });
    expect(await metric('gatehouse_policies_stale')).toBe(1);
    expect(await metric('gatehouse_policy_reloads_total{outcome="refused"}')).toBe(refused + 1);
    expect(await statusOf('/algorithms/qft')).toBe(200);
    expect(await statusOf('/spring/a')).toBe(404);

    save(generation('spring'));
    // What the example answers there is its own affair: the rule lets the request through.
    await expect.poll(async () => (await policiesCheck()).state, soon).toBe('ok');
    const explained = await gatehouse(['explain', 'GET', '/spring/a'], environment);
    expect(explained).toMatchObject({ code: 0, output: expect.stringContaining('quantum GET /spring/a') });
    expect(await metric('gatehouse_policies_stale')).toBe(0);
  });

  it('written in two pieces is not taken for a broken one', async () => {
    const before = server.output().length;
    const text = generation('summer');
    const half = text.slice(0, text.indexOf('tests:') - 200);
    writeFileSync(file, half);
    await policiesCheck();
    writeFileSync(file, text);
    await expect.poll(() => server.output().slice(before), soon).toContain('The route policies are reloaded');
    expect(server.output().slice(before)).not.toContain('cannot be used');
  });
});

type Line = { readonly path: string; readonly verdict: string; readonly policies: string };

describe('a change under load', () => {
  it('decides every request by one whole set, the broken ones in between by none', async () => {
    save(generation('set-0'));
    expect((await gatehouse(['routes', 'reload'], environment)).code).toBe(0);
    const over = new AbortController();
    const statuses = new Map<number, number>();
    const worker = async (): Promise<void> => {
      for (let count = 0; !over.signal.aborted && count < 2_000; count += 1) {
        for (const path of ['/algorithms/qft', '/set-0/a', '/set-1/a', '/set-0/b', '/set-1/b']) {
          const status = await statusOf(path);
          if (path === '/algorithms/qft') statuses.set(status, (statuses.get(status) ?? 0) + 1);
        }
      }
    };
    const load = Promise.all(Array.from({ length: 6 }, worker));
    const reload = async (): Promise<number | null> => (await gatehouse(['routes', 'reload'], environment)).code;
    const codes: (number | null)[] = [];
    for (const text of [
      generation('set-1'),
      `${generation('set-0')}nonsense: [`,
      generation('set-0'),
      'version: 1\n',
    ]) {
      save(text);
      codes.push(await reload());
    }
    over.abort();
    await load;
    expect(codes).toEqual([0, 1, 0, 1]);
    expect([...statuses.keys()]).toEqual([200]);

    const { output } = await gatehouse(['decisions', '--limit', '10000', '--json'], environment);
    const allowed = new Map<string, Set<string>>();
    let seen = 0;
    for (const line of output.trim().split('\n')) {
      const { path, verdict, policies } = JSON.parse(line) as Line;
      const [, set] = /^\/(set-[01])\/[ab]$/.exec(path) ?? [];
      if (set === undefined) continue;
      seen += 1;
      const sets = allowed.get(policies) ?? new Set();
      if (verdict === 'allow') sets.add(set);
      allowed.set(policies, sets);
    }
    expect(seen).toBeGreaterThan(100);
    expect([...allowed.values()].map((sets) => [...sets].join()).toSorted()).toEqual(['set-0', 'set-1']);
  });
});

describe('gatehouse routes reload', () => {
  it('says with exit code 1 and every problem why the files stay out', async () => {
    save(whole.replace('can_delete on', 'can_delte on').replace('allow: everyone', 'alow: everyone'));
    const ended = await gatehouse(['routes', 'reload'], environment);
    expect(ended.code).toBe(1);
    expect(ended.output).toMatch(/quantum\.yaml:\d+:\d+: .*"alow"; did you mean "allow"/);
    const json = await gatehouse(['routes', 'reload', '--json'], environment);
    expect(JSON.parse(json.output)).toMatchObject({ kind: 'refused', problems: expect.any(Array) });
    expect(await statusOf('/algorithms/qft')).toBe(200);
  });

  it('says with exit code 0 what is in force', async () => {
    save(generation('autumn'));
    expect(await gatehouse(['routes', 'reload'], environment)).toMatchObject({
      code: 0,
      output: expect.stringMatching(/\d+ rules/),
    });
    const again = await gatehouse(['routes', 'reload', '--json'], environment);
    expect(JSON.parse(again.output)).toMatchObject({ kind: 'unchanged' });
  });

  it('is refused with exit code 2 where no gateway runs', async () => {
    const ended = await gatehouse(['routes', 'reload'], { GATEHOUSE_DATA: join(place.folder, 'nothing') });
    expect(ended).toEqual({ code: 2, output: expect.stringContaining('No gateway runs') });
  });
});

describe('SIGHUP', () => {
  it('reads the files again and ends nothing', async () => {
    const before = server.output().length;
    server.signal('SIGHUP');
    await expect
      .poll(() => server.output().slice(before), soon)
      .toContain('The route policies on disk are those in force');
    expect(await statusOf('/algorithms/qft')).toBe(200);
  });
});

describe('gatehouse replay', () => {
  it('tells what a stricter file would refuse, and nothing of the file in force', async () => {
    const candidate = join(place.folder, 'stricter.yaml');
    const rules = whole.slice(0, whole.indexOf('\ntests:'));
    writeFileSync(candidate, rules.replaceAll('can_view on content:', 'can_edit on content:'));
    expect(await statusOf('/algorithms/qft')).toBe(200);
    const told = await gatehouse(['replay', candidate, '--limit', '1'], environment);
    expect(told.code).toBe(1);
    expect(told.output).toContain('GET /algorithms/qft by vera: allow → 403 not_permitted');
    expect(told.output).toContain('1 of 1 record decided again: 1 would be decided otherwise.');
    const same = await gatehouse(['replay', file, '--limit', '1', '--json'], environment);
    expect({ code: same.code, ...JSON.parse(same.output) }).toMatchObject({ code: 0, replayed: 1, differing: 0 });
  });

  it.each([
    [['no-such-file.yaml'], 2, 'cannot be read (ENOENT)'],
    [['package.json'], 1, 'package.json does not load'],
    [['policies/routes', '--limit', '0'], 2, '--limit is a whole number'],
    [['policies/routes', '--log', 'no-such-log'], 2, 'cannot be read (ENOENT)'],
  ])('of %j ends with exit code %i', async (words, code, says) => {
    expect(await gatehouse(['replay', ...words], environment)).toEqual({
      code,
      output: expect.stringContaining(says),
    });
  });

  it('reads the decision log where no gateway runs', async () => {
    await server.stop();
    const told = await gatehouse(['replay', file, '--json'], environment);
    expect({ code: told.code, ...JSON.parse(told.output) }).toMatchObject({ differing: 0, code: 0 });
    expect(JSON.parse(told.output).replayed).toBeGreaterThan(100);
  });
});
