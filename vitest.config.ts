import { defineConfig } from 'vitest/config';

const project = (name: string, root: string, timeoutMs = 30_000) => ({
  test: {
    name,
    root,
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/*.browser.test.ts'],
    testTimeout: timeoutMs,
    hookTimeout: timeoutMs,
  },
});

export default defineConfig({
  test: {
    globalSetup: ['db/test/database-template.ts'],
    projects: [
      project('policies', 'policies'),
      project('db', 'db'),
      project('gateway', 'gateway'),
      project('admin-ui', 'admin-ui'),
      project('quantum', 'examples/quantum'),
      project('bench', 'bench'),
      project('scripts', 'scripts'),
      // Each story starts real gateways, two cores shared.
      project('e2e', 'e2e', 180_000),
    ],
  },
});
