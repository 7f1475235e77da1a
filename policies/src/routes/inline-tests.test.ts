import { describe, expect, it } from 'vitest';
import { compileTexts, problemTexts } from './test/route-files.ts';

const rules = `version: 1
app: q
upstreams: { api: http://127.0.0.1:1 }
params: { id: slug, account: slug, org: slug }
hosts:
  "*":
    GET /a/{id}: { allow: "can_view on content:q.a/{id}" }
    GET /o/{org}/a/{id}: { allow: "can_view on content:q.a/{id} within organization:{org}" }
    POST /a: { allow: "can_create_content on organization:{account}" }
    GET /mine/{account}: { allow: signed-in }
    GET /free: { allow: everyone }
  only.example:
    GET /here: { allow: everyone }
tests:
`;

/** The problems of a file with these lines under `given` and `expect`. `expect:` stands on line 16 + the number of given lines. */
const problems = async (given: readonly string[], expectations: readonly string[]): Promise<readonly string[]> => {
  const lines = [
    '  given:',
    ...given.map((line) => `    - ${line}`),
    '  expect:',
    ...expectations.map((line) => `    - ${line}`),
  ];
  return problemTexts(await compileTexts({ 'q.yaml': `${rules}${lines.join('\n')}\n` }));
};

const world = [
  'organization acme with default workspace',
  'organization other with default workspace',
  'user:vera viewer organization:acme',
  'user:olga owner organization:acme',
  'content:q.a/open in acme',
  'content:q.a/closed in acme privately',
  'content:q.a/theirs in other',
  'user:vera viewer content:q.a/theirs',
  'organization:acme organization service_account:ci',
  'service_account:ci maintainer organization:acme',
];
const expectAt = 16 + world.length + 1;

describe('the tests of a route file', () => {
  it('pass where the rules say what they expect', async () => {
    const expectations = [
      'vera GET /a/open -> 200',
      'vera GET /a/closed -> 403 not_permitted',
      'olga GET /a/closed -> 200',
      'user:vera GET /a/theirs -> 200',
      'olga GET /a/theirs -> 403',
      'vera GET /o/acme/a/open -> 200',
      'vera GET /o/other/a/theirs -> 200',
      'vera GET /o/acme/a/theirs -> 403 not_permitted',
      'vera GET /o/other/a/open -> 403 not_permitted',
      'vera GET /o/nowhere/a/open -> 403 not_permitted',
      'vera POST /a -> 200',
      'vera as acme POST /a -> 403 not_permitted',
      'olga as acme POST /a -> 200',
      'olga as other POST /a -> 403 foreign_account',
      'nobody POST /a -> 401 sign_in_required',
      'vera GET /mine/acme -> 200',
      'vera GET /mine/vera -> 200',
      'vera GET /mine/olga -> 403 foreign_account',
      'stranger GET /mine/stranger -> 200',
      'service_account:ci POST /a -> 200',
      'service_account:ci as other POST /a -> 403 foreign_account',
      'service_account:ci GET /a/open -> 200',
      'nobody GET /free -> 200',
      'nobody GET only.example/here -> 200',
      'nobody GET ONLY.example.:8080/here -> 200',
      'nobody GET /here -> 404 no_route',
      'nobody GET only.example/free -> 404',
      'nobody get /free -> 400 bad_request',
      'nobody GET /a/%2e%2e/free -> 400 ambiguous_path',
      'nobody GET a..b/free -> 400 ambiguous_host',
      'vera GET /a/OPEN -> 400 bad_parameter',
      'vera as A,b GET /free -> 400 ambiguous_header',
    ];
    expect(await problems(world, expectations)).toEqual([]);
  });

  const failing: readonly [expectation: string, problem: string][] = [
    [
      'vera GET /a/open -> 403',
      'the test expects 403 but gets 200: the rule is "q GET /a/{id}", "user:vera can_view organization:vera" is allowed, "user:vera can_view content:q.a/open" is allowed',
    ],
    [
      'vera GET /a/closed -> 200',
      'the test expects 200 but gets 403 not_permitted: the rule is "q GET /a/{id}", "user:vera can_view organization:vera" is allowed, "user:vera can_view content:q.a/closed" is denied',
    ],
    [
      'vera as other GET /a/open -> 403 not_permitted',
      'the test expects 403 not_permitted but gets 403 foreign_account: the rule is "q GET /a/{id}", "user:vera can_view organization:other" is denied',
    ],
    [
      'vera PUT /a/open -> 200',
      'the test expects 200 but gets 404 no_route: nearest is "q GET /a/{id}", but the method is PUT, the rule has GET',
    ],
    [
      'nobody GET /here -> 200',
      'the test expects 200 but gets 404 no_route: nearest is "q GET only.example/here", but the host is localhost, the rule has only.example',
    ],
    ['nobody GET /q/r/s -> 200', 'the test expects 200 but gets 404 no_route: no rule is near'],
    ['vera GET /a/.. -> 200', 'the test expects 200 but gets 400 ambiguous_path: a dot segment at byte 3'],
    [
      'vera GET /a/O -> 200',
      'the test expects 200 but gets 400 bad_parameter: the parameter {id} of "q GET /a/{id}" is outside its alphabet (slug)',
    ],
    [
      'vera GET /a/open => 200',
      '"vera GET /a/open => 200" is not an expectation; write WHO [as ACCOUNT] METHOD [HOST]/PATH -> STATUS [REASON]',
    ],
    [
      'vera GET http://only.example/here -> 200',
      '"http://only.example/here" is not a place; write HOST/PATH without http://',
    ],
    [
      'vera GET HTTPS://only.example/here -> 200',
      '"HTTPS://only.example/here" is not a place; write HOST/PATH without https://',
    ],
    ['Vera! GET /a/open -> 200', '"Vera!" is nobody that can call; write a name, "nobody" or "service_account:NAME"'],
    ['vera GET /a/open -> 201', '"201" is no status that the gateway answers; 200 stands for allowed'],
    ['vera GET /a/open -> 403 not_permited', '"not_permited" is not a reason; did you mean "not_permitted"?'],
    ['vera GET /a/open -> 401 not_permitted', 'the status of not_permitted is 403'],
    ['vera GET /a/open -> 200 not_permitted', 'the status of not_permitted is 403'],
  ];
  it.each(failing)('fail with %j', async (expectation, problem) => {
    expect(await problems(world, ['nobody GET /free -> 200', expectation])).toEqual([
      `q.yaml:${expectAt + 1}:7: ${problem}`,
    ]);
  });

  const wrong: readonly [given: readonly string[], problem: RegExp][] = [
    [['bob is an owner of acme'], /^q\.yaml:16:7: "bob is an owner of acme" is not given; write/],
    [
      ['content:q.a/open in acme'],
      /^q\.yaml:16:7: "acme" is not given as "organization acme with default workspace" before$/,
    ],
    [['organization acme', 'content:q.a/open in acme'], /^q\.yaml:17:7: "acme" is not given as/],
    [['organization acme', 'organization acme'], /^q\.yaml:17:7: the organization "acme" is given twice$/],
    [['organization vera'], /^q\.yaml:16:7: "vera" is given as an organization and named as a person$/],
    [['user:bob vewer organization:acme'], /^q\.yaml:16:7: .*vewer/],
    [['team:x owner organization:acme'], /^q\.yaml:16:7: /],
    [['user:bob viewer organization:acme', 'user:bob viewer organization:acme'], /^q\.yaml:17:7: /],
  ];
  it.each(wrong)('cannot be given %j', async (given, problem) => {
    expect(await problems(given, ['vera GET /free -> 200'])).toEqual([expect.stringMatching(problem)]);
  });

  it('all say what is wrong, not only the first', async () => {
    expect(await problems(world, ['vera GET /a/open -> 403', 'x', 'nobody GET /free -> 401'])).toHaveLength(3);
  });
});

