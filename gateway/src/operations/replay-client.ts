import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline/promises';
import { StartRefused } from '../start-refused.ts';
import type { ReplayAsked, ReplayTold } from './operations.ts';

/** Long enough for the candidate's own tests, after which something is told for every few records. */
const silenceMsMax = 120_000;

/** Asks the server that listens on `socketPath`; what it tells comes as it is told. */
export async function* replayOverSocket(socketPath: string, asked: ReplayAsked): AsyncGenerator<ReplayTold> {
  const { candidate } = asked;
  const sources = candidate.sources.map(({ file, bytes }) => ({ file, bytes: Buffer.from(bytes).toString('base64') }));
  const response = await answered(socketPath, JSON.stringify({ ...asked, candidate: { ...candidate, sources } }));
  try {
    for await (const line of createInterface({ input: response })) yield toldIn(line);
  } catch (error) {
    throw error instanceof StartRefused ? error : new StartRefused('The gateway ended before it had answered.');
  }
}

const toldIn = (line: string): ReplayTold => {
  try {
    const told: unknown = JSON.parse(line);
    if (typeof told === 'object' && told !== null && 'kind' in told) return told as ReplayTold;
  } catch {
    // Said below, like everything else that is no answer.
  }
  throw new StartRefused('What listens on the control socket is no gateway of this version. Restart it.');
};

const answered = (socketPath: string, body: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = request({ socketPath, path: '/replay', method: 'POST', headers, timeout: silenceMsMax }, resolve);
    sent.on('timeout', () => sent.destroy(new StartRefused(`The gateway was silent for ${silenceMsMax / 1_000} s.`)));
    sent.on('error', reject);
    sent.end(body);
  });
