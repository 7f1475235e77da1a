import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { compileRoutes } from '../load.ts';
import { loadModel } from '../../model/load.ts';
import { routeProblemText } from '../problem.ts';
import type { CompiledModel } from '../../model/compiled.ts';
import type { LoadOptions, RoutesLoaded } from '../load.ts';

const path = (name: string): string => fileURLToPath(new URL(`../../../${name}`, import.meta.url));

let shipped: Promise<CompiledModel> | undefined;

/** The model that is shipped, parsed once for each test file. */
export const shippedModel = (): Promise<CompiledModel> =>
  (shipped ??= loadModel(path('model')).then(({ model }) => model));

/** The shipped policies and model, in a world with one account: `acme` is `acc_1`. */
export const loadOptions = async (): Promise<LoadOptions> => ({
  folder: path('routes'),
  model: await shippedModel(),
  accountId: (slug) => (slug === 'acme' ? 'acc_1' : undefined),
});

/** Loads files that stand in no folder. */
export const compileTexts = async (files: Readonly<Record<string, string | Uint8Array>>): Promise<RoutesLoaded> => {
  const sources = Object.entries(files).map(([file, text]) => ({
    file,
    bytes: typeof text === 'string' ? new TextEncoder().encode(text) : text,
  }));
  return compileRoutes(sources, await loadOptions());
};

/** A file of the application `q` whose rules, from line 7 on, are the given lines behind the host `*`. */
export const routeFile = (rules: string, params = 'params: { n: int }'): string => {
  const head = ['version: 1', 'app: q', 'upstreams: { api: http://127.0.0.1:1 }', params, 'hosts:', '  "*":'];
  return `${[...head, rules.replaceAll(/^/gm, '    ')].join('\n')}\n`;
};

/** The problems of files that do not load, the warnings of those that do. */
export const problemTexts = (loaded: RoutesLoaded): readonly string[] =>
  (loaded.kind === 'refused' ? loaded.problems : loaded.warnings).map(routeProblemText);

/** For comparing with problems whose ends do not matter. */
export const startingWith = (starts: readonly string[]): readonly unknown[] =>
  starts.map((start) => expect.stringMatching(new RegExp(`^${RegExp.escape(start)}`)));
