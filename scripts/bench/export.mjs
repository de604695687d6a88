// Compares the graph that `group-cam export` makes of a model with the engine's own way, and with the model alone.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root } from '../host/run.mjs';
import { table } from '../report.mjs';
import { imagesIn } from './int8.mjs';
import { child, median, replaceResults } from './runs.mjs';

/** With it, WebGPU runs where there is no graphics card. */
const SOFTWARE_VULKAN = '/usr/lib/chromium/vk_swiftshader_icd.json';
/** Images on a device, the first of which is not measured. */
const IMAGES = { cpu: 11, webgpu: 3 };

const shared = path.join(root, '..', 'shared');
const stored = (/** @type {string} */ name) => path.join(shared, 'models', `${name}.onnx`);

/** @type {readonly { name: string, model: string, side: number, software?: boolean }[]} */
const NETWORKS = [
  { name: 'the demo', model: path.join(root, 'media', 'demo', 'demo-objects.onnx'), side: 128, software: true },
  { name: 'ResNet-20, CIFAR-10', model: stored('cifar10_resnet20'), side: 32, software: true },
  { name: 'MobileNet v2', model: stored('mobilenet_v2'), side: 224 },
  { name: 'SqueezeNet 1.1', model: stored('squeezenet1_1'), side: 224 },
];

/**
 * @param {number} pairs of processes that load a model
 * @param {boolean} webgpu whether WebGPU is measured too, which in software takes minutes for one image
 */
export async function benchExport(pairs, webgpu) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'group-cam-bench-'));
  const images = imagesIn(path.join(shared, 'images', 'imagenet'));
  process.env['GROUP_CAM_THREADS'] = '1';
  const rows = [
    [
      'model',
      'device',
      'images',
      'engine, ms',
      'one graph, ms',
      'one graph over engine',
      'largest difference',
      'load, over the model',
      'peak memory, over the model',
    ],
  ];
  try {
    for (const { name, model, side, software } of NETWORKS) {
      const output = path.join(folder, 'explained.onnx');
      execFileSync(
        process.execPath,
        [path.join(root, 'dist', 'group-cam.js'), 'export', '--model', model, '--output', output, '--external', 'pack'],
        { stdio: 'inherit' },
      );
      /** @type {{ load: number, peak: number, explained: { load: number, peak: number } }[]} */
      const loads = [];
      for (let i = 0; i < pairs; i++) {
        const dims = `1,3,${side},${side}`;
        const [plain, explained] = [
          await child('export/load', [model, dims]),
          await child('export/load', [output, dims]),
        ];
        loads.push({ load: explained.load / plain.load, peak: explained.peak / plain.peak, explained });
      }
      const of = (/** @type {(pair: typeof loads[number]) => number} */ figure) => median(loads.map(figure));
      for (const device of /** @type {const} */ (['cpu', 'webgpu'])) {
        if (device === 'webgpu' && !(webgpu && software)) continue;
        if (device === 'webgpu' && existsSync(SOFTWARE_VULKAN)) process.env['VK_ICD_FILENAMES'] = SOFTWARE_VULKAN;
        const result = await child('export/time', [device, model, output, folder, ...images.slice(0, IMAGES[device])]);
        rows.push([
          name,
          device === 'cpu' ? 'CPU, one thread' : 'WebGPU in software',
          `${result.images}`,
          result.engine.toFixed(0),
          result.graph.toFixed(0),
          result.ratio.toFixed(2),
          result.difference.toPrecision(2),
          ...(device === 'cpu'
            ? [
                `${of(({ load }) => load).toFixed(2)} (${of(({ explained }) => explained.load).toFixed(0)} ms)`,
                `${of(({ peak }) => peak).toFixed(2)} (${of(({ explained }) => explained.peak).toFixed(0)} MB)`,
              ]
            : ['', '']),
        ]);
        console.log(rows.at(-1)?.join(' | '));
      }
    }
    replaceResults('export', pairs, table(rows));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
