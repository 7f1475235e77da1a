import { mkdirSync, writeFileSync } from 'node:fs';
import { referencePages } from './reference.ts';

const root = new URL('../', import.meta.url);
mkdirSync(new URL('docs/reference/', root), { recursive: true });
for (const [path, text] of Object.entries(referencePages())) writeFileSync(new URL(path, root), text);
