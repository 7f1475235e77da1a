import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export type HostileServer = {
  readonly origin: string;
  /** Heads of requests in the order in which they came, over all connections. */
  readonly heads: string[];
  readonly sockets: Socket[];
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

export type Behave = (socket: Socket, head: string, count: number) => void;

/** A server that does with a connection whatever the test says, once for each head of a request that came in. */
export const hostileServer = async (behave: Behave): Promise<HostileServer> => {
  const heads: string[] = [];
  const sockets: Socket[] = [];
  const server = createServer({ allowHalfOpen: false }, (socket) => {
    sockets.push(socket);
    let received = '';
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      for (let end = received.indexOf('\r\n\r\n'); end !== -1; end = received.indexOf('\r\n\r\n')) {
        const head = received.slice(0, end);
        received = received.slice(end + 4);
        if (!/^[A-Z]+ \/\S* HTTP\/1\.1\r\n/.test(head)) return;
        heads.push(head);
        behave(socket, head, heads.length);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heads,
    sockets,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

/** An answer with a length, ready for the wire. */
export const plain = (body: string): string => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

/** Answers with `total` bytes in equal pieces, as fast as the socket takes them and no faster. */
export const sendPieces = (socket: Socket, piece: Buffer, total: number): void => {
  socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${total}\r\n\r\n`);
  let left = total;
  const pump = (): void => {
    while (left > 0) {
      left -= piece.length;
      if (!socket.write(piece)) return;
    }
  };
  socket.on('drain', pump);
  pump();
};
