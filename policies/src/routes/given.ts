import { fault } from './fault.ts';
import type { Ref, Tuple } from '../engine/engine.ts';
import type { Fault } from './fault.ts';

/** One line under `given:`: the tuples that it stands for, and the account that it makes, if any. */
export type Given =
  | {
      readonly kind: 'given';
      readonly tuples: readonly Tuple[];
      readonly organization?: string;
      readonly inWorkspaceOf?: string;
    }
  | Fault;

const organizationPattern = /^organization ([a-z0-9][a-z0-9-]*)( with default workspace)?$/;
const contentPattern = /^(content:[^\s#*]+) in ([a-z0-9][a-z0-9-]*)( privately)?$/;
const tuplePattern = /^([a-z][a-z0-9_]*:\S+) ([a-z][a-z0-9_]*) ([a-z][a-z0-9_]*:[^\s#*]+)$/;

/**
 * Reads `organization acme [with default workspace]`, `content:quantum.algorithm/qft in acme [privately]` or a tuple,
 * `user:bob viewer organization:acme`. The default workspace of `acme` is `workspace:acme`.
 */
export const parseGiven = (text: string): Given => {
  const organization = organizationPattern.exec(text);
  if (organization !== null) return organizationGiven(organization[1] ?? '', organization[2] !== undefined);
  const content = contentPattern.exec(text);
  if (content !== null) return contentGiven(content[1] as Ref, content[2] ?? '', content[3] !== undefined);
  const [, subject, relation, object] = tuplePattern.exec(text) ?? [];
  if (subject === undefined || relation === undefined || object === undefined) {
    return fault(
      `"${text}" is not given; write "organization NAME with default workspace", "content:APP.KIND/ID in NAME" or a tuple (SUBJECT RELATION OBJECT)`,
    );
  }
  return { kind: 'given', tuples: [{ subject: subject as Ref, relation, object: object as Ref }] };
};

const organizationGiven = (name: string, hasWorkspace: boolean): Given => {
  const [organization, workspace] = [`organization:${name}`, `workspace:${name}`] as const;
  const tuples: readonly Tuple[] = [
    { subject: organization, relation: 'organization', object: workspace },
    { subject: `${organization}#maintainer`, relation: 'maintainer', object: workspace },
    { subject: `${organization}#viewer`, relation: 'viewer', object: workspace },
  ];
  return { kind: 'given', tuples: hasWorkspace ? tuples : [], organization: name };
};

const contentGiven = (object: Ref, account: string, isPrivate: boolean): Given => {
  const tuples = ['workspace', ...(isPrivate ? [] : ['audience'])].map((relation): Tuple => ({
    subject: `workspace:${account}`,
    relation,
    object,
  }));
  return { kind: 'given', tuples, inWorkspaceOf: account };
};
