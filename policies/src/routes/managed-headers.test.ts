import { describe, expect, it } from 'vitest';
import { compileTexts, problemTexts } from './test/route-files.ts';
import { ruleLines } from './test/rule-lines.ts';

describe('a rule', () => {
  const managed = [
    'Gatehouse-User',
    'gatehouse_account',
    'GATEHOUSE.X',
    'X-Forwarded-For',
    'x_forwarded_for',
    'X-Forwarded',
    'Forwarded',
    'X-Real-IP',
    'X-Request-ID',
    'X-Original-URL',
    'X-Rewrite-URL',
    'X-HTTP-Method-Override',
    'Remote_User',
    'X-Auth-Request-Email',
    'Authorization',
    'Cookie',
    'Host',
    'Content-Length',
    'content_length',
    'Transfer-Encoding',
    'Expect',
    'Connection',
    'Keep-Alive',
    'TE',
    'Trailer',
    'Upgrade',
    'Proxy-Authorization',
  ];
  it.each(managed)('is refused with the header %s, set or removed', async (name) => {
    const lines = `headers: { set: { "${name}": x } }`;
    expect(problemTexts(await compileTexts({ 'q.yaml': ruleLines('GET /a', lines) }))).toEqual([
      `q.yaml:9:25: "${name}" is managed by the gateway`,
    ]);
    expect(
      problemTexts(await compileTexts({ 'q.yaml': ruleLines('GET /a', `headers: { remove: ["${name}"] }`) })),
    ).toEqual([`q.yaml:9:27: "${name}" is managed by the gateway`]);
  });
});
