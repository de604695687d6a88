// Bundles the extension, the engine, the command line and the webviews into dist/, and each test file into out/.
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** @typedef {esbuild.BuildOptions & { entryPoints: string[] }} Bundle */

/** @type {esbuild.BuildOptions} */
const node = { platform: 'node', target: 'node20', format: 'cjs', external: ['vscode', 'onnxruntime-node', 'sharp'] };
/**
 * What loads onnxruntime and sharp. They are CommonJS, which `require` loads at once; `import()` would start Node's loader of
 * modules first.
 *
 * @type {esbuild.BuildOptions}
 */
const engine = { ...node, supported: { 'dynamic-import': false } };
/** @type {esbuild.BuildOptions} */
const shared = { absWorkingDir: root, bundle: true, sourcemap: true, logLevel: 'warning', metafile: true };

/**
 * Every bundle by its name; the zone test reads the same list.
 *
 * @type {Record<'extension' | 'engine' | 'runner' | 'cli' | 'webview', Bundle>}
 */
export const bundles = {
  extension: { ...shared, ...node, entryPoints: ['src/extension/extension.ts'], outfile: 'dist/extension.js' },
  engine: { ...shared, ...engine, entryPoints: ['src/engine/main.ts'], outfile: 'dist/engine.js' },
  runner: { ...shared, ...engine, entryPoints: ['src/runner/main.ts'], outfile: 'dist/runner.js' },
  cli: {
    ...shared,
    ...engine,
    entryPoints: ['src/cli/main.ts'],
    outfile: 'dist/group-cam.js',
    banner: { js: '#!/usr/bin/env node' },
  },
  webview: {
    ...shared,
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
    entryPoints: [
      'webview/editor/editor.tsx',
      'webview/heat/heat-worker.ts',
      'webview/classes/classes.tsx',
      'webview/dataset/dataset.tsx',
      'webview/dataset/grid/draw/tiles-worker.ts',
    ],
    outdir: 'dist/webview',
    entryNames: '[name]',
    loader: { '.ttf': 'file' },
  },
};

/**
 * Programs that have their packages in them: the start of the first is measured, so that it loads one file, as the product's engine
 * does, and the second runs where nothing is installed.
 */
const MEASURED = ['explain.entry.ts', path.join('gpu', 'gpu.entry.ts')].map((name) => path.join('test', 'bench', name));

/**
 * One bundle a test file; packages stay outside, so that a test runs what the product runs.
 *
 * @returns {Bundle}
 */
export function testBundle() {
  return {
    ...shared,
    ...node,
    packages: 'external',
    entryPoints: readdirSync(path.join(root, 'test'), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(test|entry)\.ts$/.test(file))
      .map((file) => path.join('test', file))
      .filter((file) => !MEASURED.includes(file)),
    outdir: 'out',
    outbase: '.',
  };
}

/** @returns {Bundle} */
function measuredBundle() {
  return { ...testBundle(), ...engine, packages: 'bundle', entryPoints: MEASURED };
}

/**
 * @param {object} [options]
 * @param {boolean} [options.tests] builds the tests too
 * @param {boolean} [options.write] false: only says what would go into the bundles
 * @returns the files that went into the product's bundles, relative to the project
 */
export async function build({ tests = true, write = true } = {}) {
  const configs = [...Object.values(bundles), ...(tests ? [testBundle(), measuredBundle()] : [])];
  const built = await Promise.all(configs.map((config) => esbuild.build({ ...config, write })));
  const product = built.slice(0, Object.keys(bundles).length);
  return [...new Set(product.flatMap(({ metafile }) => Object.keys(metafile?.inputs ?? {})))];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const folder of ['dist', 'out']) rmSync(path.join(root, folder), { recursive: true, force: true });
  mkdirSync(path.join(root, 'dist'), { recursive: true });
  if (process.argv.includes('--watch')) {
    for (const config of Object.values(bundles)) await (await esbuild.context(config)).watch();
  } else {
    await build();
  }
}
