import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Answer = (response: ServerResponse) => void;

export type IssuerServer = {
  readonly origin: string;
  /** Paths asked for, in their order. */
  readonly asked: string[];
  /** What each path is answered with; 404 for others. Changed at will. */
  readonly answers: Map<string, Answer>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/** A real server that publishes keys, or misbehaves, as a test says. */
export const issuerServer = async (): Promise<IssuerServer> => {
  const asked: string[] = [];
  const answers = new Map<string, Answer>();
  const server = createServer((request, response) => {
    asked.push(request.url!);
    const answer = answers.get(request.url!) ?? ((absent: ServerResponse) => absent.writeHead(404).end());
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    answers,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

export const json =
  (value: unknown, headers: Record<string, string> = {}): Answer =>
  (response) =>
    void response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
