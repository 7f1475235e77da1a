#!/usr/bin/env node
// Plain JavaScript on purpose: this file must run on any Node, to say which one is needed or to find it.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const nodeMajorMin = 24;

if (Number(process.versions.node.split('.')[0]) >= nodeMajorMin) {
  await import('../src/boot.ts');
  const { main } = await import('../src/cli/gatehouse.ts');
  process.exitCode = await main(process.argv.slice(2), process.env);
} else {
  runWithBundledNode();
}

/** The project brings its own Node as an npm package; an older one on the PATH hands over to it. */
function runWithBundledNode() {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const bundled = ['../../node_modules/.bin/', '../../../.bin/']
    .map((folder) => fileURLToPath(new URL(folder + name, import.meta.url)))
    .find(existsSync);
  if (bundled === undefined) {
    console.error(
      `gatehouse needs Node ${nodeMajorMin} or newer; this is ${process.version}. Install it, or run "npm ci" in the checkout.`,
    );
    process.exit(2);
  }
  const child = spawn(bundled, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => process.exit(code ?? 1));
}
