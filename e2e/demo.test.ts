import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownPlace, serve } from './test/gatehouse.ts';
import type { Gatehouse } from './test/gatehouse.ts';

const shell = promisify(execFile);

type Answer = { status: string | undefined; reason: string | undefined };
type Printed = Answer & { line: string };

/** The printed lines: each `curl` with the status, and the reason if there is one, that its comment names. */
const curlLines = (screen: string): Printed[] =>
  screen
    .split('\n')
    .map((line) => ({ line, match: /^curl .*# (\d{3})(?: (\w+))?$/.exec(line) }))
    .flatMap(({ line, match }) => (match === null ? [] : [{ line, status: match[1], reason: match[2] }]));

const run = async (line: string): Promise<string> => (await shell('sh', ['-c', line])).stdout;

const answerOf = (output: string): Answer => ({
  status: /^HTTP\/1\.1 (\d{3})/.exec(output)?.[1],
  reason: /"reason":"(\w+)"/.exec(output)?.[1],
});

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
    for (const printed of curlLines(screen)) {
      expect({ line: printed.line, ...answerOf(await run(printed.line)) }).toEqual(printed);
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
      '201',
      '200',
      '403',
      '200',
      '202',
      '200',
      '204',
      '403',
      '401',
      '400',
    ]);
  });

  it('prints only lines that give the status they name', async () => {
    await expectEveryLineToHold(first.output());
  });

  it('shows the owner what she made, the viewer her job, and the outsider nothing', async () => {
    const lines = curlLines(first.output()).map(({ line }) => line);
    const [create = '', , , outsidersList = '', runJob = '', jobs = '', remove = ''] = lines.slice(4);
    const body = (output: string): unknown => JSON.parse(output.slice(output.indexOf('\r\n\r\n')));
    const made = body(await run(create));
    expect(made).toMatchObject({ id: 'demo' });
    expect(body(await run(outsidersList))).toEqual({ items: [] });
    const job = body(await run(runJob)) as { id: string };
    expect(body(await run(jobs))).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ id: job.id, algorithm: 'qft' })]),
    });
    expect(answerOf(await run(remove))).toMatchObject({ status: '204' });
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
