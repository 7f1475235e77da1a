import type { ContentHealth } from './content/content-effects.ts';
import type { UsageHealth } from './content/usage-meter.ts';
import type { Check, Readiness } from './control/health.ts';
import type { Installation } from './installation.ts';
import type { PoliciesState } from './policies/live-policies.ts';
import type { LineFile } from './records/line-file.ts';

type Parts = {
  readonly installation: Pick<Installation, 'database' | 'policies' | 'content' | 'usage'>;
  readonly log: LineFile;
};

/** What `/readyz` says. A decision log that cannot be written warns: requests are still decided, and recorded in memory. */
export const readinessOf = ({ installation, log }: Parts): { readiness: Readiness; beginDraining: () => void } => {
  let isDraining = false;
  let databaseFailure: string | undefined;
  void installation.database.ended.then((end) => {
    databaseFailure = end.kind === 'died' ? end.cause.message : 'closed';
  });
  return {
    readiness: () => ({
      ready: !isDraining,
      checks: [
        ...(isDraining ? [{ name: 'shutdown', state: 'failed', detail: 'the gateway is shutting down' } as const] : []),
        databaseFailure === undefined
          ? { name: 'database', state: 'ok', detail: 'PGlite: survives a killed process, not a power cut' }
          : { name: 'database', state: 'failed', detail: databaseFailure },
        policiesCheck(installation.policies.state()),
        contentCheck(installation.content.health()),
        usageCheck(installation.usage.health()),
        logCheck(log),
      ],
    }),
    beginDraining: () => {
      isDraining = true;
    },
  };
};

const problemsShown = 5;

/** Files that cannot be used warn: requests are still decided, by the rules of before. */
const policiesCheck = ({ routes, stale, modelHasChanged }: PoliciesState): Check => {
  const model = modelHasChanged ? ['the model files have changed: restart to use them'] : [];
  const inForce = [routes.digest.slice(0, 12), ...routes.warnings, ...model];
  if (stale === undefined) {
    return { name: 'route policies', state: inForce.length === 1 ? 'ok' : 'warning', detail: inForce.join('; ') };
  }
  const { length } = stale.problems;
  const more = length > problemsShown ? `; and ${length - problemsShown} more` : '';
  const reason = `${stale.problems.slice(0, problemsShown).join('; ')}${more}`;
  const since = new Date(stale.since).toISOString();
  return {
    name: 'route policies',
    state: 'warning',
    detail: `policies: stale since ${since}, reason: ${reason}; still in force: ${inForce.join('; ')}`,
  };
};

/** What waits is closed or unseen, never wrong: requests are still decided. */
const contentCheck = ({ waiting, blocked, spoolFailure }: ContentHealth): Check => {
  const said = [
    ...(waiting === 0 ? [] : [`${waiting} effects are yet to be recorded`]),
    ...(blocked === 0 ? [] : [`${blocked} of them need an operator: gatehouse effects list`]),
    ...(spoolFailure === undefined ? [] : [`what waits is in memory only: ${spoolFailure.message}`]),
  ];
  return said.length === 0
    ? { name: 'content', state: 'ok', detail: 'everything is recorded' }
    : { name: 'content', state: 'warning', detail: said.join('; ') };
};

const usageCheck = ({ waiting, dropped, failure }: UsageHealth): Check => {
  const lost = dropped === 0 ? [] : [`${dropped} events were dropped`];
  const held = failure === undefined ? [] : [`${waiting} events wait: ${failure.message}`];
  return lost.length + held.length === 0
    ? { name: 'usage', state: 'ok', detail: 'written' }
    : { name: 'usage', state: 'warning', detail: [...held, ...lost].join('; ') };
};

const logCheck = (log: LineFile): Check => {
  const health = log.health();
  const dropped = health.dropped === 0 ? '' : `; ${health.dropped} lines were dropped`;
  switch (health.kind) {
    case 'writing':
      return { name: 'decision log', state: dropped === '' ? 'ok' : 'warning', detail: `writing${dropped}` };
    case 'failing':
      return { name: 'decision log', state: 'warning', detail: `${health.cause.message}${dropped}` };
  }
};
