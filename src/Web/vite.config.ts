import { defineConfig } from 'vite';

// An entry, named by the mode, gives one script and one style sheet, which src/Reporting and src/Dashboard embed; the build of the solution
// says where they go.
export default defineConfig(({ mode }) => ({
  define: { 'process.env.NODE_ENV': '"production"' },
  build: {
    lib: { entry: `src/${mode}.ts`, formats: ['iife'], name: 'macrocausal', fileName: () => `${mode}.js`, cssFileName: mode },
    outDir: process.env.WEB_BUNDLE ?? '../../artifacts/web',
    emptyOutDir: false,
    target: 'es2022',
  },
}));
