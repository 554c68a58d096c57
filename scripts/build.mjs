#!/usr/bin/env node
/**
 * Bundles everything that runs.
 *   node scripts/build.mjs               the extension: dist/extension.js, dist/engine.js, dist/practice/main.mjs
 *   import { buildTests }                test files, one bundle each, packages left outside
 */
import { rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
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

/**
 * The shell's library brings more commands than a node has (src/practice/shell/tools/tools.ts lists those that are used): another
 * network, other languages, and what we have programs of our own for. Each is a part that is loaded when the command is first
 * used; in place of those we leave out stands a module that throws.
 */
const LEFT_OUT = [
  ...['bash', 'curl', 'date', 'du', 'flag-coverage', 'help', 'history', 'hostname', 'html-to-markdown', 'js-exec'],
  ...[
    'ls',
    'od',
    'python3',
    'readlink',
    'rg',
    'sleep',
    'sqlite3',
    'tail',
    'time',
    'timeout',
    'tree',
    'undici',
    'which',
  ],
  ...['whoami', 'xan', 'xan-view', 'yq'],
];
const onlyUsedTools = {
  name: 'only-used-tools',
  setup(build) {
    const chunks = new RegExp(
      `^\\./(chunks/)?(${LEFT_OUT.join('|')})-[A-Z0-9]{8}\\.js$|^node-liblzma$|^@mongodb-js/zstd$`,
    );
    build.onResolve({ filter: chunks }, ({ path: name, kind, importer }) =>
      kind === 'dynamic-import' && importer.includes('just-bash') ? { path: name, namespace: 'absent' } : undefined,
    );
  },
};

/**
 * One `vscode` for the whole window: esbuild's `import * as` makes a copy of that large namespace for every module that has one,
 * which was the better part of the activation.
 */
const oneVscode = {
  name: 'one-vscode',
  setup(build) {
    build.onResolve({ filter: /^one-vscode$/ }, () => ({ path: 'vscode', namespace: 'one-vscode' }));
    build.onLoad({ filter: /.*/, namespace: 'one-vscode' }, () => ({
      contents: "export const vscode = require('vscode');",
    }));
    build.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path: file }) => ({
      contents: (await readFile(file, 'utf8')).replace(
        "import * as vscode from 'vscode';",
        "import { vscode } from 'one-vscode';",
      ),
      loader: 'ts',
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

/**
 * The bundles a user gets. Sizes are in the metafiles returned, by name. `clean` first removes chunks of earlier builds; without it
 * a practice cloud that is running keeps the chunks that it has not loaded yet.
 */
export async function buildExtension({ minify = true, sourcemap = true, clean = false } = {}) {
  if (clean)
    for (const part of ['practice', 'extension.js', 'engine.js'])
      rmSync(path.join(ROOT, 'dist', part), { recursive: true, force: true });
  const shared = { ...common, minify, sourcemap, sourcesContent: false };
  const [extension, practice] = await Promise.all([
    // Two entry points: the first registers and paints, the second (ssh2, API client, schemas) is required when first used.
    esbuild.build({
      ...shared,
      entryPoints: { extension: 'src/extension.ts', engine: 'src/engine.ts' },
      outdir: 'dist',
      format: 'cjs',
      external: ['vscode', './engine.js'],
      plugins: [noNative, oneVscode],
    }),
    buildPractice({ minify, sourcemap }),
  ]);
  return { extension: extension.metafile, practice: practice.metafile };
}

/** The practice cloud alone: ES modules, parts of which are loaded when first used. */
export function buildPractice({ minify = true, sourcemap = true, outdir = 'dist/practice' } = {}) {
  return esbuild.build({
    ...common,
    ...{ minify, sourcemap, sourcesContent: false },
    plugins: [noNative, onlyUsedTools],
    entryPoints: { main: 'src/practice/main.ts' },
    outdir,
    outExtension: { '.js': '.mjs' },
    format: 'esm',
    splitting: true,
    // Packages in CommonJS ask for require and __dirname inside an ES module.
    banner: {
      js: [
        "import { createRequire as __createRequire } from 'node:module';",
        "import { fileURLToPath as __fileURLToPath } from 'node:url';",
        'const require = __createRequire(import.meta.url);',
        "const __dirname = __fileURLToPath(new URL('.', import.meta.url));",
      ].join(' '),
    },
  });
}

/** Bundles test files to dist/test as ES modules for node:test, packages left outside. Returns the files. */
export async function buildTests(kind, part = '') {
  const files = globSync(path.join(ROOT, 'test', kind), (name) => name.endsWith('.test.ts') && name.includes(part));
  if (files.length === 0) return [];
  await esbuild.build({
    ...common,
    entryPoints: files,
    outbase: 'test',
    outdir: 'dist/test',
    outExtension: { '.js': '.mjs' },
    format: 'esm',
    sourcemap: true,
    packages: 'external',
  });
  return files.map((file) =>
    path.join(ROOT, 'dist', 'test', path.relative(path.join(ROOT, 'test'), file).replace(/\.ts$/, '.mjs')),
  );
}

/** Bundles the suite for the extension host; returns the module that VS Code is to run. */
export async function buildHostTests() {
  const folder = path.join(ROOT, 'test', 'host');
  await esbuild.build({
    ...common,
    entryPoints: globSync(folder, (name) => name.endsWith('.test.ts') || name.endsWith('/index.ts')),
    outdir: 'dist/test/host',
    outbase: 'test/host',
    format: 'cjs',
    sourcemap: true,
    external: ['vscode', 'mocha', 'source-map-support'],
  });
  return path.join(ROOT, 'dist', 'test', 'host', 'index');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await buildExtension();
