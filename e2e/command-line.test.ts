import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gatehouse, ownPlace, ownPolicies, serve } from './test/gatehouse.ts';
import type { Gatehouse } from './test/gatehouse.ts';

let place: Awaited<ReturnType<typeof ownPlace>>;
beforeAll(async () => {
  place = await ownPlace();
});
afterAll(() => place.remove());

describe('help', () => {
  it.each([
    [['--help']],
    [['serve', '--help']],
    [['check', '--help']],
    [['explain', '--help']],
    [['routes', '--help']],
    [['routes', 'check', '--help']],
    [['routes', 'reload', '--help']],
    [['replay', '--help']],
    [['model', 'test', '--help']],
  ])('is there for %j', async (words) => {
    const { code, output } = await gatehouse(words);
    expect({ code, usage: output.includes('Usage: gatehouse') }).toEqual({ code: 0, usage: true });
  });

  it('lists every variable with its default', async () => {
    const { output } = await gatehouse(['serve', '--help']);
    expect(output).toContain('GATEHOUSE_LISTEN');
    expect(output).toContain('(default: 127.0.0.1:4400)');
  });

  it.each([
    [['chekc']],
    [['check', 'vera']],
    [['check', 'a', 'b', 'c', 'd']],
    [['explain', 'GET']],
    [['--nonsense']],
    [[]],
  ])('is pointed at for %j, with exit code 2', async (words) => {
    const { code, output } = await gatehouse(words);
    expect({ code, output }).toEqual({ code: 2, output: expect.stringMatching(/help|Usage/) });
  });
});

const questions = () => {
  it.each([
    [
      'vera',
      'can_view',
      'content:quantum.algorithm/qft',
      0,
      'allowed  user:vera can_view content:quantum.algorithm/qft',
    ],
    ['vera@acme.example', 'can_view', 'organization:acme', 0, 'allowed  user:vera can_view organization:acme'],
    ['user:max', 'can_delete', 'content:quantum.algorithm/qft', 1, 'denied'],
    ['oscar', 'can_view', 'organization:acme', 1, 'denied'],
    ['vera', 'can_veiw', 'content:quantum.algorithm/qft', 2, 'can_veiw'],
    ['nobody-known', 'can_view', 'organization:acme', 2, 'there is no user "nobody-known"'],
    ['vera', 'can_view', 'organization:nowhere', 2, 'there is no organization "nowhere"'],
    ['vera', 'can_view', 'qft', 2, 'write TYPE:ID'],
  ])('answers check %s %s %s with exit code %i', async (subject, relation, object, code, says) => {
    const ended = await gatehouse(['check', subject, relation, object], place.environment);
    expect(ended).toEqual({ code, output: expect.stringContaining(says) });
  });

  it('shows the tuples that led to an allow', async () => {
    const { output } = await gatehouse(
      ['check', 'olga', 'can_delete', 'content:quantum.algorithm/qft'],
      place.environment,
    );
    expect(output).toMatch(/because user:usr_\w+ owner organization:acc_/);
  });

  it.each([
    [['GET', '/algorithms/qft', '--as', 'vera'], 0, 'passed on to the application'],
    [['DELETE', '/algorithms/qft', '--as', 'max'], 1, '403 not_permitted'],
    [['GET', '/algorithms/qft', '--as', 'vera', '--account', 'nowhere'], 1, '403 foreign_account'],
    [['GET', '/algorithms/qft'], 1, '401 sign_in_required'],
    [['GET', '/algorithms%2fqft', '--as', 'vera'], 1, '400 ambiguous_path'],
    [['GET', '/algorithm/qft', '--as', 'vera'], 1, 'near misses'],
    [['GET', 'http://127.0.0.1:4400/health'], 0, 'passed on'],
    [['GET', '/algorithms/qft', '--as', 'nobody-known'], 2, 'there is no person "nobody-known"'],
  ])('answers explain %j with exit code %i', async (words, code, says) => {
    expect(await gatehouse(['explain', ...words], place.environment)).toEqual({
      code,
      output: expect.stringContaining(says),
    });
  });

  it('explains with the rule, its file and line, and the tuple asked', async () => {
    const { output } = await gatehouse(['explain', 'DELETE', '/algorithms/qft', '--as', 'max'], place.environment);
    expect(output).toMatch(/quantum DELETE \/algorithms\/\{id\} quantum\.yaml:\d+/);
    expect(output).toContain('denied  user:max can_delete content:quantum.algorithm/qft');
  });

  it.each([
    [['check', 'vera', 'can_view', 'organization:acme', '--json'], { answer: 'allowed' }],
    [['explain', 'GET', '/algorithms/qft', '--as', 'oscar', '--json'], { status: 403, reason: 'not_permitted' }],
    [['check', 'nobody-known', 'can_view', 'organization:acme', '--json'], { error: expect.any(String) }],
  ])('answers %j in JSON', async (words, answer) => {
    const { output } = await gatehouse(words, place.environment);
    expect(JSON.parse(output)).toMatchObject(answer);
  });
};

describe('without data', () => {
  it('refuses a question, and makes no database', async () => {
    const folder = join(place.folder, 'nothing');
    const { code, output } = await gatehouse(['check', 'a', 'b', 'c:d'], { GATEHOUSE_DATA: folder });
    expect({ code, output }).toEqual({ code: 2, output: expect.stringContaining('Start the gateway once') });
    expect(existsSync(folder)).toBe(false);
  });
});

