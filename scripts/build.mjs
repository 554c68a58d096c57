#!/usr/bin/env node
/**
 * Bundles everything that runs.
 *   node scripts/build.mjs               the extension: dist/extension.js, dist/engine.js, dist/practice/main.mjs
 *   import { buildTests }                test files, one bundle each, packages left outside
 */
import { rmSync } from 'node:fs';
import { globSync } from './files.mjs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';

export const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** ssh2 asks for native parts inside try/catch; we give it a module that throws, so it never finds a stranger's. */
const noNative = {
  name: 'no-native',
  setup(build) {
    build.onResolve({ filter: /(^cpu-features$|\.node$)/ }, ({ path: name }) => ({ path: name, namespace: 'absent' }));
    build.onLoad({ filter: /.*/, namespace: 'absent' }, () => ({
      contents: 'throw new Error("left out of the bundle")',
    }));
  },
};

const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  absWorkingDir: ROOT,
  logLevel: 'warning',
  plugins: [noNative],
  metafile: true,
};

/** The bundles a user gets. Sizes are in the metafiles returned, by name. */
export async function buildExtension({ minify = true, sourcemap = true } = {}) {
  rmSync(path.join(ROOT, 'dist', 'practice'), { recursive: true, force: true });
  const shared = { ...common, minify, sourcemap, sourcesContent: false };
  const [extension, practice] = await Promise.all([
    // Two entry points: the first registers and paints, the second (ssh2, API client, schemas) is required when first used.
    esbuild.build({
      ...shared,
      entryPoints: { extension: 'src/extension.ts', engine: 'src/engine.ts' },
      outdir: 'dist',
      format: 'cjs',
      external: ['vscode', './engine.js'],
    }),
    esbuild.build({
      ...shared,
      entryPoints: { main: 'src/practice/main.ts' },
      outdir: 'dist/practice',
      outExtension: { '.js': '.mjs' },
      format: 'esm',
      splitting: true,
      // Packages in CommonJS ask for require inside an ES module.
      banner: {
        js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
      },
    }),
  ]);
  return { extension: extension.metafile, practice: practice.metafile };
}

/** Bundles test files to dist/test, as ES modules for node:test or as CommonJS for the extension host. Returns the files. */
export async function buildTests(pattern, { format = 'esm', external = [] } = {}) {
  const files = globSync(path.join(ROOT, 'test'), (name) => name.endsWith('.test.ts') && name.includes(pattern));
  if (files.length === 0) return [];
  const extension = format === 'esm' ? '.mjs' : '.js';
  await esbuild.build({
    ...common,
    entryPoints: files,
    outbase: 'test',
    outdir: 'dist/test',
    outExtension: { '.js': extension },
    format,
    sourcemap: true,
    packages: format === 'esm' ? 'external' : undefined,
    external,
  });
  return files.map((file) =>
    path.join(ROOT, 'dist', 'test', path.relative(path.join(ROOT, 'test'), file).replace(/\.ts$/, extension)),
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await buildExtension();
