import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Engine } from '@gatehouse/policies/engine/engine';
import type { Segment } from '@gatehouse/policies/routes/rule';
import { routeTable } from '@gatehouse/policies/routes/table';
import { decider } from '../../decide.ts';
import { openApplication, openDoor, reasonOf, ruleTo, sendRaw, statusOf } from './test/world.ts';

const literal = (text: string): Segment => ({ kind: 'literal', text });
const name: Segment = { kind: 'param', name: 'name', alphabet: 'token' };

/** A door with the real decider: `/files/{name}` takes encoded slashes, `/plain/{name}` does not. */
const openFiles = async () => {
  const application = await openApplication();
  const rule = (id: string, path: readonly Segment[], allowsEncodedSlash: boolean) =>
    ruleTo(application.origin, { id, path, allowsEncodedSlash, allow: { kind: 'everyone' } });
  const table = routeTable(
    [rule('files', [literal('files'), name], true), rule('plain', [literal('plain'), name], false)],
    () => [],
  );
  const { decide } = decider({
    routes: () => table,
    identify: () => ({ kind: 'not-mine' }),
    accounts: () => undefined,
    engine: {} as Engine,
  });
  const world = await openDoor({ origin: application.origin, decide });
  return {
    application,
    world,
    get: (path: string) => sendRaw(world.port, `GET ${path} HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n`),
    [Symbol.asyncDispose]: async () => {
      await world[Symbol.asyncDispose]();
      await application[Symbol.asyncDispose]();
    },
  };
};

it.each(['/files/a%2fb', '/files/a%2Fb%2fc', '/files/a%2F%62?x=%2f'])(
  'an encoded slash that a rule allows arrives as it was written: %s',
  async (path) => {
    await using files = await openFiles();
    expect(statusOf(await files.get(path))).toBe(200);
    const forwarded = path.replace('%62', 'b');
    expect(files.application.seen.map(({ url }) => url)).toEqual([forwarded]);
    expect(files.world.outcomes[0]).toMatchObject({ verdict: 'allow', path: forwarded.split('?')[0] });
  },
);

it.each(['/plain/a%2fb', '/plain%2Fa', '/nowhere/a%2fb', '/files/..%2fb', '/files%2fa', '/.gatehouse%2fa'])(
  'any other is answered 400, recorded and closed: %s',
  async (path) => {
    await using files = await openFiles();
    const answer = await files.get(path);
    expect([statusOf(answer), reasonOf(answer)]).toEqual([400, 'ambiguous_path']);
    expect(answer).toMatch(/\r\nConnection: close\r\n/);
    expect(files.application.seen).toEqual([]);
    expect(files.world.outcomes).toMatchObject([{ verdict: 'bad-request', reason: 'ambiguous_path' }]);
  },
);

it('reaches the application only under the rule that allows it, with the path of its record (INV-1)', async () => {
  await using files = await openFiles();
  const segment = fc.constantFrom(
    'a',
    'a%2fb',
    '%2F',
    'a%2f..',
    '%252f',
    'files',
    'a%2Fb%5cc',
    '%2e%2e%2fa',
    'b%2Fc%2fd',
  );
  const path = fc
    .tuple(fc.constantFrom('files', 'plain', 'plain%2ffiles'), fc.array(segment, { minLength: 1, maxLength: 2 }))
    .map(([first, rest]) => `/${[first, ...rest].join('/')}`);
  await fc.assert(
    fc.asyncProperty(path, async (raw) => {
      await files.get(raw);
    }),
    { numRuns: 150, examples: [['/files/a%2fb'], ['/files/b%2Fc%2fd']] },
  );
  const reached = files.world.outcomes.filter(({ verdict }) => verdict === 'allow');
  expect(files.application.seen.map(({ url }) => url)).toEqual(reached.map((one) => one.path));
  const slashed = reached.filter((one) => /%2f/i.test(one.path));
  expect(slashed.length).toBeGreaterThan(0);
  expect(new Set(slashed.map(({ grounds }) => grounds.rule?.id))).toEqual(new Set(['files']));
});
