import { z } from 'zod';

/** A missing key is named by its parent, a wrong value by itself. */
export const expecting = (what: string) => ({
  error: (issue: { readonly input?: unknown }) =>
    issue.input === undefined ? `${what} is missing` : `${what} expected here`,
});

export const text = (what: string) => z.string(expecting(what));
export const map = (what: string) => expecting(`a map of ${what}`);

/**
 * What editors are told of a text that the compiler reads, which says more about a mistake than a pattern could. A pattern
 * takes everything that the compiler takes.
 */
export const told = <Schema extends z.ZodType>(
  schema: Schema,
  description: string,
  { pattern, examples }: { readonly pattern?: string; readonly examples?: readonly string[] } = {},
): Schema =>
  schema.meta({ description, ...(pattern !== undefined && { pattern }), ...(examples !== undefined && { examples }) });

const sentencePattern = String.raw`^\s*(?:everyone|signed-in|nobody|(?:any|all)\s+of\s*\[[\s\S]*\]|[a-z][a-z0-9_]*\s+on\s+[a-z][a-z0-9_]*:\S[\s\S]*)\s*$`;
const sentenceForms =
  '`everyone`, `signed-in`, `nobody`, `PERMISSION on TYPE:ID [within TYPE:ID]`, `any of [A, B]` or `all of [A, B]`. Ids are made of text, `{parameter}`, `{query.name}` and `{account}`.';
const sentenceExamples = ['can_view on content:app.kind/{id}', 'signed-in', 'everyone'];

const choice = <const Values extends readonly [string, ...string[]]>(
  values: Values,
  description: string,
  byDefault?: Values[number],
) =>
  z
    .enum(values, expecting(values.map((value) => `\`${value}\``).join(' or ')))
    .meta({ description, ...(byDefault !== undefined && { default: byDefault }) });

const headerName = '^[A-Za-z0-9][A-Za-z0-9-]{0,99}$';

export const headersEntry = z.strictObject(
  {
    set: z
      .record(
        z.string().meta({ pattern: headerName }),
        text('the value of a header').regex(
          /^(?:[!-~](?:[ -~]{0,4094}[!-~])?)?$/,
          'the value of a header is printable ASCII, without blanks at its ends',
        ),
        map('headers and their values'),
      )
      .meta({ description: 'Headers that the application gets with these values, in place of what the client sent.' })
      .optional(),
    remove: z
      .array(text('the name of a header').meta({ pattern: headerName }), expecting('a list of names of headers'))
      .meta({ description: "Headers of the client's that the application does not get." })
      .optional(),
  },
  map('`set` and `remove`'),
);

