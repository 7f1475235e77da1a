import type { Queries } from '@gatehouse/db/client';
import type { RouteSource } from '@gatehouse/policies/routes/read-folder';
import { systemClock } from '../clock.ts';
import { formatAddress } from '../config/address.ts';
import type { Config } from '../config/config.ts';
import { accountOf } from '../directory.ts';
import { isModelOnDisk, readRoutes, routesIn, tryRoutes } from '../load-policies.ts';
import type { LoadedModel, RouteOptions, RoutesTried } from '../load-policies.ts';
import { livePolicies } from './live-policies.ts';
import type { LivePolicies } from './live-policies.ts';
import { reloadText } from './reload-text.ts';

type Parts = {
  readonly config: Config;
  readonly model: LoadedModel;
  readonly db: Queries;
  /** Names of the configured issuers. */
  readonly jwtIssuers: readonly string[];
  readonly say: (line: string) => void;
};

export type OpenedPolicies = {
  readonly policies: LivePolicies;
  /** What would become of other files; puts nothing in force. */
  readonly tryOut: (sources: readonly RouteSource[]) => Promise<RoutesTried>;
};

/** The route policies of an installation, loaded and tested. Throws a {@link StartRefused} when they cannot be used. */
export const openPolicies = async ({
  config,
  model: { model, digest },
  db,
  jwtIssuers,
  say,
}: Parts): Promise<OpenedPolicies> => {
  const { GATEHOUSE_POLICIES: folder } = config;
  const world: RouteOptions = { model, accountId: async (slug) => (await accountOf(db, slug))?.id, jwtIssuers };
  const options: RouteOptions = { ...world, ...exampleOrigin(config) };
  const policies = livePolicies({
    first: await routesIn(folder, options),
    read: () => readRoutes(folder),
    compile: (sources) => tryRoutes(sources, options),
    isModelOnDisk: () => isModelOnDisk(folder, digest),
    report: (reloaded) => say(reloadText(reloaded)),
    clock: systemClock,
  });
  return { policies, tryOut: (sources) => tryRoutes(sources, world) };
};

/** The shipped policy names the example's usual address; only another one has to be said. */
const exampleOrigin = ({ GATEHOUSE_EXAMPLE_LISTEN: address }: Config): Pick<RouteOptions, 'upstreams'> =>
  formatAddress(address) === '127.0.0.1:4402'
    ? {}
    : { upstreams: { 'quantum.api': `http://${formatAddress(address)}` } };
