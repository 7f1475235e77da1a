import type { Check, Readiness } from './control/health.ts';
import type { Installation } from './installation.ts';
import type { LineFile } from './records/line-file.ts';

type Parts = { readonly installation: Pick<Installation, 'database' | 'routes'>; readonly log: LineFile };

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
        routesCheck(installation.routes),
        logCheck(log),
      ],
    }),
    beginDraining: () => {
      isDraining = true;
    },
  };
};

const routesCheck = ({ digest, warnings }: Installation['routes']): Check => ({
  name: 'route policies',
  state: warnings.length === 0 ? 'ok' : 'warning',
  detail: [digest.slice(0, 12), ...warnings].join('; '),
});

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
