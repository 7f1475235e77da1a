import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isMountingAllowed, mountMemory } from '../db/test/mount.ts';
import { gatehouse, ownPlace, ownPolicies, serve } from './test/gatehouse.ts';

let place: Awaited<ReturnType<typeof ownPlace>>;
beforeEach(async () => {
  place = await ownPlace();
});
afterEach(() => place.remove());

const tokenOf = (screen: string, line = 0): string => [...screen.matchAll(/Bearer (gth_pat_\w+)/g)][line]?.[1] ?? '';

const statusOf = (url: string, headers: Record<string, string> = {}): Promise<number> =>
  new Promise((resolve, reject) => {
    request(url, { headers, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });

const occupied = async (address: string): Promise<() => void> => {
  const [host, port] = address.split(':');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(Number(port), host, resolve));
  return () => void server.close();
};

describe('a start that cannot be', () => {
  it('is refused while another gateway runs on the folder, which goes on undisturbed', async () => {
    const first = await serve(place.environment);
    const other = await ownPlace();
    const second = await gatehouse(['serve'], { ...other.environment, GATEHOUSE_DATA: first.folder });
    other.remove();
    expect(second.code).toBe(2);
    expect(second.output).toContain(`Another gatehouse runs on the data folder ${first.folder}. Stop it first`);
    expect(await statusOf(`${first.control}/readyz`)).toBe(200);
    await first.stop();
  });

  it.each(['GATEHOUSE_LISTEN', 'GATEHOUSE_CONTROL_LISTEN', 'GATEHOUSE_EXAMPLE_LISTEN'])(
    'names the variable when the port of %s is taken, and leaves nothing running',
    async (variable) => {
      const address = place.environment[variable] ?? '';
      const free = await occupied(address);
      const { code, output } = await gatehouse(['serve'], place.environment);
      free();
      expect(code).toBe(2);
      expect(output).toContain(address);
      expect(output).toContain(variable);
      expect(output).not.toContain('    at ');
      const again = await serve(place.environment);
      expect(await again.stop()).toBe(0);
    },
  );

  it.each([
    { where: 'where the data folder should be', path: 'parent/data' },
    { where: 'in the path of the data folder', path: 'parent' },
  ])('is refused for a file $where, and leaves it alone', async ({ path }) => {
    const file = join(place.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, 'x');
    const folder = join(place.folder, 'parent', 'data');
    const { code, output } = await gatehouse(['serve'], { ...place.environment, GATEHOUSE_DATA: folder });
    expect({ code, output }).toEqual({ code: 2, output: expect.stringContaining('is no folder') });
    expect(output).not.toContain('    at ');
    expect(readFileSync(file, 'utf8')).toBe('x');
  });

  it.skipIf(!isMountingAllowed).each([
    { what: 'the data folder', path: 'disk' },
    { what: 'the folder that it would be made in', path: 'disk/data' },
  ])('is refused when $what cannot be written (needs root to mount it read-only)', async ({ path }) => {
    const disk = join(place.folder, 'disk');
    mkdirSync(disk);
    const mounted = await mountMemory(disk, 'size=1m,ro');
    try {
      const folder = join(place.folder, path);
      const { code, output } = await gatehouse(['serve'], { ...place.environment, GATEHOUSE_DATA: folder });
      expect({ code, output }).toEqual({
        code: 2,
        output: expect.stringContaining(`The data folder ${folder} cannot be used: it cannot be written`),
      });
      expect(output).not.toContain('    at ');
      expect(readdirSync(disk)).toEqual([]);
    } finally {
      await mounted.unmount();
    }
  });

  it('is refused for a misspelt variable and for one that is not supported yet', async () => {
    const { code, output } = await gatehouse(['serve'], { GATEHOUSE_LISTN: 'x', DATABASE_URL: 'postgres://x' });
    expect(code).toBe(2);
    expect(output).toContain('GATEHOUSE_LISTN: no such variable');
    expect(output).toContain('DATABASE_URL: not supported yet');
  });

  it('is refused for a broken route file, with file, line and suggestion', async () => {
    const policies = ownPolicies(place.folder);
    appendFileSync(
      join(policies, 'routes', 'other.yaml'),
      'version: 1\napp: other\nupstreams: { api: http://127.0.0.1:9 }\nhosts:\n  other.example:\n    GET /x:\n      allow: can_vew on content:other.thing/1\n',
    );
    const { code, output } = await gatehouse(['serve'], { ...place.environment, GATEHOUSE_POLICIES: policies });
    expect(code).toBe(2);
    expect(output).toMatch(/other\.yaml:7:\d+: .*can_vew.*did you mean "can_view"/);
  });

  it('is refused for a broken model, with file, line and suggestion', async () => {
    const policies = ownPolicies(place.folder);
    appendFileSync(join(policies, 'model', 'content.fga'), '\ntype note\n  relations\n    define owner: [usr]\n');
    const { code, output } = await gatehouse(['serve'], { ...place.environment, GATEHOUSE_POLICIES: policies });
    expect(code).toBe(2);
    expect(output).toMatch(/content\.fga:\d+: .*usr.*did you mean "user"/);
  });

  it('is refused for a model that fails its own tests', async () => {
    const policies = ownPolicies(place.folder);
    const file = join(policies, 'model', 'content.fga');
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace('define can_delete: owner but', 'define can_delete: maintainer but'),
    );
    const { code, output } = await gatehouse(['serve'], { ...place.environment, GATEHOUSE_POLICIES: policies });
    expect(code).toBe(2);
    expect(output).toContain('The authorization model fails its tests');
    expect(output).toMatch(/fga\.yaml:\d+: .*can_delete.*expected denied, got allowed/);
  });

  it('refuses to print tokens where others could reach them', async () => {
    const { code, output } = await gatehouse(['serve'], {
      ...place.environment,
      GATEHOUSE_LISTEN: '0.0.0.0:0',
      GATEHOUSE_DEMO: 'on',
    });
    expect(code).toBe(2);
    expect(output).toContain('The demo runs on loopback addresses only');
  });
});

