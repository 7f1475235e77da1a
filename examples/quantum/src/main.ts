import { parseArgs } from 'node:util';
import { dataFile } from './data-file.ts';
import { quantum } from './quantum.ts';
import { seed } from './seed.ts';
import { store } from './store.ts';
import type { Store } from './store.ts';

const help = `quantum: a small example application without any authorization code

Usage: node src/main.ts [--data FILE]

  --data FILE   keep algorithms and jobs in this JSON file (default: in memory)
  --help        this text

Environment:
  PORT          default 4402; 0 takes a free one
  HOST          default 127.0.0.1
`;

const main = async (): Promise<void> => {
  const { values } = parseArgs({ options: { data: { type: 'string' }, help: { type: 'boolean' } } });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const hasParent = process.connected;
  const host = process.env['HOST'] ?? '127.0.0.1';
  const app = quantum({ store: await openStore(values.data), onError: (error) => console.error('quantum:', error) });
  const port = await app.listen(portFrom(process.env['PORT']), host);
  stopWhenTold(app.close, hasParent);
  console.log(`quantum listens on http://${host.includes(':') ? `[${host}]` : host}:${port}`);
  if (process.connected) process.send?.({ kind: 'listening', port });
};

const openStore = async (path: string | undefined): Promise<Store> => {
  if (path === undefined) return store(seed());
  const file = dataFile(path);
  return store((await file.load()) ?? seed(), file.save);
};

const portFrom = (text = '4402'): number => {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535)
    throw new Error(`PORT must be a number from 0 to 65535, not ${JSON.stringify(text)}`);
  return port;
};

/** A signal, or a parent that is gone: whoever started this service as its child must not leave it behind. */
const stopWhenTold = (close: () => Promise<void>, hasParent: boolean): void => {
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    void close().then(() => process.connected && process.disconnect());
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  if (hasParent && !process.connected) stop();
  else if (hasParent) process.once('disconnect', stop);
};

const sentenceOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'EADDRINUSE')
    return `${error.message.replace(/^listen EADDRINUSE: /, '')}. Set PORT to a free port.`;
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
};

try {
  await main();
} catch (error) {
  console.error(`quantum: ${sentenceOf(error)}`);
  process.exitCode = 1;
  if (process.connected) process.disconnect();
}
