import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runStoreTests } from './store-test.ts';
import type { StoreTestReport } from './store-test.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-store-test-'));
});
afterEach(async () => rm(folder, { recursive: true }));

const head = `model: |
  model
    schema 1.1
  type user
  type doc
    relations
      define owner: [user]
      define banned: [user]
      define viewer: [user, user:*] or owner
      define can_view: viewer but not banned
`;

/** Runs a file inside a folder of its own, so that "outside" exists. */
const run = async (text: string, others: Readonly<Record<string, string>> = {}): Promise<StoreTestReport> => {
  await mkdir(join(folder, 'in', 'deeper'), { recursive: true });
  for (const [name, content] of Object.entries(others)) await writeFile(join(folder, name), content);
  await writeFile(join(folder, 'in', 't.fga.yaml'), text);
  return runStoreTests(join(folder, 'in', 't.fga.yaml'));
};

const tuples = `tuples:
  - { user: user:ann, relation: owner, object: doc:1 }
  - { user: user:bob, relation: viewer, object: doc:1 }
  - { user: user:bob, relation: banned, object: doc:1 }
`;

describe('runStoreTests', () => {
  it('tells each assertion with its line and the way that led to the answer', async () => {
    const report = await run(`${head}${tuples}tests:
  - name: viewing
    check:
      - user: user:ann
        object: doc:1
        assertions:
          can_view: true
          banned: true
      - user: user:bob
        object: doc:1
        assertions: { can_view: false }
`);
    expect(report.problems).toEqual([]);
    expect(
      report.results.map(({ line, assertion, expected, got, passed }) => [line, assertion, expected, got, passed]),
    ).toEqual([
      [21, 'user:ann can_view doc:1', 'allowed', 'allowed', true],
      [22, 'user:ann banned doc:1', 'allowed', 'denied', false],
      [25, 'user:bob can_view doc:1', 'denied', 'denied', true],
    ]);
    expect(report.results.map(({ file, test }) => `${file} ${test}`)).toEqual(
      Array.from({ length: 3 }, () => 't.fga.yaml viewing'),
    );
    expect(report.results[0]!.path.at(-1)?.tuple).toEqual({ subject: 'user:ann', relation: 'owner', object: 'doc:1' });
    expect(report.results[2]!.excludedBy.at(-1)?.tuple).toEqual({
      subject: 'user:bob',
      relation: 'banned',
      object: 'doc:1',
    });
  });
  it('asks users times objects, with the tuples of the test alone added', async () => {
    const report = await run(`${head}${tuples}tests:
  - name: with more
    tuples:
      - { user: 'user:*', relation: viewer, object: doc:2 }
    check:
      - { users: [user:ann, user:bob], objects: [doc:1, doc:2], assertions: { can_view: true } }
  - name: without
    check:
      - { user: user:ann, object: doc:2, assertions: { can_view: false } }
`);
    expect(report.results.map(({ assertion, passed }) => [assertion, passed])).toEqual([
      ['user:ann can_view doc:1', true],
      ['user:ann can_view doc:2', true],
      ['user:bob can_view doc:1', false],
      ['user:bob can_view doc:2', true],
      ['user:ann can_view doc:2', true],
    ]);
  });
  it('lists objects and users', async () => {
    const report = await run(`${head}${tuples}tests:
  - list_objects:
      - { user: user:ann, type: doc, assertions: { can_view: [doc:1], banned: [], owner: [doc:2] } }
    list_users:
      - { object: doc:1, user_filter: [{ type: user }], assertions: { can_view: { users: [user:ann] }, viewer: { users: [user:bob, user:ann] } } }
`);
    expect(report.results.map(({ passed, got }) => [passed, got])).toEqual([
      [true, 'doc:1'],
      [true, 'none'],
      [false, 'doc:1'],
      [true, 'user:ann'],
      [true, 'user:ann, user:bob'],
    ]);
  });
  it('fails a list of users that is open to everybody rather than guess', async () => {
    const report = await run(`${head}tuples:
  - { user: 'user:*', relation: viewer, object: doc:1 }
tests:
  - list_users:
      - { object: doc:1, user_filter: [{ type: user }], assertions: { viewer: { users: ['user:*'] } } }
`);
    expect(report.results).toMatchObject([{ passed: false, got: expect.stringMatching(/not yet supported/) }]);
  });
  it('fails an assertion about an unknown name, also in an empty list', async () => {
    const report = await run(`${head}tests:
  - check:
      - { user: user:ann, object: doc:1, assertions: { can_vew: false } }
    list_objects:
      - { user: user:ann, type: dok, assertions: { can_view: [] } }
    list_users:
      - { object: doc:1, user_filter: [{ type: usr }], assertions: { can_view: { users: [] } } }
`);
    expect(report.results.map(({ passed, got }) => [passed, got])).toEqual([
      [false, 'validation_error: unknown relation "can_vew" of doc; did you mean "can_view"?'],
      [false, 'validation_error: unknown type "dok"; did you mean "doc"?'],
      [false, 'validation_error: unknown type "usr"; did you mean "user"?'],
    ]);
  });
  it('reads model and tuple files beside and below', async () => {
    const report = await run(
      'model_file: ./m.fga\ntuple_file: a.yaml\ntuple_files: [deeper/b.json]\ntests:\n  - check:\n      - { users: [user:a, user:b], object: doc:1, assertions: { viewer: true } }\n',
      {
        'in/m.fga': 'model\n  schema 1.1\ntype user\ntype doc\n  relations\n    define viewer: [user]\n',
        'in/a.yaml': '- { user: user:a, relation: viewer, object: doc:1 }\n',
        'in/deeper/b.json': '[{ "user": "user:b", "relation": "viewer", "object": "doc:1" }]',
      },
    );
    expect(report).toMatchObject({ problems: [], results: [{ passed: true }, { passed: true }] });
  });

  const test = 'tests:\n  - check:\n      - { user: user:a, object: doc:1, assertions: { viewer: true } }\n';
  const broken = [
    { title: 'YAML that does not parse', text: `${head}tests: [\n`, line: 12, message: /./ },
    { title: 'an alias of nothing', text: `${head}tuples: *none\n${test}`, line: 1, message: /none/ },
    { title: 'an alias of nothing in a list', text: `${head}tests: [*none]\n`, line: 1, message: /none/ },
    {
      title: 'lists in lists without end',
      text: `${head}tests: ${'['.repeat(100_000)}`,
      line: 11,
      message: /nested too deep/,
    },
    { title: 'an unknown key', text: `${head}${test.replace('check', 'chekc')}`, line: 12, message: /chekc/ },
    { title: 'no tests', text: head, line: 1, message: /tests/ },
    { title: 'no model', text: test, line: 1, message: /model or model_file/ },
    {
      title: 'a context',
      text: `${head}${test.replace('object: doc:1', 'object: doc:1, context: { x: 1 }')}`,
      line: 13,
      message: /context is not yet supported/,
    },
    {
      title: 'user and users',
      text: `${head}${test.replace('user:', 'users: [user:b], user:')}`,
      line: 13,
      message: /either user or users/,
    },
    {
      title: 'an expected answer that is no boolean',
      text: `${head}${test.replace('true', 'yes')}`,
      line: 13,
      message: /boolean/,
    },
    {
      title: 'a tuple with a condition',
      text: `${head}tuples:\n  - { user: user:a, relation: viewer, object: doc:1, condition: { name: c } }\n${test}`,
      line: 12,
      message: /condition is not yet supported/,
    },
    {
      title: 'a tuple that the model does not admit',
      text: `${head}tuples:\n  - { user: 'user:*', relation: owner, object: doc:1 }\n${test}`,
      line: 12,
      message: /doc#owner does not take user:\*/,
    },
    {
      title: 'a broken model',
      text: `${head.replace('or owner', 'or ownr')}${test}`,
      line: 9,
      message: /unknown relation "ownr"/,
    },
    {
      title: 'a model file that is missing',
      text: `model_file: ./no.fga\n${test}`,
      line: 1,
      message: /no.fga does not exist/,
    },
    { title: 'a model file above', text: `model_file: ../m.fga\n${test}`, line: 1, message: /lies outside/ },
    {
      title: 'a tuple file above',
      text: `${head}tuple_file: ../secret.yaml\n${test}`,
      line: 11,
      message: /lies outside/,
    },
    {
      title: 'a tuple file by an absolute path',
      text: `${head}tuple_file: /etc/passwd\n${test}`,
      line: 11,
      message: /lies outside/,
    },
    {
      title: 'a tuple file of another kind',
      text: `${head}tuple_file: t.fga.yaml.csv\n${test}`,
      line: 11,
      message: /.yaml or .json/,
      others: { 'in/t.fga.yaml.csv': '' },
    },
  ];
  it.each(broken)('reports $title with its line', async ({ text, line, message, others }) => {
    const report = await run(text, { 'm.fga': '', 'secret.yaml': '[]', ...others });
    expect(report.results).toEqual([]);
    expect(report.problems[0]!.message).toMatch(message);
    expect(report.problems[0]!.line).toBe(line);
  });
  it('does not follow a link out of its folder', async () => {
    await writeFile(join(folder, 'secret.yaml'), '- { user: user:a, relation: viewer, object: doc:1 }\n');
    await mkdir(join(folder, 'in'), { recursive: true });
    await symlink(join(folder, 'secret.yaml'), join(folder, 'in', 'link.yaml'));
    const report = await run(`${head}tuple_file: link.yaml\n${test}`);
    expect(report).toMatchObject({
      results: [],
      problems: [{ line: 11, message: expect.stringMatching(/leads outside/) }],
    });
  });
});
