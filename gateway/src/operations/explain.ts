import type { Engine } from '@gatehouse/policies/engine/engine';
import type { Principal } from '@gatehouse/policies/principal';
import { isCredentialKind } from '@gatehouse/policies/routes/credentials';
import { explainSentence } from '@gatehouse/policies/routes/explain-sentence';
import type { CredentialKind, Rule } from '@gatehouse/policies/routes/rule';
import type { Asked } from '@gatehouse/policies/routes/rule-context';
import type { RouteTable } from '@gatehouse/policies/routes/table';
import { readTarget } from '@gatehouse/policies/routes/target';
import type { TargetRead } from '@gatehouse/policies/routes/target';
import type { Decider } from '../decide.ts';
import { proxyStatus } from '../doors/status.ts';
import type { Verdict } from '../verdict.ts';
import type { Directory } from './directory.ts';
import { explainedAsked } from './explained-question.ts';
import { closedText, explainedPart, lacksOf } from './explained-sentence.ts';
import { explainingEngine } from './explaining-engine.ts';
import type { ExplainingEngine } from './explaining-engine.ts';
import type { ExplainAnswer, ExplainAsked, ExplainedPart, ExplainedQuestion, ExplainedRoute } from './operations.ts';

type Parts = {
  readonly engine: Engine;
  readonly directory: Directory;
  readonly decideAs: Decider['decideAs'];
  readonly routes: () => { readonly table: RouteTable; readonly digest: string };
};

type Answer = Extract<ExplainAnswer, { kind: 'answer' }>;

/** Decides the request as a door would, with an engine that explains every answer as it gives it. */
export const explain = async (parts: Parts, asked: ExplainAsked): Promise<ExplainAnswer> => {
  const credential = asked.credential ?? 'token';
  if (!isCredentialKind(credential))
    return refused(`"${credential}" is no kind of credential; write token, session or jwt:NAME`);
  const caller = asked.as === undefined ? undefined : await callerOf(parts.directory, asked.as, credential);
  if (asked.as !== undefined && caller === undefined) return refused(`there is no person "${asked.as}"`);
  const read = readTarget({ method: asked.method, ...splitUrl(asked.url) });
  const account = asked.account === undefined ? {} : { account: asked.account };
  const explaining = explainingEngine(parts.engine);
  const verdict: Verdict =
    read.kind === 'refused'
      ? { kind: 'bad-request', reason: read.reason, detail: read.detail, asked: [] }
      : await parts.decideAs({ target: read.target, ...account }, caller, explaining.engine);
  return answerOf(parts, explaining, read, verdict, caller);
};

const refused = (message: string): ExplainAnswer => ({ kind: 'refused', message });

/** The path goes to the canonicaliser as it was typed: a URL parser would mend what a request would be refused for. */
const splitUrl = (url: string): { host: string; rawTarget: string } => {
  const [, host = 'localhost', rawTarget = url] = /^https?:\/\/([^/?#]+)(.*)$/i.exec(url) ?? [];
  return { host, rawTarget: rawTarget === '' ? '/' : rawTarget };
};

const callerOf = async (
  directory: Directory,
  text: string,
  credential: CredentialKind,
): Promise<Principal | undefined> => {
  const person = await directory.person(text);
  if (person === undefined) return undefined;
  const { id, username, home, hasSeveralAccounts } = person;
  return {
    subject: `user:${id}`,
    name: username,
    home,
    fixedToHome: false,
    hasSeveralAccounts,
    credential,
    scopes: ['all'],
  };
};

const answerOf = async (
  parts: Parts,
  explaining: ExplainingEngine,
  read: TargetRead,
  verdict: Verdict,
  caller: Principal | undefined,
): Promise<Answer> => {
  const { table, digest } = parts.routes();
  const sentence = await sentenceOf(parts, explaining, read, verdict);
  const asked = await explainedAll(parts.directory, explaining, verdict.asked);
  return {
    kind: 'answer',
    verdict: verdict.kind,
    status: proxyStatus(verdict),
    reason: 'reason' in verdict ? verdict.reason : undefined,
    detail: 'detail' in verdict ? verdict.detail : undefined,
    caller: caller === undefined ? 'nobody' : `${caller.name} (${caller.subject})`,
    account: verdict.account && `${verdict.account.slug} (${verdict.account.id})`,
    route: verdict.rule && routeOf(verdict.rule),
    asked,
    sentence,
    lacks: lacksIn(verdict, asked, sentence),
    beside: verdict.beside && {
      ...verdict.beside,
      asked: await explainedAll(parts.directory, explaining, verdict.beside.asked),
    },
    near: verdict.kind === 'no-route' && read.kind === 'target' ? table.near(read.target) : [],
    policies: verdict.policies ?? digest,
  };
};

const explainedAll = (
  directory: Directory,
  explaining: ExplainingEngine,
  asked: readonly Asked[],
): Promise<readonly ExplainedQuestion[]> => Promise.all(asked.map((one) => explainedAsked(directory, explaining, one)));

const routeOf = ({ id, file, line, upstream }: Rule): ExplainedRoute => ({ id, file, line, upstream });

/** Evaluated for a caller and an account that are known; without them the reason says what is missing first. */
const sentenceOf = async (
  { directory, routes }: Parts,
  { engine }: ExplainingEngine,
  read: TargetRead,
  { rule, principal, account }: Verdict,
): Promise<ExplainedPart | undefined> => {
  if (read.kind === 'refused' || rule === undefined || principal === undefined || account === undefined)
    return undefined;
  const match = routes().table.match(read.target);
  if (match.kind !== 'match') return undefined;
  const accounts = directory.account;
  const context = { match, target: read.target, principal, accounts, engine };
  return explainedPart(directory, await explainSentence(context, account, match.rule.allow));
};

const lacksIn = (verdict: Verdict, asked: Answer['asked'], sentence: ExplainedPart | undefined): readonly string[] => {
  switch (verdict.kind) {
    case 'allow':
    case 'no-route':
    case 'bad-request':
      return [];
    case 'sign-in':
      return verdict.reason === 'credential_not_accepted' ? [kindsOf(verdict.rule)] : ['a credential'];
    case 'deny':
    case 'unavailable':
      return sentence === undefined || sentence.answer === 'allowed'
        ? lacksBeforeSentence(verdict, asked)
        : lacksOf(sentence);
  }
};

const kindsOf = (rule: Rule | undefined): string => `a credential of the kind ${rule?.credentials?.join(' or ')}`;

/** The last question that was not answered with yes: about the acting account. */
const lacksBeforeSentence = ({ rule }: Verdict, asked: Answer['asked']): readonly string[] => {
  const unanswered = asked.findLast(({ answer }) => answer !== 'allowed');
  if (unanswered !== undefined) return [unanswered.names];
  return [rule?.allow.kind === 'nobody' ? closedText : 'an acting account that the caller belongs to'];
};
