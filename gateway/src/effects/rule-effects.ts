import type { Engine } from '@gatehouse/policies/engine/engine';
import type { Rule } from '@gatehouse/policies/routes/rule';
import type { Clock } from '../clock.ts';
import type { ContentEffects } from '../content/content-effects.ts';
import type { UsageMeter } from '../content/usage-meter.ts';
import { doerOf } from './doer.ts';
import type { Doer } from './doer.ts';
import type { Effect, EffectOf, Worked } from './effect.ts';
import { filtering } from './filtering.ts';
import { forgetting } from './forgetting.ts';
import { needsAnswer, registering } from './registering.ts';

export type RuleEffectParts = {
  readonly engine: Pick<Engine, 'checkMany'>;
  readonly content: Pick<ContentEffects, 'register' | 'forget'>;
  readonly usage: Pick<UsageMeter, 'record'>;
  readonly clock: Pick<Clock, 'wallMs'>;
};

const filterBytesMax = 5 << 20;
const registerBytesMax = 1 << 20;
const pass: Worked = { kind: 'pass' };

/** What rules do with the 2xx answers of their applications: filter, then register, then forget, then count. */
export const ruleEffects =
  (parts: RuleEffectParts): EffectOf =>
  (verdict, request) => {
    const { rule } = verdict;
    if (isPlain(rule) && rule.meter === undefined) return undefined;
    const doer = doerOf(verdict, request);
    if (doer === undefined) return nobodys;
    return {
      bodyBytesMax: bodyBytesMax(rule),
      outlivesCaller: rule.registers !== undefined || rule.forgets !== undefined,
      work: (body) => (isPlain(rule) ? counted(parts, doer, pass) : worked(parts, doer, body)),
    };
  };

const bodyBytesMax = ({ filter, registers }: Rule): number => {
  if (filter !== undefined) return filterBytesMax;
  return registers !== undefined && needsAnswer(registers) ? registerBytesMax : 0;
};

/** No rule that lets everyone in has effects; should one come here, its answer stays here. */
const nobodys: Effect = {
  bodyBytesMax: 0,
  outlivesCaller: false,
  work: () => ({ kind: 'refuse', reason: 'internal', cause: new Error('an effect without a caller') }),
};

/** Nothing to wait for. */
const isPlain = ({ registers, forgets, filter }: Rule): boolean =>
  registers === undefined && forgets === undefined && filter === undefined;

const worked = async (parts: RuleEffectParts, doer: Doer, body: Buffer | undefined): Promise<Worked> => {
  const { filter, registers, forgets } = doer.rule;
  let answer: Worked = pass;
  if (filter !== undefined) answer = await filtering(parts.engine, doer, filter, body);
  if (registers !== undefined) answer = await registering(parts.content, doer, registers, body);
  // What the application deleted is gone, whatever else became of the answer.
  if (forgets !== undefined) await forgetting(parts.content, doer, forgets);
  return counted(parts, doer, answer);
};

/** Only what the caller gets is counted. */
const counted = ({ usage, clock }: RuleEffectParts, doer: Doer, answer: Worked): Worked => {
  const { account, principal, requestId, granted } = doer;
  const { meter } = doer.rule;
  if (meter === undefined || account === undefined || answer.kind !== 'pass') return answer;
  const contentId = granted?.object.startsWith('content:') ? granted.object.slice('content:'.length) : undefined;
  usage.record({ metric: meter, account, principal, contentId, requestId, at: new Date(clock.wallMs()) });
  return answer;
};