/** The keys of a rule. The order is the one in which editors show them. */
export const ruleEntry = z.strictObject(
  {
    allow: told(text('`allow: SENTENCE`'), `Who gets through: ${sentenceForms}`, {
      pattern: sentencePattern,
      examples: sentenceExamples,
    }),
    to: told(text('the name of an upstream'), 'Which upstream; required when the file has several.').optional(),
    acting: told(
      text('a permission on the acting account'),
      'The permission that is asked on the acting account in place of what `registers` (`can_create_content`) and `meter` (`can_view`) ask.',
      { pattern: '^can_[a-z0-9_]+$', examples: ['can_run'] },
    ).optional(),
    registers: told(
      text('a text like "content:app.kind/{response.id}"'),
      'The content that a 2xx answer creates: `content:APP.KIND/ID [titled TITLE] [granting owner|maintainer] [private]`, made of text, `{response.NAME}` and `{parameter}`.',
      {
        pattern: String.raw`^\s*content:\S+(?:\s+(?:titled\s+\S+|granting\s+(?:owner|maintainer)|private))*\s*$`,
        examples: ['content:app.kind/{response.id} titled {response.name}'],
      },
    ).optional(),
    forgets: told(text('a text like "content:app.kind/{id}"'), 'The content that is gone after a 2xx answer.', {
      pattern: String.raw`^content:\S+$`,
      examples: ['content:app.kind/{id}'],
    }).optional(),
    filter: told(
      text('a text like "items[*] by can_view on content:app.kind/{id}"'),
      'Which elements of a list in a JSON answer the caller gets: `LIST by PERMISSION on TYPE:ID`, where `{NAME}` is a field of an element.',
      {
        pattern: String.raw`^\s*\S*\[\*\]\s+by\s+[a-z][a-z0-9_]*\s+on\s+[a-z][a-z0-9_]*:\S+\s*$`,
        examples: ['items[*] by can_view on content:app.kind/{id}'],
      },
    ).optional(),
    meter: told(text('the name of a metric'), 'The usage metric that a 2xx answer counts towards.', {
      pattern: '^[a-z][a-z0-9_.-]{0,62}$',
      examples: ['executions'],
    }).optional(),
    credentials: z
      .array(
        told(text('session, token or jwt:NAME'), 'A kind of credential.', {
          pattern: '^(?:session|token|jwt:[A-Za-z0-9][A-Za-z0-9._-]{0,62})$',
          examples: ['session', 'token', 'jwt:NAME'],
        }),
        expecting('a list of credentials (session, token, jwt:NAME)'),
      )
      .min(1, 'at least one of session, token and jwt:NAME expected here')
      .meta({ description: 'The only kinds of credentials that the rule accepts. Without it, all.' })
      .optional(),
    cache: told(
      text('`off` or a duration like 30s'),
      'How long a decision may be kept: `off`, or a duration of at most 60s.',
      { pattern: String.raw`^(?:off|\d{1,12}\s?(?:ms|s|m))$`, examples: ['off', '30s'] },
    ).optional(),
    body: z
      .union(
        [
          z.string().meta({ pattern: String.raw`^\d{1,12}\s?(?:B|KB|MB|GB)?$` }),
          z.number().meta({ type: 'integer', minimum: 0 }),
        ],
        {
          ...expecting('a size like 5MB'),
        },
      )
      .meta({ description: 'The largest body of a request, at most 1GB.', default: '10MB', examples: ['5MB'] })
      .optional(),
    timeout: z
      .union([z.string(), z.number()], expecting('a duration like 30s'))
      .meta({
        description: 'Until the head of the answer, and between two pieces of its body; at most 1h.',
        default: '30s',
        type: 'string',
        pattern: String.raw`^\d{1,12}\s?(?:ms|s|m|h)$`,
        examples: ['30s'],
      })
      .optional(),
    strip: told(
      text('a prefix like /api'),
      "The first literal segments of the rule's path, which the application does not see.",
      { pattern: String.raw`^/(?:[^/\s]+/)*[^/\s]+$`, examples: ['/api'] },
    ).optional(),
    headers: headersEntry
      .meta({ description: 'Changes to the headers that go to the application.', minProperties: 1 })
      .optional(),
    identity: choice(
      ['gatehouse', 'remote-user', 'x-auth-request'],
      'Which headers tell the application who calls: `Gatehouse-…` always, and on request `Remote-User` or `X-Auth-Request-…` beside them.',
      'gatehouse',
    ).optional(),
    'on-401': choice(
      ['login', 'json'],
      'What a caller without a credential gets: problem details (`json`), or a way to sign in (`login`).',
      'json',
    ).optional(),
    'encoded-slash': choice(['allow'], 'Lets `%2F` through in this path. Loading warns about it.').optional(),
    mode: choice(
      ['live', 'shadow'],
      '`shadow`: answers as if the rule were not there, and records what it would have said.',
      'live',
    ).optional(),
    candidate: told(
      text('a sentence'),
      `Evaluated beside \`allow\` and recorded; never changes the answer. ${sentenceForms}`,
      { pattern: sentencePattern, examples: sentenceExamples },
    ).optional(),
    cors: z
      .array(
        told(text('an origin'), 'An origin exactly as browsers send it.', {
          pattern: String.raw`^https?://[^/?#@\s\\*]+$`,
          examples: ['https://app.example'],
        }),
        expecting('a list of origins'),
      )
      .min(1, 'at least one origin expected here')
      .meta({ description: 'Origins whose browsers may read answers; the gateway answers their preflights.' })
      .optional(),
  },
  expecting('the keys of a rule, at least `allow`,'),
);

export type RuleEntry = z.output<typeof ruleEntry>;
