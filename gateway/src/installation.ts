import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '@gatehouse/db/client';
import type { Database } from '@gatehouse/db/client';
import { rootCause } from '@gatehouse/db/root-cause';
import { tupleStore } from '@gatehouse/db/tuples';
import { unusable } from '@gatehouse/db/unusable';
import { denyingClosed } from '@gatehouse/policies/engine/layers/closed';
import { embedded } from '@gatehouse/policies/engine/embedded/embedded';
import type { Account } from '@gatehouse/policies/principal';
import type { RouteTable } from '@gatehouse/policies/routes/table';
import { systemClock } from './clock.ts';
import type { Config } from './config/config.ts';
import { settingsIn } from './config/gatehouse-yaml.ts';
import { importContent } from './content/import/import-content.ts';
import { inFolder, unusableText } from './data-folder.ts';
import type { DataFolder } from './data-folder.ts';
import { contentEffects } from './content/content-effects.ts';
import type { ContentEffects } from './content/content-effects.ts';
import { usageMeter } from './content/usage-meter.ts';
import type { UsageMeter } from './content/usage-meter.ts';
import { ruleEffects } from './effects/rule-effects.ts';
import type { EffectOf } from './effects/effect.ts';
import { decider } from './decide.ts';
import type { Decider } from './decide.ts';
import { seedDemo } from './demo/seed.ts';
import { removeDemoTokens, renewDemoTokens } from './demo/token-rows.ts';
import { accountOf, databaseDirectory, recordedCallers, storedTokens } from './directory.ts';
import { apiTokenIdentity } from './identity/api-token.ts';
import { firstOf } from './identity/identity.ts';
import { issuersIdentity } from './identity/jwt/issuers-identity.ts';
import { modelIn } from './load-policies.ts';
import { modelStore } from './model-store.ts';
import { answerOperations } from './operations/answer-operations.ts';
import { contentOperations } from './operations/content-operations.ts';
import type { Operations } from './operations/operations.ts';
import { policyOperations } from './operations/policy-operations.ts';
import type { LivePolicies } from './policies/live-policies.ts';
import { openPolicies } from './policies/open-policies.ts';
import type { RecentLines } from './records/recent-lines.ts';
import { newestRecords } from './replay/newest-records.ts';
import { StartRefused } from './start-refused.ts';
import { cache } from './cache.ts';
import { deriveKeys, installationSecret } from './secret.ts';

/** Everything that decides, on an open data folder: not one socket is open yet. */
export type Installation = {
  readonly database: Database;
  readonly decider: Decider;
  /** What applications made and deleted. */
  readonly content: ContentEffects;
  readonly usage: UsageMeter;
  readonly effectOf: EffectOf;
  readonly operations: Operations;
  readonly policies: LivePolicies;
  /** The newest secret: what the demo's tokens are derived from. */
  readonly secret: string;
};

type Options = {
  readonly config: Config;
  readonly folder: DataFolder;
  /** Whether the demo's people, content and tokens are wanted; undefined leaves the data as it is. */
  readonly demo?: boolean;
  /** Where the running gateway keeps its newest decisions. */
  readonly recent?: RecentLines;
  readonly say?: (line: string) => void;
};

/**
 * The one place where database, engine and identity are picked and joined. Throws a {@link StartRefused} when something is not usable;
 * then nothing stays open. The caller closes `database` and gives the folder's lock back.
 */
export const openInstallation = async ({
  config,
  folder,
  demo,
  recent,
  say = () => undefined,
}: Options): Promise<Installation> => {
  const isNew = !existsSync(join(folder.path, 'pg'));
  const secrets = config.GATEHOUSE_SECRET ?? [inFolder(folder, () => installationSecret(folder.path, isNew))];
  const opened = await openDatabase({
    folder: folder.path,
    onCreating: () => say('The database is being made, once. This takes a few seconds.'),
  });
  if (opened.kind === 'unusable') throw new StartRefused(unusableText(folder.path, opened));
  const { database } = opened;
  try {
    return await joinParts({ config, folder, database, secrets, demo, recent, say });
  } catch (error) {
    await database.close();
    throw refusalFor(folder.path, error);
  }
};

/** A disk that fills up while the start writes its first rows is said like any other trouble with the folder. */
const refusalFor = (path: string, error: unknown): unknown => {
  const found = unusable(rootCause(error));
  return error instanceof StartRefused || found.reason === 'failed'
    ? error
    : new StartRefused(unusableText(path, found));
};

type Joined = {
  readonly config: Config;
  readonly folder: DataFolder;
  readonly database: Database;
  readonly secrets: readonly string[];
  readonly demo: boolean | undefined;
  readonly recent: RecentLines | undefined;
  readonly say: (line: string) => void;
};

const joinParts = async ({ config, folder, database, secrets, demo, recent, say }: Joined): Promise<Installation> => {
  const { db } = database;
  const [secret = ''] = secrets;
  const keys = deriveKeys(secrets, 'api-token');
  const { jwtIssuers } = await settingsIn(config.GATEHOUSE_POLICIES);
  const loaded = await modelIn(config.GATEHOUSE_POLICIES, modelStore(db));
  await prepareDemo(demo, { database, secret, keys });
  const stored = await embedded({ model: loaded.model, store: tupleStore(database) });
  const alarm = (line: string) => say(`warning: ${line}`);
  const content = inFolder(folder, () =>
    contentEffects({ database, mutate: stored.mutate, spoolFile: folder.pendingEffects, alarm, clock: systemClock }),
  );
  const usage = usageMeter({ database, alarm });
  const engine = denyingClosed(stored, content.isClosed);
  const { policies, tryOut } = await openPolicies({
    config,
    model: loaded,
    db,
    jwtIssuers: jwtIssuers.map(({ name }) => name),
    say,
  });
  const known = cache<Account | undefined>({ ...accountCache, now: systemClock.monotonicMs });
  const accounts = (slugOrId: string) => known.find(slugOrId, () => accountOf(db, slugOrId));
  const identify = firstOf(
    apiTokenIdentity({ keys, find: storedTokens(db), clock: systemClock }),
    issuersIdentity({ issuers: jwtIssuers, database, mutate: stored.mutate, clock: systemClock, warn: alarm }),
  );
  const decidingBy = (routes: () => RouteTable) => decider({ routes, identify, accounts, engine });
  const deciding = decidingBy(() => policies.routes().table);
  const directory = databaseDirectory(db);
  const now = () => new Date(systemClock.wallMs());
  const importing = importContent({ database, mutate: stored.mutate, now, isPending: content.isPending });
  const operations = {
    ...answerOperations({ engine, directory, decideAs: deciding.decideAs, routes: policies.routes, recent }),
    ...policyOperations({
      policies,
      tryOut,
      decideBy: (table) => decidingBy(() => table).decideAs,
      caller: recordedCallers(db),
      newest: (limit) => newestRecords(recent, folder.decisionLog, limit),
    }),
    ...contentOperations({ effects: content, importContent: importing }),
  };
  const effectOf = ruleEffects({ engine, content, usage, clock: systemClock });
  return { database, decider: deciding, content, usage, effectOf, operations, policies, secret };
};

const prepareDemo = async (
  demo: boolean | undefined,
  tokens: Parameters<typeof removeDemoTokens>[0],
): Promise<void> => {
  if (demo === true) {
    await seedDemo(tokens.database);
    await renewDemoTokens(tokens, new Date());
  }
  if (demo === false) await removeDemoTokens(tokens);
};

const accountCache = { entriesMax: 20_000, ageMsMax: 2_000 };
