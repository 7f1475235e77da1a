import { nearest } from '../model/suggest.ts';
import { reasons } from '../reasons.ts';
import { fault } from './fault.ts';
import type { Reason } from '../reasons.ts';
import type { Ref } from '../engine/engine.ts';
import type { Fault } from './fault.ts';

/** One line under `expect:`. 200 stands for "allowed": what the application answers is not asked. */
export type Expectation = {
  /** Absent = without a credential. */
  readonly caller?: Ref;
  /** The account named by the header Gatehouse-Account. */
  readonly account?: string;
  readonly method: string;
  readonly host: string;
  readonly rawTarget: string;
  readonly status: number;
  readonly reason?: Reason;
};

export type ExpectationParse = { readonly kind: 'expectation'; readonly expectation: Expectation } | Fault;

const linePattern =
  /^(?<who>\S+)(?: as (?<account>\S+))? (?<method>\S+) (?<host>[^\s/]*)(?<rawTarget>\/\S*) -> (?<status>\S+)(?: (?<reason>\S+))?$/;
type Fields = Readonly<Record<'who' | 'method' | 'host' | 'rawTarget' | 'status', string>> & {
  readonly account?: string;
  readonly reason?: string;
};
/** For tests that name no host: one that no pattern but `*` matches. */
const hostDefault = 'localhost';
const reasonNames = Object.keys(reasons) as readonly Reason[];
const statuses: ReadonlySet<number> = new Set([200, ...Object.values(reasons).map(({ status }) => status)]);

/** Reads `bob as acme GET quantum.example/algorithms/qft -> 403 not_permitted`; `as`, host and reason may be left out. */
export const parseExpectation = (text: string): ExpectationParse => {
  const fields = linePattern.exec(text)?.groups as Fields | undefined;
  if (fields === undefined) {
    return fault(`"${text}" is not an expectation; write WHO [as ACCOUNT] METHOD [HOST]/PATH -> STATUS [REASON]`);
  }
  const { who, account, method, host, rawTarget } = fields;
  const asUrl = /^https?:\/\//i.exec(`${host}${rawTarget}`)?.[0].toLowerCase();
  if (asUrl !== undefined) return fault(`"${host}${rawTarget}" is not a place; write HOST/PATH without ${asUrl}`);
  const caller = callerOf(who);
  if (caller === undefined) {
    return fault(`"${who}" is nobody that can call; write a name, "nobody" or "service_account:NAME"`);
  }
  const outcome = readOutcome(fields.status, fields.reason);
  if (outcome.kind === 'fault') return outcome;
  const { status, reason } = outcome;
  const request = { method, host: host || hostDefault, rawTarget, status };
  return { kind: 'expectation', expectation: { ...request, ...given({ caller, account, reason }) } };
};

type Optional = {
  readonly caller: Ref | 'nobody';
  readonly account: string | undefined;
  readonly reason: Reason | undefined;
};

/** Leaves out what the line leaves out. */
const given = ({ caller, account, reason }: Optional): Pick<Expectation, 'caller' | 'account' | 'reason'> => ({
  ...(caller !== 'nobody' && { caller }),
  ...(account !== undefined && { account }),
  ...(reason !== undefined && { reason }),
});

type Outcome = { readonly kind: 'outcome'; readonly status: number; readonly reason: Reason | undefined };

const readOutcome = (statusText: string, reasonText: string | undefined): Outcome | Fault => {
  const status = Number(statusText);
  if (!statuses.has(status)) {
    return fault(`"${statusText}" is no status that the gateway answers; 200 stands for allowed`);
  }
  if (reasonText === undefined) return { kind: 'outcome', status, reason: undefined };
  const reason = reasonNames.find((name) => name === reasonText);
  if (reason === undefined) return fault(`"${reasonText}" is not a reason`, nearest(reasonText, reasonNames));
  if (reasons[reason].status !== status) return fault(`the status of ${reason} is ${reasons[reason].status}`);
  return { kind: 'outcome', status, reason };
};

const callerOf = (who: string): Ref | 'nobody' | undefined => {
  if (who === 'nobody') return who;
  if (/^(?:user|service_account):[a-z0-9][a-z0-9_-]*$/.test(who)) return who as Ref;
  return /^[a-z0-9][a-z0-9_-]*$/.test(who) ? `user:${who}` : undefined;
};