describe.skipIf(!isMountingAllowed)('a full disk (needs root to mount a small one)', () => {
  let disk: string;
  let mounted: Awaited<ReturnType<typeof mountMemory>>;
  beforeEach(async () => {
    disk = join(place.folder, 'disk');
    mkdirSync(disk);
    mounted = await mountMemory(disk, 'size=300m');
  });
  afterEach(() => mounted.unmount());

  it('refuses a first start and leaves nothing half-made behind', async () => {
    await mounted.resize('20m');
    const environment = { ...place.environment, GATEHOUSE_DATA: join(disk, 'data') };
    const { code, output } = await gatehouse(['serve'], environment);
    expect(code).toBe(2);
    expect(output).toContain('the disk is full');
    expect(output).not.toContain('    at ');
    expect(readdirSync(environment.GATEHOUSE_DATA).filter((name) => name.startsWith('pg'))).toEqual([]);
    await mounted.resize('300m');
    const started = await serve(environment);
    expect(await started.stop()).toBe(0);
  });

  it('while running costs the decision log and nothing else', async () => {
    const started = await serve({ ...place.environment, GATEHOUSE_DATA: join(disk, 'data') });
    const ballast = join(disk, 'ballast');
    try {
      execFileSync('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=64k'], { stdio: 'ignore' });
    } catch {
      // dd ends with an error exactly when the disk is full.
    }
    const headers = { authorization: `Bearer ${tokenOf(started.output())}` };
    const ask = () => statusOf(`${started.applications}/algorithms/qft`, headers);
    const logState = async () => {
      const { checks } = (await (await fetch(`${started.control}/readyz`)).json()) as {
        checks: { name: string; state: string }[];
      };
      return checks.find(({ name }) => name === 'decision log')?.state;
    };
    for (let count = 0; count < 50; count += 1) expect(await ask()).toBe(200);
    await expect.poll(logState).toBe('warning');
    rmSync(ballast);
    expect(await ask()).toBe(200);
    await expect.poll(logState).toBe('ok');
    expect(await started.stop()).toBe(0);
  });
});

