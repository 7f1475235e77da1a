import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

describe('prepare', () => {
  let root: string;
  const prepare = () => spawnSync(process.execPath, ['scripts/prepare.js'], { cwd: root });
  const install = (name: string): void => {
    mkdirSync(join(root, 'node_modules', name), { recursive: true });
    writeFileSync(join(root, 'node_modules', name, 'package.json'), '{}');
  };

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'gatehouse-prepare-'));
    cpSync(join(import.meta.dirname, 'prepare.js'), join(root, 'scripts/prepare.js'));
    writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it('goes on without the build tools, and says which are missing', () => {
    install('vite');
    const { status, stdout } = prepare();
    expect(stdout.toString()).toContain(
      'The console is not built: svelte, @sveltejs/vite-plugin-svelte not installed.',
    );
    expect(status).toBe(0);
  });

  it('fails the installation when the build fails', () => {
    install('svelte');
    install('@sveltejs/vite-plugin-svelte');
    expect(prepare().status).not.toBe(0);
  });
});