describe('the tests of rules that do more than allow', () => {
  const text = (expectations: readonly string[]): string => `version: 1
app: q
upstreams: { api: http://127.0.0.1:1 }
params: { id: slug }
hosts:
  "*":
    POST /a: { allow: signed-in, registers: "content:q.a/{response.id}" }
    POST /a/{id}/runs: { allow: "can_execute on content:q.a/{id}", acting: can_run, meter: runs }
    DELETE /a/{id}: { allow: "can_delete on content:q.a/{id}", forgets: "content:q.a/{id}" }
    GET /a: { allow: signed-in, filter: "[*] by can_view on content:q.a/{id}" }
    GET /by-token: { allow: signed-in, credentials: ["jwt:acme"] }
    GET /shadow: { allow: signed-in, mode: shadow }
    GET /candidate: { allow: signed-in, candidate: nobody }
tests:
  given:
    - organization acme with default workspace
    - user:vera viewer organization:acme
    - user:olga owner organization:acme
    - content:q.a/one in acme
  expect:
${expectations.map((line) => `    - ${line}`).join('\n')}
`;

  it('play what is asked on the acting account, and none of the effects', async () => {
    const expectations = [
      'olga as acme POST /a -> 200',
      'olga POST /a -> 400 account_required',
      'vera as acme POST /a -> 403 not_permitted',
      'stranger POST /a -> 200',
      'nobody POST /a -> 401 sign_in_required',
      'vera as acme POST /a/one/runs -> 200',
      'vera POST /a/one/runs -> 400 account_required',
      'vera as acme DELETE /a/one -> 403 not_permitted',
      'olga as acme DELETE /a/one -> 200',
      'olga as acme GET /a/one -> 404 no_route',
      'olga as acme DELETE /a/one -> 200',
      'stranger GET /a -> 200',
      'stranger HEAD /a -> 404 no_route',
      'vera GET /by-token -> 200',
      'vera GET /shadow -> 404 no_route',
      'nobody GET /shadow -> 404 no_route',
      'vera GET /candidate -> 200',
    ];
    expect(problemTexts(await compileTexts({ 'q.yaml': text(expectations) }))).toEqual([]);
  });

  it('say that a rule is in shadow', async () => {
    expect(problemTexts(await compileTexts({ 'q.yaml': text(['vera GET /shadow -> 200']) }))).toEqual([
      expect.stringMatching(/expects 200 but gets 404 no_route: the rule is "q GET \/shadow".*in shadow$/),
    ]);
  });
});
