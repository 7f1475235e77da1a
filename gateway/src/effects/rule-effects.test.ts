import { describe, expect, it } from 'vitest';
import type { Query } from '@gatehouse/policies/engine/engine';
import type { Principal } from '@gatehouse/policies/principal';
import type { Asked } from '@gatehouse/policies/routes/rule-context';
import type { FieldPart, RuleOptions } from '@gatehouse/policies/routes/rule';
import type { Forgotten, Registered, Registering, Forgetting } from '../content/content-effects.ts';
import type { Usage } from '../content/usage-meter.ts';
import { ruleTo } from '../doors/proxy/test/world.ts';
import { ruleEffects } from './rule-effects.ts';

const principal: Principal = {
  subject: 'user:usr_1',
  name: 'olga',
  home: { id: 'acc_home', slug: 'olga' },
  fixedToHome: false,
  hasSeveralAccounts: true,
  credential: 'token',
  scopes: ['all'],
};
const account = { id: 'acc_1', slug: 'acme' };
const asked: Asked[] = [
  {
    kind: 'check',
    subject: 'user:usr_1',
    relation: 'can_execute',
    object: 'content:quantum.algorithm/qft',
    answer: 'allowed',
  },
];

const responseId: FieldPart = { kind: 'field', names: ['id'], alphabet: 'slug' };
const registers = { contentKind: 'job', id: [responseId], isPrivate: false, text: '' } as const;
const filter = {
  list: ['items'],
  relation: 'can_view',
  type: 'content',
  id: [{ kind: 'text', text: 'quantum.job/' } as const, responseId],
  text: '',
} as const;
const forgets = {
  type: 'content',
  parts: [{ kind: 'text', text: 'quantum.algorithm/' } as const, { kind: 'param', name: 'id' } as const],
  text: '',
} as const;

/** One answer of a rule with these options, for olga who acts for acme on `/algorithms/qft`. */
const effect = async (
  options: RuleOptions,
  body: string | undefined,
  world: {
    registered?: Registered;
    forgotten?: Forgotten;
    visible?: readonly string[];
    scopes?: readonly string[];
  } = {},
) => {
  const calls = {
    registered: [] as Registering[],
    forgotten: [] as Forgetting[],
    asked: [] as Query[],
    usage: [] as Usage[],
  };
  const effectOf = ruleEffects({
    engine: {
      checkMany: (queries) => {
        calls.asked.push(...queries);
        return queries.map(({ object }) => ({
          verdict: world.visible?.includes(object) ? ('allowed' as const) : ('denied' as const),
          revision: '1',
        }));
      },
    },
    content: {
      register: async (registering) => {
        calls.registered.push(registering);
        return world.registered ?? { kind: 'registered', isNew: true };
      },
      forget: async (forgetting) => {
        calls.forgotten.push(forgetting);
        return world.forgotten ?? { kind: 'forgotten', existed: true };
      },
    },
    usage: { record: (usage) => calls.usage.push(usage) },
    clock: { wallMs: () => 0 },
  });
  const rule = ruleTo('http://127.0.0.1:1', { app: 'quantum', ...options });
  const caller = { ...principal, scopes: world.scopes ?? ['all'] };
  const made = effectOf(
    { kind: 'allow', rule, params: { id: 'qft' }, principal: caller, account, asked },
    { requestId: 'req_1', target: { query: '?x=1&of=grover' }, req: { socket: { remoteAddress: '192.0.2.1' } } },
  );
  const worked = await made?.work(body === undefined ? undefined : Buffer.from(body));
  return { made, worked, body: worked?.kind === 'pass' ? worked.body?.toString() : undefined, ...calls };
};

describe('a rule without effects', () => {
  it('costs nothing', async () => {
    expect((await effect({}, '{}')).made).toBeUndefined();
  });
});

