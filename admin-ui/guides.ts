import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Plugin } from 'vite';

/** Guides of the repository that the console links to. As text files every browser shows them, under any policy. */
const sources = { 'guides/readme.txt': 'README.md', 'guides/glossary.txt': 'docs/glossary.md' };

const root = resolve(import.meta.dirname, '..');

/** Puts the repository's guides beside the console, so that its links need no other server. */
export const guides = (): Plugin => ({
  name: 'gatehouse-guides',
  generateBundle() {
    for (const [fileName, from] of Object.entries(sources)) {
      const path = resolve(root, from);
      if (existsSync(path)) this.emitFile({ type: 'asset', fileName, source: readFileSync(path) });
      else this.warn(`${from} is missing; the console links to ${fileName}`);
    }
  },
  configureServer(server) {
    for (const [fileName, from] of Object.entries(sources)) {
      server.middlewares.use(`/console/${fileName}`, (_request, response) => {
        response.setHeader('content-type', 'text/plain; charset=utf-8');
        response.end(readFileSync(resolve(root, from)));
      });
    }
  },
});
