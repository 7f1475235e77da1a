import { isDeepStrictEqual } from 'node:util';
import { sourcesDigest } from '@gatehouse/policies/routes/load';
import type { RouteSource } from '@gatehouse/policies/routes/read-folder';
import type { Clock } from '../clock.ts';
import type { LiveRoutes, RoutesRead, RoutesTried } from '../load-policies.ts';
import { coalesced } from './coalesced.ts';

/** What a reload came to. `modelHasChanged`: the model files on disk are others than those in force, which need a restart. */
export type Reloaded =
  | {
      readonly kind: 'swapped' | 'unchanged';
      readonly digest: string;
      readonly rules: number;
      readonly warnings: readonly string[];
      readonly modelHasChanged: boolean;
    }
  | {
      readonly kind: 'refused';
      /** Of the rules that stay in force. */
      readonly digest: string;
      /** Each with file, line and column. */
      readonly problems: readonly string[];
      readonly modelHasChanged: boolean;
    };

/** `change` asks whether the files are others than those in force; the others also look up again the accounts that rules name. */
export type ReloadTrigger = 'change' | 'signal' | 'command';

export type PoliciesState = {
  readonly routes: LiveRoutes;
  /** When files were last found to be in order; milliseconds since 1970. */
  readonly loadedAt: number;
  /** The files on disk cannot be used, first found so at `since`; the rules of before are in force. */
  readonly stale: { readonly since: number; readonly problems: readonly string[] } | undefined;
  readonly modelHasChanged: boolean;
  /** Since the start; nothing is counted when a look at the files found those in force. */
  readonly reloads: Readonly<Record<Reloaded['kind'], number>>;
};

export type LivePolicies = {
  /** The whole set in force: read it once for each decision. */
  readonly routes: () => LiveRoutes;
  readonly state: () => PoliciesState;
  /** Swaps in the set on disk, or keeps the one in force whole and says why. Never rejects, never two at once. */
  readonly reload: (trigger: ReloadTrigger) => Promise<Reloaded>;
};

type Parts = {
  readonly first: LiveRoutes;
  readonly read: () => Promise<RoutesRead>;
  readonly compile: (sources: readonly RouteSource[]) => Promise<RoutesTried>;
  readonly isModelOnDisk: () => Promise<boolean>;
  /** Hears what is new: not the same refusal twice, unless somebody asked again. */
  readonly report: (reloaded: Reloaded) => void;
  readonly clock: Clock;
};

/** One reference to a set of rules, and the only way to put another in its place. */
export const livePolicies = ({ first, read, compile, isModelOnDisk, report, clock }: Parts): LivePolicies => {
  let state: PoliciesState = {
    routes: first,
    loadedAt: clock.wallMs(),
    stale: undefined,
    modelHasChanged: false,
    reloads: { swapped: 0, unchanged: 0, refused: 0 },
  };

  const attempt = async (isAsked: boolean): Promise<RoutesTried> => {
    const found = await read();
    if (found.kind === 'refused') return found;
    const { routes } = state;
    if (!isAsked && sourcesDigest(found.sources) === routes.digest) return { kind: 'loaded', routes };
    return compile(found.sources);
  };

  const run = async (triggers: ReadonlySet<ReloadTrigger>): Promise<Reloaded> => {
    const isAsked = triggers.has('signal') || triggers.has('command');
    const before = state;
    const tried = await attempt(isAsked).catch(failed);
    const modelHasChanged = !(await isModelOnDisk().catch(() => false));
    const outcome = outcomeOf(before.routes, tried);
    state = next(before, tried, outcome, modelHasChanged, clock.wallMs());
    const reloaded = reloadedOf(state, outcome);
    if (isAsked || isNews(before, state, outcome)) {
      state = { ...state, reloads: { ...before.reloads, [outcome]: before.reloads[outcome] + 1 } };
      report(reloaded);
    }
    return reloaded;
  };

  return { routes: () => state.routes, state: () => state, reload: coalesced(run) };
};

/** Looking up the accounts that rules name can fail with the database. */
const failed = (error: unknown): RoutesTried => ({
  kind: 'refused',
  problems: [error instanceof Error ? error.message : String(error)],
});

const outcomeOf = ({ digest, table }: LiveRoutes, tried: RoutesTried): Reloaded['kind'] => {
  if (tried.kind === 'refused') return 'refused';
  const { routes } = tried;
  // The same files make other rules when an account that they name has come or gone.
  return routes.digest === digest && isDeepStrictEqual(routes.table.rules, table.rules) ? 'unchanged' : 'swapped';
};

const next = (
  before: PoliciesState,
  tried: RoutesTried,
  outcome: Reloaded['kind'],
  modelHasChanged: boolean,
  now: number,
): PoliciesState =>
  tried.kind === 'refused'
    ? { ...before, modelHasChanged, stale: { since: before.stale?.since ?? now, problems: tried.problems } }
    : {
        ...before,
        modelHasChanged,
        stale: undefined,
        loadedAt: now,
        routes: outcome === 'swapped' ? tried.routes : before.routes,
      };

const reloadedOf = ({ routes, stale, modelHasChanged }: PoliciesState, kind: Reloaded['kind']): Reloaded => {
  const { digest, table, warnings } = routes;
  return kind === 'refused'
    ? { kind, digest, problems: stale?.problems ?? [], modelHasChanged }
    : { kind, digest, rules: table.rules.length, warnings, modelHasChanged };
};

const isNews = (before: PoliciesState, after: PoliciesState, outcome: Reloaded['kind']): boolean =>
  outcome === 'swapped' ||
  (after.modelHasChanged && !before.modelHasChanged) ||
  !isDeepStrictEqual(before.stale?.problems, after.stale?.problems);
