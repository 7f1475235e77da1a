import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Server as NetServer } from 'node:net';
import type { Rule } from '@gatehouse/policies/routes/rule';
import type { EffectOf } from '../../../effects/effect.ts';
import { http1Upstream } from '../../../upstream/http1/http1.ts';
import type { Verdict } from '../../../verdict.ts';
import { proxyDoor } from '../door.ts';
import type { ProxyDoorParts } from '../door.ts';
import type { ProxyLimits } from '../limits.ts';
import type { Outcome } from '../../../records/outcome.ts';
import { serverOptions } from '../server-options.ts';

export type World = {
  readonly port: number;
  readonly outcomes: Outcome[];
  /** Resolves with the outcomes as soon as there are `count` of them. */
  readonly outcomesOf: (count: number) => Promise<readonly Outcome[]>;
  readonly server: Server;
  readonly resent: () => number;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

type Options = {
  readonly origin: string;
  readonly decide?: ProxyDoorParts['decide'];
  readonly rule?: Partial<Rule>;
  readonly effectOf?: EffectOf;
  readonly ruleFor?: ProxyDoorParts['ruleFor'];
  readonly controlOrigin?: ProxyDoorParts['controlOrigin'];
  readonly limits?: Partial<ProxyLimits>;
};

export const ruleTo = (upstream: string, changes: Partial<Rule> = {}): Rule => ({
  id: 'test GET /',
  app: 'test',
  method: 'GET',
  host: { kind: 'any' },
  path: [{ kind: 'rest' }],
  allow: { kind: 'signed-in' },
  upstream,
  bodyBytesMax: 1024 * 1024,
  timeoutMs: 5_000,
  file: 'test.yaml',
  line: 1,
  ...changes,
});

export const allowed = (rule: Rule): Extract<Verdict, { kind: 'allow' }> => ({ kind: 'allow', rule, asked: [] });

/** A door on a free port in front of `origin`; it allows everything unless told otherwise. */
export const openDoor = async ({
  origin,
  decide,
  rule,
  effectOf,
  ruleFor,
  controlOrigin,
  limits = {},
}: Options): Promise<World> => {
  const outcomes: Outcome[] = [];
  const waiting: (() => void)[] = [];
  const upstream = http1Upstream({ tickMs: 20 });
  const verdict = allowed(ruleTo(origin, rule));
  const quick = { tickMs: 20, lingerMs: 300, ...limits };
  const door = proxyDoor({
    decide: decide ?? (() => verdict),
    upstream,
    ...(effectOf === undefined ? {} : { effectOf }),
    ...(ruleFor === undefined ? {} : { ruleFor }),
    controlOrigin,
    record: (outcome) => {
      outcomes.push(outcome);
      for (const wake of waiting.splice(0)) wake();
    },
    limits: quick,
  });
  const server = createServer(serverOptions(quick), door.handle);
  server.on('clientError', door.onClientError);
  door.attach(server);
  const port = await listening(server);
  return {
    port,
    outcomes,
    outcomesOf: async (count) => {
      while (outcomes.length < count) await new Promise<void>((resolve) => waiting.push(resolve));
      return outcomes;
    },
    server,
    resent: upstream.resent,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await upstream.close();
      await door.close();
    },
  };
};

export const listening = async (server: NetServer): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};

export type Seen = {
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: readonly string[];
  readonly body: string;
};
export type Application = {
  readonly origin: string;
  readonly seen: Seen[];
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/** An application that writes down each request before it answers. */
export const openApplication = async (
  answer: (req: IncomingMessage, res: ServerResponse) => void = (_req, res) => void res.end('hello'),
): Promise<Application> => {
  const seen: Seen[] = [];
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const body = Buffer.concat(chunks).toString('latin1');
      seen.push({ method: req.method ?? '', url: req.url ?? '', rawHeaders: req.rawHeaders, body });
      answer(req, res);
    });
  });
  return { origin: await originOf(server), seen, [Symbol.asyncDispose]: () => closed(server) };
};

export const originOf = async (server: NetServer): Promise<string> => `http://127.0.0.1:${await listening(server)}`;

export const closed = async (server: Server): Promise<void> => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
};

/** Sends bytes and gives back everything that comes until the other side hangs up. */
export const sendRaw = (port: number, bytes: string | Buffer): Promise<string> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', reject);
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('end', () => socket.end());
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
    socket.write(bytes, 'latin1');
  });

export const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1] ?? 0);

export const reasonOf = (answer: string): string | undefined => /"reason":"([a-z_]+)"/.exec(answer)?.[1];

/** A GET that ends its connection. */
export const get = (path = '/', ...lines: string[]): string =>
  [`GET ${path} HTTP/1.1`, 'Host: app.example:8080', 'Connection: close', ...lines, '', ''].join('\r\n');
