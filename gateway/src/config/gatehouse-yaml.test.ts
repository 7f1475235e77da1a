import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { routeProblemText } from '@gatehouse/policies/routes/problem';
import { readSettings, settingsIn } from './gatehouse-yaml.ts';
import { issuerShape } from './jwt-issuer.ts';

const whole = `
jwt:
  corp:
    issuer: https://login.example.com/
    audience: [gatehouse, https://api.example.com]
    jwks: https://login.example.com/keys
    algorithms: [RS256, PS384]
    clock-skew: 2m
    provision: true
    claims:
      username: nickname
    scopes: [content:read, app:quantum]
  ci:
    issuer: https://ci.example.com
    audience: gatehouse
`;

const refusedBy = (text: string): string => {
  const read = readSettings(text);
  return read.kind === 'refused' ? read.problems.map(routeProblemText).join('\n') : 'accepted';
};

/** One issuer, with what is written in place of or beside its keys. */
const corp = (...lines: string[]): string => {
  const written = ['issuer: https://login.example.com/', 'audience: gatehouse', ...lines];
  const last = new Map(written.map((line) => [line.split(':')[0], line]));
  return `jwt:\n  corp:\n${[...last.values()].map((line) => `    ${line}\n`).join('')}`;
};

describe('gatehouse.yaml', () => {
  it('says whose tokens are accepted', () => {
    expect(readSettings(whole)).toEqual({
      kind: 'settings',
      settings: {
        jwtIssuers: [
          {
            name: 'corp',
            issuer: 'https://login.example.com/',
            audiences: ['gatehouse', 'https://api.example.com'],
            jwks: 'https://login.example.com/keys',
            algorithms: ['RS256', 'PS384'],
            clockSkewMs: 120_000,
            provision: true,
            claims: { username: 'nickname', name: 'name', email: 'email' },
            scopes: ['content:read', 'app:quantum'],
          },
          {
            name: 'ci',
            issuer: 'https://ci.example.com',
            audiences: ['gatehouse'],
            algorithms: ['RS256', 'ES256', 'EdDSA'],
            clockSkewMs: 30_000,
            provision: false,
            claims: { username: 'preferred_username', name: 'name', email: 'email' },
            scopes: ['all'],
          },
        ],
      },
    });
  });

  it.each(['', '# nothing yet\n', '{}', 'jwt: {}'])('may configure nothing: %j', (text) => {
    expect(readSettings(text)).toEqual({ kind: 'settings', settings: { jwtIssuers: [] } });
  });

  const accepted: readonly string[][] = [
    ['jwks: http://127.0.0.1:9000/keys'],
    ['jwks: http://[::1]:9000/keys'],
    ['jwks: http://localhost/keys'],
    ['issuer: joe', 'jwks: https://keys.example/joe'],
    ['issuer: http://127.0.0.1:9000/realms/a'],
    ['clock-skew: 0s'],
    ['clock-skew: 5m'],
  ];
  it.each(accepted)('takes %j', (...lines) => {
    expect(refusedBy(corp(...lines))).toBe('accepted');
  });

  const refused: readonly (readonly [text: string, said: string])[] = [
    ['jwts: {}', 'gatehouse.yaml:1:1: unknown key "jwts"; did you mean "jwt"?'],
    ['- jwt', 'gatehouse.yaml:1:1: a map expected here (`jwt: …`)'],
    ['jwt: []', '1:6: a map of issuers expected here'],
    ['jwt: { "a b": {} }', '1:8: the name of an issuer is letters'],
    ['jwt: { corp: x }', '1:14: the keys of an issuer, at least `issuer` and `audience`, expected here'],
    ['jwt:\n  a: {}\n  a: {}', '3:3: the same key stands twice'],
    ['jwt: *x', 'aliases are not supported'],
    ['jwt: {', 'not valid YAML'],
    [corp('isuer: x'), '5:5: unknown key "isuer"; did you mean "issuer"?'],
    [corp('audiences: x'), '5:5: unknown key "audiences"; did you mean "audience"?'],
    [corp('secret: x'), '5:5: unknown key "secret"'],
    ['jwt:\n  corp:\n    audience: x', '2:3: `issuer: TEXT`, as tokens write it in `iss`, is missing'],
    ['jwt:\n  corp:\n    issuer: https://a.example', '2:3: `audience: TEXT` is missing'],
    [corp('issuer: 7'), '3:13: `issuer: TEXT`, as tokens write it in `iss`, expected here'],
    [corp('issuer: "https://a.example "'), '3:13: `issuer: TEXT`, as tokens write it in `iss`, is 1 to 500'],
    [corp('issuer: joe'), '3:13: `jwks: URL` is missing'],
    [corp('issuer: http://login.example.com'), '3:13: `jwks: URL` is missing'],
    [corp('issuer: https://login.example.com?x'), '3:13: `jwks: URL` is missing'],
    [corp('audience: ""'), '4:15: '],
    [corp('audience: []'), '4:15: a list of audiences has at least one'],
    [corp('audience: [x, ""]'), '4:'],
    [corp('audience: 7'), '4:15: '],
    [corp('jwks: http://keys.example/jwks'), '5:11: keys are fetched over https'],
    [corp('jwks: http://127.0.0.1.example/jwks'), '5:11: keys are fetched over https'],
    [corp('jwks: http://localhost@keys.example/jwks'), '5:11: keys are fetched over https'],
    [corp('jwks: https://me:word@keys.example/jwks'), '5:11: keys are fetched over https'],
    [corp('jwks: https://keys.example/jwks#x'), '5:11: keys are fetched over https'],
    [corp('jwks: file:///etc/jwks'), '5:11: keys are fetched over https'],
    [corp('jwks: keys.json'), '5:11: keys are fetched over https'],
    [corp('algorithms: RS256'), '5:17: a list of algorithms expected here'],
    [corp('algorithms: []'), '5:17: a list of algorithms has at least one'],
    [corp('algorithms: [none]'), '5:18: "none" is never accepted'],
    [corp('algorithms: [RS256, None]'), '5:25: "None" is never accepted'],
    [corp('algorithms: [RS256, HS256]'), '5:25: "HS256" is never accepted'],
    [corp('algorithms: [RS255]'), '; did you mean "RS256"?'],
    [corp('algorithms: [toString]'), 'there is no algorithm "toString"'],
    [corp('clock-skew: 301s'), '5:17: clocks may differ by at most 5m'],
    [corp('clock-skew: 30'), '5:17: a duration like 30s expected here'],
    [corp('clock-skew: -1s'), '5:17: a duration like 30s expected here'],
    [corp('provision: "yes"'), '5:16: true or false expected here'],
    [corp('claims: { username: sub }'), '5:13: `claims` says nothing without `provision: true`'],
    [corp('provision: true', 'claims: { user: sub }'), '6:15: unknown key "user"'],
    [corp('provision: true', 'claims: { name: 7 }'), '6:21: the name of a claim expected here'],
    [corp('scopes: []'), '5:13: a list of scopes has at least one'],
    [corp('scopes: [content:raed]'), '5:14: there is no scope "content:raed"; there are all, content:read'],
    [corp('scopes: [content:raed]'), '; did you mean "content:read"?'],
    [
      `${whole}  again:\n    issuer: https://ci.example.com\n    audience: x`,
      '17:13: this is the issuer of "ci" already',
    ],
  ];
  it.each(refused)('is refused with its place: %j', (text, said) => {
    expect(refusedBy(text)).toContain(said);
  });
});

