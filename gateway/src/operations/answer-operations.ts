import type { Engine, Query, Ref } from '@gatehouse/policies/engine/engine';
import type { Principal } from '@gatehouse/policies/principal';
import type { Asked } from '@gatehouse/policies/routes/rule-context';
import type { RouteTable } from '@gatehouse/policies/routes/table';
import { readTarget } from '@gatehouse/policies/routes/target';
import type { Decider } from '../decide.ts';
import { proxyStatus } from '../doors/status.ts';
import type { Verdict } from '../verdict.ts';
import type { DecisionRecord } from '../records/record.ts';
import type { RecentLines } from '../records/recent-lines.ts';
import { namedRef, readable, subjectRef } from './directory.ts';
import type { Directory } from './directory.ts';
import type {
  CheckAnswer,
  CheckAsked,
  DecisionsAnswer,
  DecisionsAsked,
  ExplainAnswer,
  ExplainAsked,
  ExplainedQuestion,
  Questions,
} from './operations.ts';

type Parts = {
  readonly engine: Engine;
  readonly directory: Directory;
  readonly decideAs: Decider['decideAs'];
  readonly routes: () => { readonly table: RouteTable; readonly digest: string };
  /** Absent where no requests are decided. */
  readonly recent: RecentLines | undefined;
};

/** Answers an operator's questions from the parts that decide requests: never a second opinion. */
export const answerOperations = (parts: Parts): Questions => ({
  check: (asked) => check(parts, asked),
  explain: (asked) => explain(parts, asked),
  decisions: async (asked) => newestDecisions(parts, asked),
});

const newestDecisions = ({ recent }: Parts, { limit, refused }: DecisionsAsked): DecisionsAnswer => {
  if (recent === undefined) {
    const message = 'No gateway runs on this data folder; older decisions stand in its log/decisions.jsonl.';
    return { kind: 'refused', message };
  }
  const newest = recent.newest(refused ? Infinity : limit).map((line) => JSON.parse(line) as DecisionRecord);
  const decisions = refused ? newest.filter(({ verdict }) => verdict !== 'allow').slice(0, limit) : newest;
  return { kind: 'answer', decisions };
};

const check = async ({ engine, directory }: Parts, asked: CheckAsked): Promise<CheckAnswer> => {
  const subject = await subjectRef(directory, asked.subject);
  if (subject.kind === 'unknown') return { kind: 'refused', message: subject.message };
  const object = await namedRef(directory, asked.object);
  if (object.kind === 'unknown') return { kind: 'refused', message: object.message };
  const question = { subject: subject.ref, relation: asked.relation, object: object.ref };
  return { kind: 'answer', question: await explained(engine, directory, question) };
};

const explainAsked = (engine: Engine, directory: Directory, asked: Asked): Promise<ExplainedQuestion> => {
  switch (asked.kind) {
    case 'check':
      return explained(engine, directory, asked);
    case 'within':
      return noted(directory, asked);
  }
};

type Question = { readonly subject: Ref; readonly relation: string; readonly object: Ref };

/** What no engine can be asked: shown as it was found. */
const noted = async (directory: Directory, asked: Asked): Promise<ExplainedQuestion> => ({
  ...(await worded(directory, asked)),
  answer: asked.answer,
  path: [],
  excludedBy: [],
});

const worded = async (directory: Directory, { subject, relation, object }: Question) => ({
  text: `${subject} ${relation} ${object}`,
  names: `${await readable(directory, subject)} ${relation} ${await readable(directory, object)}`,
});

const explained = async (engine: Engine, directory: Directory, question: Question): Promise<ExplainedQuestion> => {
  const { subject, relation, object } = question;
  const query: Query = { subject, relation, object, consistency: 'fresh' };
  const startedAt = performance.now();
  await engine.check(query);
  const tookMs = performance.now() - startedAt;
  const { decision, path, excludedBy } = await engine.explain(query);
  return {
    ...(await worded(directory, question)),
    answer: decision.verdict,
    ...(decision.verdict === 'failed' ? { message: decision.message } : {}),
    path,
    excludedBy,
    tookMs,
  };
};

const explain = async (parts: Parts, asked: ExplainAsked): Promise<ExplainAnswer> => {
  const caller = asked.as === undefined ? undefined : await callerOf(parts.directory, asked.as);
  if (asked.as !== undefined && caller === undefined) {
    return { kind: 'refused', message: `there is no person "${asked.as}"` };
  }
  const read = readTarget({ method: asked.method, ...splitUrl(asked.url) });
  const account = asked.account === undefined ? {} : { account: asked.account };
  const verdict: Verdict =
    read.kind === 'refused'
      ? { kind: 'bad-request', reason: read.reason, detail: read.detail, asked: [] }
      : await parts.decideAs({ target: read.target, ...account }, caller);
  const near = verdict.kind === 'no-route' && read.kind === 'target' ? parts.routes().table.near(read.target) : [];
  return answerOf(parts, verdict, caller, near);
};

/** The path goes to the canonicaliser as it was typed: a URL parser would mend what a request would be refused for. */
const splitUrl = (url: string): { host: string; rawTarget: string } => {
  const [, host = 'localhost', rawTarget = url] = /^https?:\/\/([^/?#]+)(.*)$/i.exec(url) ?? [];
  return { host, rawTarget: rawTarget === '' ? '/' : rawTarget };
};

const callerOf = async (directory: Directory, text: string): Promise<Principal | undefined> => {
  const person = await directory.person(text);
  if (person === undefined) return undefined;
  const { id, username, home, hasSeveralAccounts } = person;
  const [fixedToHome, credential] = [false, 'token'] as const;
  return { subject: `user:${id}`, name: username, home, fixedToHome, hasSeveralAccounts, credential, scopes: ['all'] };
};

const answerOf = async (
  { engine, directory, routes }: Parts,
  verdict: Verdict,
  caller: Principal | undefined,
  near: ReturnType<RouteTable['near']>,
): Promise<ExplainAnswer> => {
  const { rule, account, asked } = verdict;
  return {
    kind: 'answer',
    verdict: verdict.kind,
    status: proxyStatus(verdict),
    ...('reason' in verdict ? { reason: verdict.reason } : {}),
    ...('detail' in verdict && verdict.detail !== undefined ? { detail: verdict.detail } : {}),
    caller: caller === undefined ? 'nobody' : `${caller.name} (${caller.subject})`,
    ...(account === undefined ? {} : { account: `${account.slug} (${account.id})` }),
    ...(rule === undefined
      ? {}
      : { route: { id: rule.id, file: rule.file, line: rule.line, upstream: rule.upstream } }),
    asked: await Promise.all(asked.map((one) => explainAsked(engine, directory, one))),
    near,
    policies: routes().digest,
  };
};
