import { afterEach, describe, expect, it, vi } from 'vitest';
import { besideOf, besideWaitMsMax } from './beside.ts';
import { authorized, sentenceOf, summary } from './test/authorized.ts';
import type { Said } from './beside.ts';
import type { Case } from './test/authorized.ts';

const view = 'can_view on content:q.a/{id}';
const remove = 'can_delete on content:q.a/{id}';
const within = `${view} within organization:{org}`;
const qft = { params: { id: 'qft', org: 'acme' } };

const shadows: readonly [allow: string, given: Case, said: string][] = [
  ['everyone', { as: 'nobody' }, 'allow'],
  [view, qft, 'allow'],
  [remove, qft, 'deny not_permitted'],
  [view, { ...qft, as: 'nobody' }, 'sign-in sign_in_required'],
  [view, { ...qft, header: 'other' }, 'deny foreign_account'],
  [view, { ...qft, header: 'Acme' }, 'bad-request ambiguous_header'],
  [view, { params: { id: 'broken' } }, 'unavailable unable_to_decide'],
  [within, qft, 'allow'],
  [view, { ...qft, options: { credentials: ['session'] } }, 'sign-in credential_not_accepted'],
];

describe('a rule in shadow', () => {
  it.each(shadows)('that says %s to %j answers as if it were not there, and carries %s', async (allow, given, said) => {
    for (const slow of [false, true]) {
      const authorization = await authorized(allow, { ...given, options: { ...given.options, mode: 'shadow' } }, slow);
      expect(authorization).toMatchObject({ kind: 'no-route', reason: 'no_route', asked: [] });
      expect(authorization.beside).toMatchObject({ kind: 'shadow', route: 'q GET /' });
      expect(`${authorization.beside?.verdict} ${authorization.beside?.reason ?? ''}`.trim()).toBe(said);
    }
  });

  it('carries what it asked', async () => {
    const { beside } = await authorized(remove, { ...qft, options: { mode: 'shadow' } });
    expect(beside?.asked.map(({ object, answer }) => `${object} ${answer}`)).toEqual([
      'organization:acc_bob allowed',
      'content:q.a/qft denied',
    ]);
  });
});

const candidates: readonly [allow: string, candidate: string, given: Case, live: string, said: string][] = [
  [view, remove, qft, 'allow as bob', 'deny not_permitted'],
  [remove, view, qft, 'deny not_permitted', 'allow'],
  [remove, 'everyone', qft, 'deny not_permitted', 'allow'],
  ['everyone', 'nobody', qft, 'allow as bob', 'deny not_permitted'],
  ['nobody', 'everyone', { as: 'nobody' }, 'deny not_permitted', 'allow'],
  [view, 'everyone', { ...qft, as: 'nobody' }, 'sign-in sign_in_required', 'allow'],
  [view, within, qft, 'allow as bob', 'allow'],
  [within, view, { params: { id: 'qft', org: 'other' } }, 'deny not_permitted', 'allow'],
  [view, 'can_view on content:q.a/broken', qft, 'allow as bob', 'unavailable unable_to_decide'],
  ['can_view on content:q.a/broken', view, qft, 'unavailable unavailable', 'allow'],
  [view, 'can_view on content:q.a/{query.id}', qft, 'allow as bob', 'bad-request ambiguous_query'],
  [view, 'can_view on content:q.a/{missing}', qft, 'allow as bob', 'bad-request bad_parameter'],
];

describe('a candidate', () => {
  it.each(candidates)(
    'beside %s, that says %s to %j, leaves %s and carries %s',
    async (allow, text, given, live, said) => {
      for (const slow of [false, true]) {
        const authorization = await authorized(allow, { ...given, options: { candidate: sentenceOf(text) } }, slow);
        expect(summary(authorization)).toBe(live);
        expect(authorization.asked, 'its questions are its own').toEqual((await authorized(allow, given)).asked);
        expect(authorization.beside).toMatchObject({ kind: 'candidate', route: 'q GET /' });
        expect(`${authorization.beside?.verdict} ${authorization.beside?.reason ?? ''}`.trim()).toBe(said);
      }
    },
  );

  it('is not there where none is written', async () => {
    expect(await authorized(view, qft)).not.toHaveProperty('beside');
  });
});

describe('what is evaluated beside a live rule', () => {
  afterEach(() => vi.useRealTimers());
  const place = { kind: 'candidate', route: 'q GET /' } as const;
  const unsaid = { ...place, verdict: 'unavailable', reason: 'unable_to_decide', asked: [] };

  it('is without a promise when it needs none', () => {
    expect(besideOf(place, () => ({ verdict: 'allow', asked: [] }))).toEqual({ ...place, verdict: 'allow', asked: [] });
  });

  it('may throw or reject: it then said nothing', async () => {
    const broken = (): Said => {
      throw new Error('broken');
    };
    expect(besideOf(place, broken)).toEqual(unsaid);
    expect(await besideOf(place, async () => broken())).toEqual(unsaid);
  });

  it('holds no answer up for longer than its limit, and may fail behind it', async () => {
    vi.useFakeTimers();
    const never = Promise.withResolvers<Said>();
    const settled = vi.fn<(beside: unknown) => void>();
    void Promise.resolve(besideOf(place, () => never.promise)).then(settled);
    await vi.advanceTimersByTimeAsync(besideWaitMsMax - 1);
    expect(settled).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(settled).toHaveBeenCalledWith(unsaid);
    never.reject(new Error('late'));
    await vi.advanceTimersByTimeAsync(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});
