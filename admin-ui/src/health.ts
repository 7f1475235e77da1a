/** One condition of readiness, as `/readyz` reports it. */
export type Check = { readonly name: string; readonly state: 'ok' | 'warning' | 'failed'; readonly detail?: string };

/** What the gateway says about itself. `silent` = no answer that can be read: stopped, cut off, or something else on its port. */
export type Health =
  | { readonly kind: 'asking' }
  | { readonly kind: 'silent' }
  | {
      readonly kind: 'answering';
      readonly version: string;
      readonly ready: boolean;
      readonly checks: readonly Check[];
    };

const answerTimeoutMs = 5_000;

/** Asks `/healthz` (does the process answer?) and `/readyz` (can it decide?) on the page's own origin. Never rejects. */
export const askHealth = async (ask: typeof fetch = fetch): Promise<Health> => {
  try {
    const [alive, readiness] = await Promise.all([read(ask, '/healthz'), read(ask, '/readyz')]);
    if (!alive.ok || !isRecord(alive.body) || typeof alive.body['version'] !== 'string') return { kind: 'silent' };
    const checks = isRecord(readiness.body) ? checksOf(readiness.body['checks']) : [];
    return { kind: 'answering', version: alive.body['version'], ready: readiness.ok, checks };
  } catch {
    return { kind: 'silent' };
  }
};

/** A 503 of `/readyz` is an answer, not a failure: its body names the check that failed. */
const read = async (ask: typeof fetch, path: string): Promise<{ ok: boolean; body: unknown }> => {
  const response = await ask(path, {
    headers: { accept: 'application/json' },
    cache: 'no-store',
    signal: AbortSignal.timeout(answerTimeoutMs),
  });
  return { ok: response.ok, body: await response.json() };
};

const checksOf = (value: unknown): readonly Check[] => (Array.isArray(value) ? value.filter(isCheck) : []);

const isCheck = (value: unknown): value is Check =>
  isRecord(value) && typeof value['name'] === 'string' && isState(value['state']);

const isState = (value: unknown): value is Check['state'] =>
  value === 'ok' || value === 'warning' || value === 'failed';

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
