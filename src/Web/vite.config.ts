import { defineConfig } from 'vite';

// One script and one style sheet, which src/Reporting embeds; the build of the solution says where they go.
export default defineConfig({
  define: { 'process.env.NODE_ENV': '"production"' },
  build: {
    lib: { entry: 'src/report.ts', formats: ['iife'], name: 'macrocausal', fileName: () => 'report.js', cssFileName: 'report' },
    outDir: process.env.WEB_BUNDLE ?? '../../artifacts/web',
    emptyOutDir: false,
    target: 'es2022',
  },
});
