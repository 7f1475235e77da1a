import { request } from 'node:http';
import { StartRefused } from '../start-refused.ts';
import type { DiscardAnswer, EffectsAnswer, ImportAnswer, RetryAnswer } from './content-asked.ts';
import { replayOverSocket } from './replay-client.ts';
import type { CheckAnswer, DecisionsAnswer, ExplainAnswer, Operations, ReloadAnswer } from './operations.ts';

const answerTimeoutMs = 10_000;
/** Thousands of routes, all of their tests, on a machine that has other work as well. */
const reloadTimeoutMs = 120_000;
/** One transaction of 200 rows, behind whatever else the database has to do. */
const importTimeoutMs = 120_000;

/** The operations of the server that listens on `socketPath`. Each call rejects when it does not answer. */
export const socketClient = (socketPath: string): Operations => ({
  check: (asked) => call<CheckAnswer>(socketPath, '/check', asked),
  explain: (asked) => call<ExplainAnswer>(socketPath, '/explain', asked),
  decisions: (asked) => call<DecisionsAnswer>(socketPath, '/decisions', asked),
  replay: (asked) => replayOverSocket(socketPath, asked),
  reloadRoutes: () => call<ReloadAnswer>(socketPath, '/routes/reload', {}, reloadTimeoutMs),
  effects: () => call<EffectsAnswer>(socketPath, '/effects', {}),
  retryEffect: (asked) => call<RetryAnswer>(socketPath, '/effects/retry', asked),
  discardEffect: (asked) => call<DiscardAnswer>(socketPath, '/effects/discard', asked),
  importContent: (asked) => call<ImportAnswer>(socketPath, '/content/import', asked, importTimeoutMs),
});

/** True when a server accepts connections there. A file that a killed server left behind does not count. */
export const isServed = (socketPath: string): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = request({ socketPath, path: '/', method: 'HEAD', timeout: answerTimeoutMs });
    probe.on('response', (response) => {
      response.resume();
      resolve(true);
    });
    probe.on('timeout', () => probe.destroy());
    probe.on('error', () => resolve(false));
    probe.end();
  });

const call = <Answer>(socketPath: string, path: string, asked: unknown, timeoutMs = answerTimeoutMs): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const body = JSON.stringify(asked);
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = request({ socketPath, path, method: 'POST', headers, timeout: timeoutMs }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => (text += piece));
      response.on('end', () => {
        const answer = parsed(text);
        if (answer === undefined) reject(new StartRefused(strangerText));
        else resolve(answer as Answer);
      });
      response.on('error', () => reject(new StartRefused(endedText)));
    });
    sent.on('timeout', () =>
      sent.destroy(new StartRefused(`The gateway did not answer within ${timeoutMs / 1_000} s.`)),
    );
    sent.on('error', (error) => reject(error instanceof StartRefused ? error : new StartRefused(endedText)));
    sent.end(body);
  });

/** Also of one that is killed: what it has not answered may or may not be done, and all of it can be asked again. */
const endedText = 'The gateway ended before it had answered. Run the command again; an import goes on where it ended.';

const strangerText =
  'What listens on the control socket is no gateway of this version. Restart it, or use its own command line.';

const parsed = (text: string): object | undefined => {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === 'object' && answer !== null && 'kind' in answer ? answer : undefined;
  } catch {
    return undefined;
  }
};
