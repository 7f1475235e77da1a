import { fileURLToPath } from 'node:url';
import { systemClock } from './clock.ts';
import { closing } from './closing.ts';
import type { Closing } from './closing.ts';
import { formatAddress, isLoopback } from './config/address.ts';
import type { Config } from './config/config.ts';
import { controlApp } from './control/control-app.ts';
import { inFolder, openDataFolder } from './data-folder.ts';
import type { DataFolder } from './data-folder.ts';
import { startExample } from './demo/example.ts';
import { screenText } from './demo/screen.ts';
import { demoToken } from './demo/tokens.ts';
import { applicationApp } from './doors/application-app.ts';
import { proxyDoor } from './doors/proxy/door.ts';
import { drain } from './drain.ts';
import { listenOn, listenOnSocket } from './listening.ts';
import { installationMetrics } from './metrics/installation-metrics.ts';
import { metricsPage } from './metrics/metrics-page.ts';
import { requestMetrics } from './metrics/request-metrics.ts';
import { openInstallation } from './installation.ts';
import type { Installation } from './installation.ts';
import { watchedModel, watchedRoutes } from './load-policies.ts';
import { socketServer } from './operations/socket-server.ts';
import { watchFiles } from './policies/watch-files.ts';
import { readinessOf } from './readiness.ts';
import { lineFile } from './records/line-file.ts';
import { recordOutcome } from './records/record-outcome.ts';
import { recentLines } from './records/recent-lines.ts';
import type { RecentLines } from './records/recent-lines.ts';
import { StartRefused } from './start-refused.ts';
import { undiciUpstream } from './upstream/undici.ts';
import { http1Upstream } from './upstream/http1/http1.ts';
import { version } from './version.ts';

export type Running = {
  /** What to print when everything is up. */
  readonly screen: string;
  /** Drains and closes everything that was opened; resolves with what could not be closed. */
  readonly stop: () => Promise<readonly string[]>;
  /** Reads the route policies again; what comes of it is said like everything else. */
  readonly reloadPolicies: () => void;
  /** Resolves with the cause when the gateway can no longer work and has to end. */
  readonly broken: Promise<Error>;
};

const recordsMax = 10_000;
const recordBytesMax = 8 << 20;
const graceMs = 5_000;
const consoleFolder = fileURLToPath(new URL('../../admin-ui/dist', import.meta.url));

/** Starts everything, or throws a {@link StartRefused} after closing what was already open. */
export const serve = async (config: Config, say: (line: string) => void): Promise<Running> => {
  const opened = closing();
  try {
    return await start(config, say, opened);
  } catch (error) {
    await opened.close();
    throw error;
  }
};

const start = async (config: Config, say: (line: string) => void, opened: Closing): Promise<Running> => {
  const startedAt = performance.now();
  const demo = wantsDemo(config);
  const folder = takeFolder(config, opened);
  const recent = recentLines({ linesMax: recordsMax, bytesMax: recordBytesMax });
  const [installation, example] = await both(
    runInstallation({ config, folder, demo, recent, say }, opened),
    demo ? runExample(config, opened) : Promise.resolve(undefined),
  );
  for (const warning of installation.policies.routes().warnings) say(`warning: ${warning}`);
  const doors = await openDoors({ config, folder, installation, recent, opened, say });
  return {
    screen: screenText({
      version,
      readyMs: performance.now() - startedAt,
      applications: `http://${formatAddress(doors.applications)}`,
      control: doors.control,
      data: folder.path,
      ...(example === undefined || !isInFront(installation)
        ? {}
        : { demo: { example, token: (username) => demoToken(installation.secret, username) } }),
    }),
    stop: () => {
      doors.beginDraining();
      return opened.close();
    },
    reloadPolicies: () => void installation.policies.reload('signal'),
    broken: new Promise((resolve) => {
      void installation.database.ended.then((end) => {
        if (end.kind === 'died') resolve(end.cause);
      });
    }),
  };
};

/** The demo's tokens can be read off the screen: they exist only where nobody else can reach them. */
const wantsDemo = (config: Config): boolean => {
  const isLocal = [config.GATEHOUSE_LISTEN, ...config.GATEHOUSE_CONTROL_LISTEN].every(isLoopback);
  if (config.GATEHOUSE_DEMO === 'on' && !isLocal) {
    throw new StartRefused('The demo runs on loopback addresses only. Unset GATEHOUSE_DEMO, or listen on 127.0.0.1.');
  }
  return config.GATEHOUSE_DEMO === undefined ? isLocal : config.GATEHOUSE_DEMO === 'on';
};

const takeFolder = (config: Config, opened: Closing): DataFolder => {
  const taken = openDataFolder(config.GATEHOUSE_DATA);
  if (taken.kind !== 'open') throw new StartRefused(taken.message);
  opened.add('lock', taken.folder.release);
  return taken.folder;
};

/** Waits for both even when one fails, so that nothing opens behind the back of who closes. */
const both = async <First, Second>(first: Promise<First>, second: Promise<Second>): Promise<[First, Second]> => {
  await Promise.allSettled([first, second]);
  return Promise.all([first, second]);
};

