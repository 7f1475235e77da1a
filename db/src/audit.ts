import { createHash, randomBytes } from 'node:crypto';
import { and, asc, desc, eq, gt } from 'drizzle-orm';
import type { Queries } from './client.ts';
import { accounts } from './schema/accounts.ts';
import { auditBodies } from './schema/audit-bodies.ts';
import { auditEvents } from './schema/audit-events.ts';

export type AuditEvent = {
  readonly time: Date;
  /** `user:usr_…`, `service_account:svc_…` or `system:<part>`. */
  readonly actor: string;
  readonly tokenId?: string | undefined;
  readonly impersonator?: string | undefined;
  /** `content.registered` */
  readonly action: string;
  readonly target: string;
  readonly permission?: string | undefined;
  /** What stood there before and after: plain data, kept as JSON. */
  readonly before?: unknown;
  readonly after?: unknown;
  readonly ip?: string | undefined;
  readonly requestId?: string | undefined;
};

type EventRow = typeof auditEvents.$inferSelect;
type BodyRow = typeof auditBodies.$inferSelect;
type Head = Pick<EventRow, 'seq' | 'hash'>;

const start: Head = { seq: 0, hash: new Uint8Array(32) };
const rowsPerStatementMax = 500;

/**
 * Appends to the account's chain as part of the caller's transaction, in order. Locks the account's row until the
 * transaction ends: chains have no gaps and no branches.
 */
export const appendAudit = async (tx: Queries, accountId: string, events: readonly AuditEvent[]): Promise<void> => {
  await tx.select({ id: accounts.id }).from(accounts).where(eq(accounts.id, accountId)).for('no key update');
  let head = await headOf(tx, accountId);
  const rows: EventRow[] = [];
  const bodies: BodyRow[] = [];
  for (const event of events) {
    const body = bodyOf(accountId, head.seq + 1, event);
    if (body !== undefined) bodies.push(body);
    head = linked(accountId, head, event, body);
    rows.push(head as EventRow);
  }
  for (const chunk of chunks(rows)) await tx.insert(auditEvents).values([...chunk]);
  for (const chunk of chunks(bodies)) await tx.insert(auditBodies).values([...chunk]);
};

export type AuditVerified =
  | { readonly kind: 'intact'; readonly events: number }
  /** The first row that does not fit: one before it is missing, it was changed itself, or its body was. */
  | { readonly kind: 'broken'; readonly seq: number; readonly why: 'gap' | 'changed' | 'body' };

/** Recomputes the chain of one account, in pages. Events that were cut off at the end leave no trace in it. */
export const verifyAudit = async (db: Queries, accountId: string, pageSize = 1_000): Promise<AuditVerified> => {
  let head = start;
  for (;;) {
    const page = await pageAfter(db, accountId, head.seq, pageSize);
    for (const { event, body } of page) {
      const why = flawOf(head, event, body);
      if (why !== undefined) return { kind: 'broken', seq: event.seq, why };
      head = event;
    }
    if (page.length < pageSize) return { kind: 'intact', events: head.seq };
  }
};

const pageAfter = (db: Queries, accountId: string, seq: number, limit: number) =>
  db
    .select({ event: auditEvents, body: auditBodies })
    .from(auditEvents)
    .leftJoin(auditBodies, and(eq(auditBodies.accountId, auditEvents.accountId), eq(auditBodies.seq, auditEvents.seq)))
    .where(and(eq(auditEvents.accountId, accountId), gt(auditEvents.seq, seq)))
    .orderBy(asc(auditEvents.seq))
    .limit(limit);

const flawOf = (head: Head, event: EventRow, body: BodyRow | null): 'gap' | 'changed' | 'body' | undefined => {
  if (event.seq !== head.seq + 1) return 'gap';
  if (!isSame(event.prevHash, head.hash) || !isSame(event.hash, hashOf(event))) return 'changed';
  if (body === null) return event.bodyDigest === null ? undefined : 'body';
  if (body.redactedAt !== null) return undefined;
  return event.bodyDigest !== null && isSame(event.bodyDigest, digestOf(body)) ? undefined : 'body';
};

const headOf = async (tx: Queries, accountId: string): Promise<Head> => {
  const [last] = await tx
    .select({ seq: auditEvents.seq, hash: auditEvents.hash })
    .from(auditEvents)
    .where(eq(auditEvents.accountId, accountId))
    .orderBy(desc(auditEvents.seq))
    .limit(1);
  return last ?? start;
};

const bodyOf = (accountId: string, seq: number, { before, after }: AuditEvent): BodyRow | undefined =>
  before === undefined && after === undefined
    ? undefined
    : { accountId, seq, salt: randomBytes(16), before: jsonOf(before), after: jsonOf(after), redactedAt: null };

const jsonOf = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));

const linked = (accountId: string, head: Head, event: AuditEvent, body: BodyRow | undefined): EventRow => {
  const { time, actor, tokenId, impersonator, action, target, permission, ip, requestId } = event;
  const row = {
    accountId,
    seq: head.seq + 1,
    time,
    actor,
    tokenId: tokenId ?? null,
    impersonator: impersonator ?? null,
    action,
    target,
    permission: permission ?? null,
    bodyDigest: body === undefined ? null : digestOf(body),
    ip: ip ?? null,
    requestId: requestId ?? null,
    prevHash: head.hash,
  };
  return { ...row, hash: hashOf(row) };
};

/** The first field names the form: another one will start with another word. */
const hashOf = (row: Omit<EventRow, 'hash'>): Uint8Array =>
  digest([
    'gatehouse audit event',
    row.prevHash,
    row.accountId,
    String(row.seq),
    row.time.toISOString(),
    row.actor,
    row.tokenId,
    row.impersonator,
    row.action,
    row.target,
    row.permission,
    row.bodyDigest,
    row.ip,
    row.requestId,
  ]);

const digestOf = ({ salt, before, after }: Pick<BodyRow, 'salt' | 'before' | 'after'>): Uint8Array =>
  digest(['gatehouse audit body', salt, before, after]);

/** Kind and length stand before each field: no two lists of fields have the same bytes. */
const digest = (fields: readonly (string | Uint8Array | null)[]): Uint8Array => {
  const hash = createHash('sha256');
  for (const field of fields) {
    const bytes = field === null ? new Uint8Array() : Buffer.from(field);
    const kind = field === null ? 0 : typeof field === 'string' ? 1 : 2;
    const head = Buffer.alloc(5);
    head.writeUInt8(kind);
    head.writeUInt32BE(bytes.length, 1);
    hash.update(head).update(bytes);
  }
  return hash.digest();
};

const isSame = (left: Uint8Array, right: Uint8Array): boolean => Buffer.compare(left, right) === 0;

const chunks = <Row>(rows: readonly Row[]): readonly (readonly Row[])[] =>
  Array.from({ length: Math.ceil(rows.length / rowsPerStatementMax) }, (_, at) =>
    rows.slice(at * rowsPerStatementMax, (at + 1) * rowsPerStatementMax),
  );
