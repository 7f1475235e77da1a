import { describe, expect, it } from 'vitest';
import { askHealth } from './health.ts';

/** A gateway reduced to its two answers. */
const gateway =
  (answers: Record<string, Response>): typeof fetch =>
  async (path) => {
    const answer = answers[path as string];
    if (answer === undefined) throw new TypeError('Failed to fetch');
    return answer;
  };

const alive = () => Response.json({ status: 'ok', version: '0.1.0' });

describe('askHealth', () => {
  it('reports version and checks of a gateway that is ready', async () => {
    const checks = [{ name: 'database', state: 'ok' }];
    const ask = gateway({
      '/healthz': alive(),
      '/readyz': Response.json({ status: 'ready', version: '0.1.0', checks }),
    });
    expect(await askHealth(ask)).toEqual({ kind: 'answering', version: '0.1.0', ready: true, checks });
  });

  it('reads the failed check from a 503', async () => {
    const checks = [{ name: 'engine', state: 'failed', detail: 'no answer for 3 s' }];
    const ask = gateway({ '/healthz': alive(), '/readyz': Response.json({ checks }, { status: 503 }) });
    expect(await askHealth(ask)).toEqual({ kind: 'answering', version: '0.1.0', ready: false, checks });
  });

  it('leaves out checks that it cannot read, and keeps the others', async () => {
    const checks = [{ name: 'engine', state: 'on fire' }, null, { name: 'database', state: 'warning' }];
    const ask = gateway({ '/healthz': alive(), '/readyz': Response.json({ checks }) });
    expect(await askHealth(ask)).toMatchObject({ ready: true, checks: [{ name: 'database', state: 'warning' }] });
  });

  const unreadable: Record<string, Record<string, Response>> = {
    'nobody answers': {},
    'only /healthz answers': { '/healthz': alive() },
    '/healthz is an error': { '/healthz': Response.json({}, { status: 502 }), '/readyz': Response.json({}) },
    'the answer is a page': { '/healthz': new Response('<!doctype html>'), '/readyz': Response.json({}) },
    'the answer has no version': { '/healthz': Response.json({ status: 'ok' }), '/readyz': Response.json({}) },
  };

  it.each(Object.entries(unreadable))('is silent when %s', async (_case, answers) => {
    expect(await askHealth(gateway(answers))).toEqual({ kind: 'silent' });
  });
});