const runInstallation = async (
  options: Parameters<typeof openInstallation>[0],
  opened: Closing,
): Promise<Installation> => {
  const installation = await openInstallation(options);
  opened.add('database', () => installation.database.close());
  opened.add('usage', installation.usage.close);
  opened.add('content', installation.content.close);
  void installation.content.start();
  return installation;
};

const runExample = async (config: Config, opened: Closing): Promise<string | undefined> => {
  const address = config.GATEHOUSE_EXAMPLE_LISTEN;
  const example = await startExample(address);
  switch (example.kind) {
    case 'running':
      opened.add('example', example.stop);
      return example.origin;
    case 'absent':
      return undefined;
    case 'failed':
      throw new StartRefused(
        `The example application did not start on ${formatAddress(address)}: ${example.message}\n` +
          'Set GATEHOUSE_EXAMPLE_LISTEN to a free address, or GATEHOUSE_DEMO=off to go without it.',
      );
  }
};

const upstreamClients = { own: http1Upstream, undici: undiciUpstream } as const;

type Doors = {
  readonly config: Config;
  readonly folder: DataFolder;
  readonly installation: Installation;
  readonly recent: RecentLines;
  readonly opened: Closing;
  readonly say: (line: string) => void;
};

/** The applications' listener comes last: by then everything that it needs is up. */
const openDoors = async ({ config, folder, installation, recent, opened, say }: Doors) => {
  const log = inFolder(folder, () => lineFile(folder.decisionLog));
  opened.add('decision log', log.close);
  const { readiness, beginDraining } = readinessOf({ installation, log });
  const upstream = upstreamClients[config.GATEHOUSE_UPSTREAM_CLIENT]();
  const policiesDigest = () => installation.policies.routes().digest;
  const requests = requestMetrics();
  const keep = recordOutcome({ recent, log, policiesDigest, clock: systemClock });
  const metrics = metricsPage(() => [
    ...installationMetrics({
      version,
      policies: installation.policies.state(),
      log: log.health(),
      content: installation.content.health(),
      usage: installation.usage.health(),
      now: systemClock.wallMs(),
    }),
    ...requests.families(),
  ]);
  await openSocket(folder, installation, opened);
  const local = await openControl(config, { version, readiness, metrics, consoleFolder }, opened, say);
  const control = config.GATEHOUSE_CONTROL_ORIGIN ?? local;
  const door = proxyDoor({
    decide: installation.decider.decide,
    ruleFor: installation.decider.ruleFor,
    effectOf: installation.effectOf,
    controlOrigin: control,
    upstream,
    record: (outcome) => {
      requests.count(outcome);
      keep(outcome);
    },
  });
  opened.add('proxy door', door.close);
  opened.add('upstream', upstream.close);
  const app = applicationApp(door);
  const listening = await listenOn(app, config.GATEHOUSE_LISTEN, 'GATEHOUSE_LISTEN');
  if (listening.kind !== 'listening') throw new StartRefused(listening.message);
  opened.add('applications', () => drain(app, graceMs));
  const watch = watchFiles({
    watched: [watchedRoutes(config.GATEHOUSE_POLICIES), watchedModel(config.GATEHOUSE_POLICIES)],
    onChange: () => void installation.policies.reload('change'),
  });
  opened.add('policy watch', watch.close);
  return { applications: listening.address, control, beginDraining };
};

/** Whether the loaded policies have rules for the example: with other policies the demo's lines would not hold. */
const isInFront = ({ policies }: Installation): boolean =>
  policies.routes().table.rules.some(({ app }) => app === 'quantum');

/** A socket file that a killed process left is in the way; the folder's lock says that nobody uses it. */
const openSocket = async (folder: DataFolder, { operations }: Installation, opened: Closing): Promise<void> => {
  const app = socketServer(operations);
  await listenOnSocket(app, folder.socketPath).catch((error: unknown) => {
    throw new StartRefused(`The control socket ${folder.socketPath} cannot be opened: ${String(error)}`);
  });
  opened.add('control socket', () => drain(app, 0));
};

/** One control server for each address; a machine without IPv6 goes without that one. */
const openControl = async (
  config: Config,
  parts: Parameters<typeof controlApp>[0],
  opened: Closing,
  say: (line: string) => void,
): Promise<string> => {
  let port: number | undefined;
  for (const address of config.GATEHOUSE_CONTROL_LISTEN) {
    const app = await controlApp(parts);
    const listening = await listenOn(app, address, 'GATEHOUSE_CONTROL_LISTEN');
    if (listening.kind === 'refused') throw new StartRefused(listening.message);
    if (listening.kind === 'no-such-address') {
      say(`warning: ${listening.message}`);
      continue;
    }
    port ??= listening.address.port;
    opened.add('control', () => drain(app, graceMs));
  }
  if (port === undefined) throw new StartRefused('No address of GATEHOUSE_CONTROL_LISTEN could be opened.');
  return `http://localhost:${port}`;
};
