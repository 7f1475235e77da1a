import type { Queries } from '@gatehouse/db/client';
import { systemClock } from '../clock.ts';
import { formatAddress } from '../config/address.ts';
import type { Config } from '../config/config.ts';
import { accountOf } from '../directory.ts';
import { isModelOnDisk, readRoutes, routesIn, tryRoutes } from '../load-policies.ts';
import type { LoadedModel, RouteOptions } from '../load-policies.ts';
import { livePolicies } from './live-policies.ts';
import type { LivePolicies } from './live-policies.ts';
import { reloadText } from './reload-text.ts';

type Parts = {
  readonly config: Config;
  readonly model: LoadedModel;
  readonly db: Queries;
  readonly say: (line: string) => void;
};

/** The route policies of an installation, loaded and tested. Throws a {@link StartRefused} when they cannot be used. */
export const openPolicies = async ({ config, model: { model, digest }, db, say }: Parts): Promise<LivePolicies> => {
  const { GATEHOUSE_POLICIES: policies } = config;
  const options: RouteOptions = {
    model,
    accountId: async (slug) => (await accountOf(db, slug))?.id,
    ...exampleOrigin(config),
  };
  return livePolicies({
    first: await routesIn(policies, options),
    read: () => readRoutes(policies),
    compile: (sources) => tryRoutes(sources, options),
    isModelOnDisk: () => isModelOnDisk(policies, digest),
    report: (reloaded) => say(reloadText(reloaded)),
    clock: systemClock,
  });
};

/** The shipped policy names the example's usual address; only another one has to be said. */
const exampleOrigin = ({ GATEHOUSE_EXAMPLE_LISTEN: address }: Config): Pick<RouteOptions, 'upstreams'> =>
  formatAddress(address) === '127.0.0.1:4402'
    ? {}
    : { upstreams: { 'quantum.api': `http://${formatAddress(address)}` } };