describe('the guide', () => {
  const guide = readFile(new URL('../../../docs/jwt.md', import.meta.url), 'utf8');

  it('has a row for each key of an issuer, and no other', async () => {
    const rows = (await guide).matchAll(/^\| `([^`]+)` \|/gm);
    expect(Array.from(rows, ([, key]) => key)).toEqual(Object.keys(issuerShape.shape));
  });

  it('shows settings that are accepted', async () => {
    const [, example = ''] = /```yaml\n(jwt:.+?)\n```\n/s.exec(await guide) ?? [];
    expect(readSettings(example)).toMatchObject({
      settings: { jwtIssuers: [{ name: 'corp', audiences: ['gatehouse'] }] },
    });
  });
});

describe('the folder of policies', () => {
  const withFile = async <T>(
    name: string,
    content: string | Uint8Array,
    use: (folder: string) => Promise<T>,
  ): Promise<T> => {
    const folder = await mkdtemp(join(tmpdir(), 'gatehouse-settings-'));
    try {
      await writeFile(join(folder, name), content);
      return await use(folder);
    } finally {
      await rm(folder, { recursive: true });
    }
  };

  it('may hold a gatehouse.yaml', async () => {
    const { jwtIssuers } = await withFile('gatehouse.yaml', whole, settingsIn);
    expect(jwtIssuers.map(({ name }) => name)).toEqual(['corp', 'ci']);
  });

  it('may hold none', async () => {
    expect(await withFile('other.yaml', 'x', settingsIn)).toEqual({ jwtIssuers: [] });
  });

  it.each([
    ['gatehouse.yml', whole, /gatehouse\.yml: the file is called gatehouse\.yaml$/],
    ['Gatehouse.yaml', whole, /Gatehouse\.yaml: the file is called gatehouse\.yaml$/],
    ['gatehouse.yaml', 'jwts: {}', /The settings cannot be used .*\n {2}gatehouse\.yaml:1:1: unknown key/],
    ['gatehouse.yaml', Buffer.from([0xff, 0xfe]), /gatehouse\.yaml: /],
    ['gatehouse.yaml', `#${'x'.repeat(1 << 20)}`, /larger than 1 MB/],
  ])('is refused with %s', async (name, content, said) => {
    await expect(withFile(name, content, settingsIn)).rejects.toMatchObject({
      name: 'StartRefused',
      message: expect.stringMatching(said),
    });
  });
});
