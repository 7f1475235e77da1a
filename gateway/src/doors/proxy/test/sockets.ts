import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

/** A client whose errors are its own business. */
export const open = (port: number): Socket => connect(port, '127.0.0.1').on('error', () => undefined);

/** The rest of what comes. */
export const text = async (socket: Socket): Promise<string> => {
  let all = '';
  for await (const chunk of socket) all += (chunk as Buffer).toString('latin1');
  return all;
};

/** What comes until it matches. */
export const awaitText = async (socket: Socket, pattern: RegExp): Promise<string> => {
  let all = '';
  while (!pattern.test(all)) all += String((await once(socket, 'data'))[0]);
  return all;
};

/** Writes as fast as the other side takes it, for ever. */
export const flood = (socket: Socket): void => {
  const pump = (): void => {
    while (socket.write(Buffer.alloc(64 * 1024)));
  };
  socket.on('drain', pump);
  pump();
};

/** The head of a POST. */
export const post = (...lines: string[]): string =>
  ['POST / HTTP/1.1', 'Host: a.example', ...lines, '', ''].join('\r\n');
