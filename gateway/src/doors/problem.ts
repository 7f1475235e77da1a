import { reasons } from '@gatehouse/policies/reasons';
import type { Reason } from '@gatehouse/policies/reasons';
import { methods } from '@gatehouse/policies/routes/methods';

export const problemMediaType = 'application/problem+json';

export type Problem = {
  readonly reason: Reason;
  readonly requestId: string;
  /** What is wrong with this very request, for its sender. Never an internal cause. */
  readonly detail?: string | undefined;
};

/**
 * The body of a refusal: problem details of RFC 9457 with the members `reason`, `remedy` and `request_id`.
 * ASCII only, so that one character is one byte in every encoding it may be written in.
 */
export const problem = ({ reason, requestId, detail }: Problem): string => {
  const shown = detail === undefined ? '' : `,"detail":${ascii(JSON.stringify(detail))}`;
  return `${beginnings[reason]}${shown},"request_id":${ascii(JSON.stringify(requestId))}}`;
};

/** Headers that belong to a refusal because of its status: a flat list of names and values. */
export const refusalHeaders = (reason: Reason): readonly string[] => headersByReason[reason];

const ascii = (json: string): string =>
  json.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

const forEachReason = <Value>(value: (reason: Reason) => Value): Record<Reason, Value> =>
  Object.fromEntries((Object.keys(reasons) as Reason[]).map((reason) => [reason, value(reason)])) as Record<
    Reason,
    Value
  >;

const beginnings = forEachReason((reason) => {
  const { status, title, remedy } = reasons[reason];
  const type = `urn:gatehouse:reason:${reason}`;
  return ascii(JSON.stringify({ type, title, status, reason, remedy })).slice(0, -1);
});

const headersByReason = forEachReason((reason): readonly string[] => {
  const { status } = reasons[reason];
  // RFC 6750, 3: the error code only when a credential was presented.
  if (reason === 'invalid_credential') return ['WWW-Authenticate', 'Bearer realm="gatehouse", error="invalid_token"'];
  if (status === 401) return ['WWW-Authenticate', 'Bearer realm="gatehouse"'];
  if (status === 405) return ['Allow', methods.join(', ')];
  if (status === 503) return ['Retry-After', '1'];
  return [];
});