describe('a damaged data folder', () => {
  it.each([
    ['a secret that is missing', 'secret', 'Restore it from a backup', undefined],
    ['a secret cut short', 'secret', 'is damaged', 'short'],
    ['a folder in place of the secret', 'secret', 'cannot be used', 'folder'],
    ['a folder in place of the decision log', 'log/decisions.jsonl', 'cannot be used', 'folder'],
    ['a folder in place of the control socket', 'control.sock', 'cannot be opened', 'folder'],
  ])('is refused for %s, and works again when that is mended', async (_what, name, says, instead) => {
    const file = join(place.environment['GATEHOUSE_DATA'] ?? '', name);
    const whole = await serve(place.environment);
    const kept = name === 'secret' ? readFileSync(file) : undefined;
    await whole.stop();
    rmSync(file, { force: true });
    if (instead === 'folder') mkdirSync(join(file, 'in-the-way'), { recursive: true });
    else if (instead !== undefined) writeFileSync(file, instead);

    const { code, output } = await gatehouse(['serve'], place.environment);
    expect({ code, output }).toEqual({ code: 2, output: expect.stringContaining(says) });
    expect(output).not.toContain('    at ');

    rmSync(file, { recursive: true, force: true });
    if (kept !== undefined) writeFileSync(file, kept);
    const again = await serve(place.environment);
    expect(await again.stop()).toBe(0);
  });
});

describe('a day that goes wrong', () => {
  it('prints no lines for the example when the policies have no rules for it, and the address control really has', async () => {
    const policies = ownPolicies(place.folder);
    rmSync(join(policies, 'routes', 'quantum.yaml'));
    writeFileSync(
      join(policies, 'routes', 'own.yaml'),
      'version: 1\napp: own\nupstreams: { api: http://127.0.0.1:9 }\nhosts:\n  "*":\n    GET /open:\n      allow: everyone\n',
    );
    const { GATEHOUSE_CONTROL_ORIGIN: origin, GATEHOUSE_EXAMPLE_LISTEN: _, ...others } = place.environment;
    const started = await serve({
      ...others,
      GATEHOUSE_POLICIES: policies,
      GATEHOUSE_EXAMPLE_LISTEN: '127.0.0.1:4402',
    });
    expect(started.output()).not.toContain('curl');
    expect(started.output()).toContain(`${origin}/console/`);
    await started.stop();
  });

  it('answers 502 when the application is not there, and 403 before it is even asked', async () => {
    const policies = ownPolicies(place.folder);
    writeFileSync(
      join(policies, 'routes', 'ghost.yaml'),
      'version: 1\napp: ghost\nupstreams: { api: http://127.0.0.1:9 }\nhosts:\n  ghost.example:\n    GET /open:\n      allow: everyone\n    GET /shut:\n      allow: nobody\n',
    );
    const started = await serve({ ...place.environment, GATEHOUSE_POLICIES: policies });
    const host = { host: 'ghost.example' };
    expect(await statusOf(`${started.applications}/open`, host)).toBe(502);
    expect(await statusOf(`${started.applications}/shut`, host)).toBe(403);
    await started.stop();
  });

  it('is survived after kill -9: the example is gone, the next start works', async () => {
    const started = await serve(place.environment);
    await started.stop('SIGKILL');
    const example = `http://${place.environment['GATEHOUSE_EXAMPLE_LISTEN']}/health`;
    await expect.poll(() => statusOf(example).catch(() => 'gone')).toBe('gone');
    expect(existsSync(join(started.folder, 'control.sock'))).toBe(true);
    const again = await serve(place.environment);
    expect(await statusOf(`${again.applications}/health`)).toBe(200);
    expect(await again.stop()).toBe(0);
  });

  it("takes the demo's tokens away when the demo is switched off", async () => {
    const demo = await serve(place.environment);
    const headers = { authorization: `Bearer ${tokenOf(demo.output())}` };
    expect(await statusOf(`${demo.applications}/algorithms/qft`, headers)).toBe(200);
    await demo.stop();
    const real = await serve({ ...place.environment, GATEHOUSE_DEMO: 'off' });
    expect(real.output()).not.toContain('gth_pat_');
    expect(await statusOf(`${real.applications}/algorithms/qft`, headers)).toBe(401);
    await real.stop();
  });

  it('starts without the demo on an empty database, and says which account the policies miss', async () => {
    const started = await serve({ ...place.environment, GATEHOUSE_DEMO: 'off' });
    expect(started.output()).toMatch(/warning: quantum\.yaml:\d+:\d+: there is no account "acme"/);
    expect(await statusOf(`${started.applications}/algorithms`)).toBe(401);
    await started.stop();
  });
});
