import { defineConfig } from 'vite';

// Everything becomes a file of our own address, nothing is inlined: so the page's Content-Security-Policy can stay strict.
export default defineConfig({
  base: '/graphiql/',
  build: {
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 5000,
    modulePreload: { polyfill: false },
    rolldownOptions: { checks: { moduleLevelDirective: false } },
    target: 'es2022',
  },
  worker: { format: 'es' },
});
