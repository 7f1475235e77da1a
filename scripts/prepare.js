// Plain JavaScript on purpose: npm runs this after installing, with whatever Node is at hand.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Builds the console after `npm ci`, so that `npm start` can serve it. Without its build tools (`--omit=dev`) it says so and goes on. */

const root = resolve(import.meta.dirname, '..');
const tools = ['vite', 'svelte', '@sveltejs/vite-plugin-svelte'];

const installed = (name) =>
  [root, join(root, 'admin-ui')].some((folder) => existsSync(join(folder, 'node_modules', name, 'package.json')));

const missing = tools.filter((name) => !installed(name));

if (missing.length > 0) {
  console.log(
    `The console is not built: ${missing.join(', ')} not installed. Without it the gateway serves everything else.`,
  );
} else {
  const build = spawnSync('npm run --silent build --workspace @gatehouse/admin-ui', {
    cwd: root,
    shell: true,
    stdio: 'inherit',
  });
  process.exitCode = build.status ?? 1;
}
