import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { guides } from './guides.ts';

const control = 'http://localhost:4401';

export default defineConfig({
  base: '/console/',
  // Named here, not in svelte.config.js: that file is looked up from the working directory and missed from the root.
  plugins: [svelte({ configFile: false, compilerOptions: { runes: true } }), guides()],
  build: {
    target: 'es2023',
    // Nothing inline: the page is served under a policy that allows files of its own origin only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/healthz': control, '/readyz': control } },
});
