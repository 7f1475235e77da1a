import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { styleText } from 'node:util';

/**
 * Runs every `check:*` script of the root package.json, two at a time, and prints the output of those that failed.
 * `npm run check -- gateway policies` formats and lints these folders only; types, boundaries and unused code are
 * properties of the whole and are always checked whole. Ends with 1 when a check failed.
 */

type Step = { readonly name: string; readonly command: string };
type Outcome = { readonly step: Step; readonly failed: boolean; readonly output: string; readonly seconds: string };

const stepsAtOnce = 2;
const takesFolders = new Set(['format', 'lint']);
const root = resolve(import.meta.dirname, '..');

const steps = (folders: readonly string[]): readonly Step[] => {
  const manifest = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  return Object.entries(manifest.scripts)
    .filter(([script]) => script.startsWith('check:'))
    .map(([script, command]) => {
      const name = script.slice('check:'.length);
      return { name, command: takesFolders.has(name) ? [command, ...folders].join(' ') : command };
    });
};

const run = (step: Step): Promise<Outcome> =>
  new Promise((done) => {
    const startedAt = performance.now();
    const child = spawn(step.command, { cwd: root, shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const pieces: Buffer[] = [];
    child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
    child.stderr.on('data', (piece: Buffer) => pieces.push(piece));
    child.on('close', (code) => {
      const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
      done({ step, failed: code !== 0, output: Buffer.concat(pieces).toString(), seconds });
    });
  });

const report = ({ step, failed, output, seconds }: Outcome): void => {
  if (failed) process.stdout.write(`\n${output.trimEnd()}\n\n`);
  const mark = failed ? styleText('red', 'failed') : styleText('green', 'ok');
  console.log(`${mark} ${step.name} (${seconds} s)`);
};

const waiting = [...steps(process.argv.slice(2))];
let failures = 0;

const worker = async (): Promise<void> => {
  for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
    const outcome = await run(step);
    report(outcome);
    if (outcome.failed) failures += 1;
  }
};

await Promise.all(Array.from({ length: stepsAtOnce }, worker));
process.exitCode = failures === 0 ? 0 : 1;