describe('a rule that registers', () => {
  it('gives the object to the acting account, with who did it and why they might', async () => {
    const { registered, worked, made } = await effect(
      {
        registers: { ...registers, title: [{ kind: 'field', names: ['name'], alphabet: 'token' }], granting: 'owner' },
      },
      '{"id":"job-1","name":"First"}',
    );
    expect(registered).toEqual([
      {
        account,
        principal,
        requestId: 'req_1',
        ip: '192.0.2.1',
        permission: 'can_execute content:quantum.algorithm/qft',
        app: 'quantum',
        contentKind: 'job',
        externalId: 'job-1',
        title: 'First',
        granting: 'owner',
        isPrivate: false,
      },
    ]);
    expect(worked).toEqual({ kind: 'pass' });
    expect(made).toMatchObject({ outlivesCaller: true, bodyBytesMax: 1 << 20 });
  });

  it.each([
    ['no id', '{"name":"x"}'],
    ['an id outside its alphabet', '{"id":"../x"}'],
    ['an id that is no text', '{"id":{"a":1}}'],
    ['two ids', '{"id":"a","id":"b"}'],
    ['no JSON', 'made'],
    ['nothing that could be read', undefined],
  ])('refuses an answer with %s, and registers nothing', async (_what, body) => {
    const { registered, worked } = await effect({ registers }, body);
    expect(registered).toEqual([]);
    expect(worked).toMatchObject({ kind: 'refuse', reason: 'unregistrable' });
  });

  it('needs no answer where the request names the object', async () => {
    const id = [{ kind: 'param', name: 'id', alphabet: 'slug' } as const];
    const { made, registered } = await effect({ registers: { ...registers, id } }, undefined);
    expect(made?.bodyBytesMax).toBe(0);
    expect(registered).toMatchObject([{ externalId: 'qft', title: undefined }]);
  });

  it('does without a title that cannot be read', async () => {
    const id = [{ kind: 'param', name: 'id', alphabet: 'slug' } as const];
    const title = [responseId];
    for (const body of [undefined, 'no JSON', '{"id":1e3}']) {
      const { registered } = await effect({ registers: { ...registers, id, title } }, body);
      expect(registered).toMatchObject([{ externalId: 'qft', title: undefined }]);
    }
  });

  it.each<[string, Registered, object]>([
    ['an id of another account', { kind: 'already-registered' }, { reason: 'already_registered' }],
    ['an id that no engine takes', { kind: 'malformed', message: 'no' }, { reason: 'unregistrable' }],
    [
      'a database that refuses',
      { kind: 'pending', id: 'eff_1', cause: new Error('full') },
      { reason: 'not_recorded', detail: 'the application has made "job-1"' },
    ],
    ['an account that is closed', { kind: 'refused', id: 'eff_1', message: 'no' }, { reason: 'not_recorded' }],
  ])('refuses at %s', async (_what, registered, expected) => {
    const { worked, usage } = await effect({ registers, meter: 'jobs' }, '{"id":"job-1"}', { registered });
    expect(worked).toMatchObject({ kind: 'refuse', ...expected });
    expect(usage).toEqual([]);
  });
});

describe('a rule that forgets', () => {
  it('takes the object away, though the body is passed on as it comes', async () => {
    const { forgotten, worked, made } = await effect({ forgets }, undefined);
    expect(forgotten).toMatchObject([{ object: 'content:quantum.algorithm/qft', account, requestId: 'req_1' }]);
    expect(worked).toEqual({ kind: 'pass' });
    expect(made).toMatchObject({ outlivesCaller: true, bodyBytesMax: 0 });
  });

  it('finds what the query names, as the sentence did', async () => {
    const parts = [{ kind: 'text', text: 'quantum.algorithm/' } as const, { kind: 'query', name: 'of' } as const];
    const { forgotten } = await effect({ forgets: { ...forgets, parts } }, undefined);
    expect(forgotten).toMatchObject([{ object: 'content:quantum.algorithm/grover' }]);
  });

  it('answers as the application did while the removal waits: the object is closed', async () => {
    const forgotten: Forgotten = { kind: 'pending', id: 'eff_1', cause: new Error('full') };
    expect((await effect({ forgets }, undefined, { forgotten })).worked).toEqual({ kind: 'pass' });
  });
});

describe('a rule that filters', () => {
  const list = '{"items":[{"id":"a","n":9007199254740993},{"id":"b"}],"total":2}';

  it('passes on what the caller may see', async () => {
    const { body, asked: queries } = await effect({ filter }, list, { visible: ['content:quantum.job/a'] });
    expect(body).toBe('{"items":[{"id":"a","n":9007199254740993}],"total":2}');
    expect(queries).toMatchObject([
      { subject: 'user:usr_1', relation: 'can_view', object: 'content:quantum.job/a' },
      { object: 'content:quantum.job/b' },
    ]);
  });

  it('passes on nothing that the token’s scopes leave out', async () => {
    const visible = ['content:quantum.job/a', 'content:quantum.job/b'];
    const { body, asked: queries } = await effect({ filter }, list, {
      visible,
      scopes: ['content:write', 'app:quantum'],
    });
    expect(body).toBe('{"items":[],"total":2}');
    expect(queries).toEqual([]);
  });

  it.each([
    ['of which nothing could be read', undefined],
    ['without the list', '{}'],
    ['with an element that has no id', '{"items":[{"name":"a"}]}'],
    ['with a name twice', '{"items":[],"items":[{"id":"a"}]}'],
  ])('refuses an answer %s', async (_what, body) => {
    expect((await effect({ filter }, body)).worked).toMatchObject({ kind: 'refuse', reason: 'unfilterable' });
  });
});

describe('a rule that meters', () => {
  it('counts what the caller gets, at once', async () => {
    const { usage, made } = await effect({ meter: 'executions' }, undefined);
    expect(usage).toMatchObject([
      { metric: 'executions', account, contentId: 'quantum.algorithm/qft', requestId: 'req_1', at: new Date(0) },
    ]);
    expect(made?.work(undefined)).not.toBeInstanceOf(Promise);
  });
});
