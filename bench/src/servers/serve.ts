import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The child's side of `child.ts`: listens on a free port, tells it, answers for its processor time, goes with its parent. */
export const serve = (server: Server): void => {
  process.once('disconnect', () => process.exit(0));
  process.on('message', (message: { kind: string }) => {
    if (message.kind === 'cpu') process.send?.({ kind: 'cpu', micros: cpuMicros() });
  });
  server.listen(0, '127.0.0.1', () =>
    process.send?.({ kind: 'listening', port: (server.address() as AddressInfo).port }),
  );
};

const cpuMicros = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};
