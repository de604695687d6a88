/**
 * Who may import what. Each check sees what the others miss: the scan reads every file and its type imports too, the
 * bundler follows what really gets into a bundle, and the compiler's settings keep globals such as `process` out.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import { filesUnder, type Import, importsOf } from './support/imports';
import { project } from './support/shared';

interface Zone {
  /** Files of the project that it may import, without extension. */
  readonly files: RegExp;
  /** Files of which it may import types alone. */
  readonly fileTypes?: RegExp;
  /** Packages that it may import; `node:` stands for Node's own modules. */
  readonly packages?: readonly string[];
  /** Packages of which it may import types alone. */
  readonly types?: readonly string[];
}

/** By folder; the longest that fits a file holds. In core the stages come in the order of the pipe. */
const ZONES: Readonly<Record<string, Zone>> = {
  'src/core': { files: /^src\/core\/[^/]+$/, packages: ['valibot'] },
  'src/core/heat': { files: /^src\/core\/([^/]+$|heat\/)/, packages: ['d3-contour', 'd3-scale-chromatic'] },
  'src/core/onnx': { files: /^src\/core\/([^/]+$|onnx\/)/, packages: ['@bufbuild/protobuf', 'onnx-buf'] },
  'src/core/quantise': {
    files: /^src\/core\/([^/]+$|(onnx|quantise)\/)/,
    packages: ['@bufbuild/protobuf', 'onnx-buf'],
  },
  'src/core/half': { files: /^src\/core\/([^/]+$|(onnx|half)\/)/, types: ['onnx-buf'] },
  'src/core/gradients': { files: /^src\/core\/([^/]+$|(onnx|gradients)\/)/, types: ['onnx-buf'] },
  'src/core/model': {
    files: /^src\/core\/([^/]+$|(onnx|gradients|model)\/)/,
    packages: ['csv-parse', 'js-yaml', 'leven', 'valibot'],
    types: ['onnx-buf'],
  },
  'src/core/target': { files: /^src\/core\/([^/]+$|(onnx|target)\/)/ },
  'src/core/cam': { files: /^src\/core\/([^/]+$|(onnx|gradients|model|target|cam)\/)/, types: ['onnx-buf'] },
  'src/core/training': { files: /^src\/core\/([^/]+$|(onnx|gradients|target|cam|training)\/)/, types: ['onnx-buf'] },
  'src/core/annotations': {
    files: /^src\/core\/([^/]+$|(model|annotations)\/)/,
    packages: ['fast-xml-parser', 'valibot'],
  },
  'src/core/methods': { files: /^src\/core\/([^/]+$|(target|cam|methods)\/)/ },
  'src/core/export': {
    files: /^src\/core\/([^/]+$|(onnx|half|gradients|model|target|cam|methods|export)\/)/,
    types: ['onnx-buf'],
  },
  'src/core/statistics': { files: /^src\/core\/([^/]+$|statistics\/)/, packages: ['simple-statistics'] },
  'src/core/metrics': { files: /^src\/core\/([^/]+$|(annotations|target|cam|methods|metrics)\/)/ },
  'src/core/sanity': { files: /^src\/core\/([^/]+$|(onnx|methods|metrics|sanity)\/)/, types: ['onnx-buf'] },
  'src/core/query': { files: /^src\/core\/([^/]+$|query\/)/, packages: ['leven'] },
  'src/core/clusters': {
    files: /^src\/core\/([^/]+$|(methods|clusters)\/)/,
    packages: ['umap-js'],
  },
  'src/core/measures': {
    files: /^src\/core\/([^/]+$|(annotations|target|cam|methods|metrics|statistics|measures)\/)/,
  },
  'src/protocol': {
    files:
      /^src\/(protocol\/|core\/(dataset-errors|error-codes|errors|output|schema|style|methods\/names|metrics\/measurement|sanity\/types)$)/,
    fileTypes: /^src\/core\//,
    packages: ['valibot'],
  },
  'src/files': { files: /^src\/(files|protocol|core)\//, packages: ['node:', 'csv-parse', 'valibot'] },
  'src/client': { files: /^src\/(client\/|protocol\/|core\/errors$)/, packages: ['node:'] },
  'src/server': { files: /^src\/(server\/|protocol\/|core\/(errors|schema)$)/, packages: ['node:'] },
  'src/runner': {
    files: /^src\/(runner|server|client|files|protocol|core)\//,
    packages: ['node:', 'valibot', 'bullmq', 'csv-parse', 'hyparquet-writer'],
  },
  'src/engine': {
    files: /^src\/(engine|server|files|protocol|core)\//,
    packages: ['node:', 'onnxruntime-node', 'sharp', 'valibot'],
  },
  'src/extension': {
    files:
      /^src\/(extension\/|client\/|protocol\/|core\/(dataset-errors|errors|geometry|options|output|schema|style|system-errors|cam\/variants|methods\/(cost|names|method-options|precision)|metrics\/measurement|query\/print|sanity\/types)$)/,
    fileTypes: /^src\/core\//,
    packages: ['node:', 'vscode', 'valibot'],
  },
  'src/extension/cuda': {
    files: /^src\/(extension\/|protocol\/|core\/(errors|schema|system-errors)$)/,
    packages: ['node:', 'vscode', 'valibot', 'yauzl'],
  },
  'src/cli': {
    files: /^src\/(cli|engine|runner|server|files|protocol|core)\//,
    packages: ['node:', 'commander', 'valibot'],
  },
  'src/cli/ablate': {
    files: /^src\/(cli|engine|files|protocol|core)\//,
    packages: ['node:', 'commander', 'd3-scale', 'd3-shape', 'valibot'],
  },
  'src/cli/evaluate': {
    files: /^src\/(cli|engine|files|protocol|core)\//,
    packages: ['node:', 'commander', 'csv-stringify', 'd3-scale', 'd3-scale-chromatic', 'd3-shape', 'valibot'],
  },
  webview: {
    files:
      /^(webview\/|src\/protocol\/|src\/core\/(errors|geometry|resize|saliency|schema|style|metrics\/order|heat\/\w+|query\/\w+|sanity\/verdict|clusters\/suspicion)$)/,
    fileTypes: /^src\/core\//,
    packages: ['preact', '@preact/signals', 'valibot', '@vscode/webview-ui-toolkit', '@vscode/codicons', 'uplot'],
  },
};

/** Packages that one file alone may import, types included. */
const SOLE_IMPORTERS: Readonly<Record<string, string>> = {
  'onnxruntime-node': 'src/engine/runtime/runtime.ts',
  sharp: 'src/engine/pictures/image.ts',
  bullmq: 'src/runner/queue/bullmq.ts',
  '@vscode/webview-ui-toolkit': 'webview/toolkit.tsx',
  uplot: 'webview/plots/plot.ts',
};

/** Drivers that BullMQ and pg load only for who has chosen them, which nobody can here. */
const OTHER_DRIVERS = ['@valkey/valkey-glide', 'pg-native'];

/** Loads onnxruntime from a copy of its package, whose folder only a run can tell. */
const LATE = 'src/engine/runtime/runtime.ts';

/** What may be in each bundle: files of the project, and what is left outside it. */
const BUNDLES: Readonly<Record<string, { readonly files: RegExp; readonly outside: readonly string[] }>> = {
  extension: {
    files:
      /^(src\/(extension|client|protocol|core\/(dataset-errors|error-codes|errors|few|geometry|options|output|schema|style|system-errors|cam\/variants|methods\/(cost|names|method-options|precision)|metrics\/measurement|query\/print|sanity\/types)\.ts)|node_modules\/(valibot|yauzl|fd-slicer|pend|buffer-crc32)\/)/,
    outside: ['node:', 'vscode'],
  },
  engine: {
    files:
      /^(src\/(engine|server|files|protocol|core)|node_modules\/(onnx-buf|@bufbuild\/protobuf|csv-parse|is-any-array|js-yaml|leven|umap-js|valibot|(d3|ml)-[\w-]+))\//,
    outside: ['node:', 'onnxruntime-node', 'sharp'],
  },
  runner: {
    files: /^(src\/(runner|server|client|files|protocol|core)|node_modules\/(?!@vscode)[^/]+)\//,
    outside: ['node:', ...OTHER_DRIVERS],
  },
  cli: {
    // Packages bring others along; which ones are imported is checked above.
    files: /^(src\/(cli|engine|runner|client|server|files|protocol|core)|node_modules\/(?!@vscode)[^/]+)\//,
    outside: ['node:', 'onnxruntime-node', 'sharp', ...OTHER_DRIVERS],
  },
  webview: { files: /^(webview|src\/(protocol|core)|node_modules)\/(?!.*(onnx|sharp))/, outside: [] },
};

function packageOf(specifier: string): string {
  // The Node that runs this test may be older than a module.
  if (specifier.startsWith('node:') || builtinModules.includes(specifier)) return 'node:';
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function zoneOf(file: string): Zone {
  const folder = Object.keys(ZONES)
    .filter((name) => file.startsWith(`${name}/`))
    .sort((a, b) => b.length - a.length)[0];
  assert.ok(folder, `${file} is in no zone`);
  return ZONES[folder]!;
}

/** Why a file may not have an import, or null. */
function objection(file: string, { specifier, typeOnly }: Import): string | null {
  if (specifier === null) return file === LATE ? null : `${file} imports what only a run can tell`;
  const zone = zoneOf(file);
  if (specifier.startsWith('.')) {
    const target = path.posix.join(path.posix.dirname(file), specifier).replace(/\.(tsx?|css)$/, '');
    const allowed = zone.files.test(target) || (typeOnly && zone.fileTypes?.test(target));
    return allowed ? null : `${file} imports ${target}`;
  }
  const name = packageOf(specifier);
  const sole = SOLE_IMPORTERS[name];
  if (sole && sole !== file) return `${file} imports ${name}, which is for ${sole} alone`;
  const allowed = [...(zone.packages ?? []), ...(typeOnly ? (zone.types ?? []) : [])];
  return allowed.includes(name) ? null : `${file} imports ${specifier}`;
}

describe('zones', () => {
  it('every file imports only what its zone may', () => {
    const files = [...filesUnder('src', /\.ts$/), ...filesUnder('webview', /\.tsx?$/)];
    assert.ok(files.length > 80, `found ${files.length} files`);
    const objections = files.flatMap((file) =>
      importsOf(readFileSync(project(file), 'utf8')).map((found) => objection(file, found)),
    );
    assert.deepEqual(
      objections.filter((text) => text !== null),
      [],
    );
  });

  for (const [file, text] of [
    ['src/core/errors.ts', "import * as vscode from 'vscode';"],
    ['src/core/onnx/model.ts', "export { readFile } from 'node:fs/promises';"],
    ['src/core/onnx/model.ts', "import { rules } from '../gradients/table';"],
    ['src/core/gradients/driver.ts', "import { create } from '@bufbuild/protobuf';"],
    ['src/core/cam/split.ts', "import { NodeProtoSchema } from 'onnx-buf';"],
    ['src/protocol/channel/channel.ts', "import { fork } from 'child_process';"],
    ['src/client/engine.ts', "import {\n  saliencyOf,\n} from '../core/saliency';"],
    ['src/client/engine.ts', "import '../engine/runtime';"],
    ['src/engine/explanations/explain.ts', "const { env } = require('vscode');"],
    ['src/engine/explanations/explain.ts', "import type { Tensor } from 'onnxruntime-node';"],
    ['src/extension/panel/panel.ts', 'const { default: sharp } = await import(`sharp`);'],
    ['src/extension/panel/panel.ts', "export { planTrace } from '../../core/onnx/facts';"],
    ['src/extension/panel/panel.ts', 'const codec = await import(name);'],
    ['src/extension/panel/panel.ts', "const load = createRequire(__filename)('sharp');"],
    ['webview/editor/heat.ts', "import { decodeModel } from '../../src/core/onnx/model';"],
  ] as const) {
    it(`the check sees ${text.replaceAll('\n', ' ')} in ${file}`, () => {
      const objections = importsOf(text).map((found) => objection(file, found));
      assert.ok(objections.some(Boolean), 'no objection');
    });
  }

  it('every bundle holds only what it may', async () => {
    const build = (await import(pathToFileURL(project('scripts/build.mjs')).href)) as {
      bundles: Record<string, esbuild.BuildOptions>;
    };
    assert.deepEqual(Object.keys(build.bundles).sort(), Object.keys(BUNDLES).sort());
    for (const [name, options] of Object.entries(build.bundles)) {
      const { metafile } = await esbuild.build({ ...options, write: false, metafile: true });
      const { files, outside } = BUNDLES[name]!;
      const inside = Object.keys(metafile!.inputs).filter((file) => !files.test(file));
      assert.deepEqual(inside, [], `in ${name}`);
      const left = Object.values(metafile!.inputs)
        .flatMap((input) => input.imports)
        // What esbuild itself adds has no file.
        .filter((found) => found.external && found.path !== '<runtime>')
        .map((found) => packageOf(found.path));
      assert.deepEqual(
        [...new Set(left)].filter((found) => !outside.includes(found)),
        [],
        `outside ${name}`,
      );
    }
  });

  it('core and protocol are compiled without types of Node or of browsers', () => {
    for (const zone of ['src/core', 'src/protocol']) {
      const { compilerOptions } = JSON.parse(readFileSync(project(zone, 'tsconfig.json'), 'utf8'));
      assert.deepEqual(compilerOptions, { lib: ['ES2023'], types: [] });
    }
  });
});
