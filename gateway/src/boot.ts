import { enableCompileCache, registerHooks } from 'node:module';

// Node's ESM loader copies drizzle-orm's 179 kB package.json for each of its relative imports: 0.6 to 1 s of start-up.
// Resolving those imports ourselves avoids it. This file imports nothing else, so that both measures are in force first.
enableCompileCache();
registerHooks({
  resolve: (specifier, context, next) =>
    specifier.startsWith('.') && context.parentURL?.includes('/node_modules/drizzle-orm/')
      ? { url: new URL(specifier, context.parentURL).href, format: 'module', shortCircuit: true }
      : next(specifier, context),
});
