import { readFile, writeFile } from 'node:fs/promises';
import { bench } from './bench.ts';
import { help, parse } from './options.ts';
import type { Options } from './options.ts';
import { progressOn } from './progress.ts';
import { replaceReport } from './readme.ts';
import { report, reportText } from './report.ts';
import { systems } from './systems/all.ts';

const all = systems(process.env);
const readme = new URL('../README.md', import.meta.url);

const run = async (options: Options): Promise<void> => {
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupt.abort());
  const progress = progressOn(process.stderr);
  try {
    const chosen = all.filter(({ name }) => options.systems.includes(name));
    const samples = await bench(chosen, options, progress, interrupt.signal);
    progress.clear();
    const made = report(samples, chosen, options, new Date());
    const text = reportText(made);
    console.log(text);
    if (options.jsonFile !== null) await writeFile(options.jsonFile, `${JSON.stringify(made, null, 2)}\n`);
    if (options.write) await writeFile(readme, replaceReport(await readFile(readme, 'utf8'), text));
  } catch (error) {
    progress.clear();
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
};

const names = all.map(({ name }) => name);
const parsed = parse(process.argv.slice(2), names);
switch (parsed.kind) {
  case 'help':
    process.stdout.write(help(names));
    break;
  case 'wrong':
    console.error(`bench: ${parsed.message}\n\n${help(names)}`);
    process.exitCode = 2;
    break;
  case 'run':
    await run(parsed.options);
}