describe('beside a running server', () => {
  let server: Gatehouse;
  beforeAll(async () => {
    server = await serve(place.environment);
  });
  afterAll(() => server.stop());
  questions();

  it('shows the newest decisions first', async () => {
    await fetch(`${server.applications}/health`);
    await fetch(`${server.applications}/algorithms/qft?token=not-to-be-kept`);
    const { code, output } = await gatehouse(['decisions', '--limit', '2', '--json'], place.environment);
    const decisions = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(code).toBe(0);
    expect(decisions).toMatchObject([
      { verdict: 'sign-in', reason: 'sign_in_required', status: 401, path: '/algorithms/qft', asked: [] },
      { verdict: 'allow', status: 200, path: '/health', route: 'quantum GET /health', source: 'rule' },
    ]);
    expect(output).not.toContain('not-to-be-kept');
  });

  it('leaves out of the decisions what was let through, when asked for refusals', async () => {
    const { output } = await gatehouse(['decisions', '--refused'], place.environment);
    expect(output).toContain('401 sign_in_required  GET /algorithms/qft');
    expect(output).not.toContain('200 allow');
  });

  it.each(['0', '10001', 'all', '-1'])('refuses decisions --limit %s', async (limit) => {
    const { code, output } = await gatehouse(['decisions', `--limit=${limit}`], place.environment);
    expect({ code, output }).toEqual({ code: 2, output: expect.stringContaining('from 1 to 10000') });
  });
});

describe('on the data folder of a server that has stopped', () => {
  questions();

  it.each([
    ['vera', 0, 'passed on to the application'],
    ['oscar', 1, '403 not_permitted'],
  ])('explains to %s, with exit code %i, a rule that keeps to one organization', async (as, code, says) => {
    const policies = ownPolicies(join(place.folder, `within-for-${as}`));
    const file = join(policies, 'routes', 'quantum.yaml');
    const sentence = 'can_view on content:quantum.algorithm/{id}';
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(`allow: ${sentence}`, `allow: ${sentence} within organization:acme`),
    );
    const ended = await gatehouse(['explain', 'GET', '/algorithms/qft', '--as', as], {
      ...place.environment,
      GATEHOUSE_POLICIES: policies,
    });
    expect(ended).toEqual({ code, output: expect.stringContaining(says) });
    expect(ended.output).toContain('can_view content:quantum.algorithm/qft');
    expect(ended.output).not.toContain('failed');
  });

  it('points at the log for decisions', async () => {
    const { code, output } = await gatehouse(['decisions'], place.environment);
    expect({ code, output }).toEqual({ code: 2, output: expect.stringContaining('log/decisions.jsonl') });
  });
});

describe('routes check', () => {
  it('passes the shipped files', async () => {
    expect(await gatehouse(['routes', 'check'])).toEqual({
      code: 0,
      output: expect.stringContaining('in order'),
    });
  });

  it.each([
    [
      'a misspelt permission',
      'allow: can_view on',
      'allow: can_veiw on',
      /quantum\.yaml:\d+:\d+: .*did you mean "can_view"/,
    ],
    [
      'a failing test',
      'olga DELETE /algorithms/qft',
      'max DELETE /algorithms/qft',
      /the test expects 200 but gets 403 not_permitted/,
    ],
    ['a key that is not supported yet', 'body: 64KB', 'rate: 100/min per subject', /`rate` is not supported yet/],
    ['broken YAML', 'version: 1', 'version: [', /quantum\.yaml:\d+/],
  ])('ends with 1 for %s, and says where', async (what, from, to, says) => {
    const folder = join(place.folder, what.replaceAll(' ', '-'));
    mkdirSync(folder);
    const policies = ownPolicies(folder);
    const file = join(policies, 'routes', 'quantum.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace(from, to));
    const { code, output } = await gatehouse(['routes', 'check', policies]);
    expect({ code, output }).toEqual({ code: 1, output: expect.stringMatching(says) });
  });
});

describe('model test', () => {
  it('passes the shipped files and counts', async () => {
    expect(await gatehouse(['model', 'test'])).toEqual({
      code: 0,
      output: expect.stringMatching(/^\d{3,} passed, 0 failed\n$/),
    });
  });

  it('ends with 1 for a failing assertion, and says why the answer was what it was', async () => {
    const file = join(place.folder, 'own.fga.yaml');
    writeFileSync(
      file,
      [
        'name: own',
        'model: |',
        '  model',
        '    schema 1.1',
        '  type user',
        '  type doc',
        '    relations',
        '      define owner: [user]',
        '      define can_view: owner',
        'tuples:',
        '  - { user: user:ann, relation: owner, object: doc:1 }',
        'tests:',
        '  - name: nobody sees it',
        '    check:',
        '      - { user: user:ann, object: doc:1, assertions: { can_view: false } }',
      ].join('\n'),
    );
    const { code, output } = await gatehouse(['model', 'test', file]);
    expect(code).toBe(1);
    expect(output).toContain('expected denied, got allowed');
    expect(output).toContain('because user:ann owner doc:1');
    expect(output).toContain('0 passed, 1 failed');
  });

  it('ends with 2 when no file matches', async () => {
    expect(await gatehouse(['model', 'test', 'nothing-*.yaml'])).toEqual({
      code: 2,
      output: expect.stringContaining('No file matches'),
    });
  });
});
