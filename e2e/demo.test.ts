import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownPlace, serve } from './test/gatehouse.ts';
import type { Gatehouse } from './test/gatehouse.ts';

const run = promisify(execFile);

/** The printed lines: each `curl` with the status, and the reason if there is one, that its comment names. */
const curlLines = (screen: string): { line: string; status: string; reason: string | undefined }[] =>
  screen
    .split('\n')
    .map((line) => ({ line, match: /^curl .*# (\d{3})(?: (\w+))?$/.exec(line) }))
    .flatMap(({ line, match }) => (match === null ? [] : [{ line, status: match[1]!, reason: match[2] }]));

const answerOf = async (line: string): Promise<{ status: string | undefined; reason: string | undefined }> => {
  const { stdout } = await run('sh', ['-c', line]);
  return { status: /^HTTP\/1\.1 (\d{3})/.exec(stdout)?.[1], reason: /"reason":"(\w+)"/.exec(stdout)?.[1] };
};

describe('the demo', () => {
  let place: Awaited<ReturnType<typeof ownPlace>>;
  let first: Gatehouse;
  beforeAll(async () => {
    place = await ownPlace();
    first = await serve(place.environment);
  });
  afterAll(async () => {
    await first.stop();
    place.remove();
  });

  const expectEveryLineToHold = async (screen: string): Promise<void> => {
    for (const { line, status, reason } of curlLines(screen)) {
      expect({ line, ...(await answerOf(line)) }).toEqual({ line, status, reason });
    }
  };

  it('says once that the database is being made', () => {
    expect(first.output().match(/database is being made/g)).toHaveLength(1);
  });

  it('prints lines for viewer, maintainer, owner, outsider, nobody and a path trick', () => {
    expect(curlLines(first.output()).map(({ status }) => status)).toEqual([
      '200',
      '403',
      '200',
      '403',
      '204',
      '403',
      '401',
      '400',
    ]);
  });

  it('prints only lines that give the status they name', async () => {
    await expectEveryLineToHold(first.output());
  });

  it('prints lines that hold a second time', async () => {
    await expectEveryLineToHold(first.output());
  });

  it('stops on Ctrl-C with everything it started, and prints the same lines, which hold again, after a restart', async () => {
    const before = curlLines(first.output());
    expect(await first.stop('SIGINT')).toBe(0);
    for (const address of [first.applications, `http://${place.environment['GATEHOUSE_EXAMPLE_LISTEN']}`]) {
      await expect(fetch(`${address}/health`)).rejects.toThrow('fetch failed');
    }
    first = await serve(place.environment);
    expect(curlLines(first.output())).toEqual(before);
    expect(first.output()).not.toContain('database is being made');
    await expectEveryLineToHold(first.output());
  });
});
