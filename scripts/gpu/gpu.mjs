// `node scripts/gpu/gpu.mjs [--device cpu|webgpu|cuda|tensorrt] [--minutes 8] [--out FOLDER] [MODEL...]` measures what has to be seen on a
// card and prints a table for docs/bench.md: whether maps agree with the CPU's to 1e-3, Group-CAM over plain passes and over PyTorch, the
// rate of a sweep, the ways to run a method (single passes, one graph, half floats), and the graph that makes its own map. Figures are written as they are found, to figures.jsonl and table.md in
// FOLDER (by default test-results/gpu). It exits with 1 if maps disagree or a step fails. `--device cpu` is the stand-in where there is no
// card; `--device webgpu` runs on Chromium's software device there.
//
// A machine with a card but neither Node nor a network needs a kit of two archives. Here:
//
//     node scripts/gpu/gpu.mjs --kit .gpu
//
// Carry .gpu/a and .gpu/b there, and run in one go, in less than eight minutes:
//
//     mkdir -p /opt/kit && tar xJf .gpu/a/a.tar.xz -C /opt/kit && tar xJf .gpu/b/b.tar.xz -C /opt/kit && cp .gpu/a/gpu.js .gpu/a/peer.py /opt/kit/
//     . /opt/kit/env.sh && cd /opt/kit && for n in resnet50 vit_b_16; do python3 peer.py export $n models/$n.onnx; done
//     node gpu.js --device cuda --minutes 6 --out "$OUT" models/mobilenet_v2.onnx models/resnet50.onnx models/vit_b_16.onnx
//
// The kit's onnxruntime is the version whose provider for CUDA is to be had from npm, which the table names.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from '../build.mjs';
import { root, runMain, runQuietly, SetupError } from '../host/run.mjs';
import { BROWSER, requirePackages, VULKAN } from '../host/system.mjs';

const shared = path.join(root, '..', 'shared');
const SOFTWARE_VULKAN = '/usr/lib/chromium/vk_swiftshader_icd.json';
const PROGRAM = path.join(root, 'out', 'test', 'bench', 'gpu', 'gpu.entry.js');
const PEER = path.join(root, 'scripts', 'gpu', 'peer.py');

runMain(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      device: { type: 'string', default: 'cuda' },
      minutes: { type: 'string', default: '8' },
      repeat: { type: 'string', default: '5' },
      out: { type: 'string', default: path.join(root, 'test-results', 'gpu') },
      kit: { type: 'string' },
    },
  });
  await build();
  if (values.kit) return makeKit(path.resolve(values.kit));
  const models = positionals.length > 0 ? positionals : [path.join(shared, 'models', 'mobilenet_v2.onnx')];
  for (const model of models) if (!existsSync(model)) throw new SetupError(`${model} is missing`);
  const { device, minutes, repeat, out } = values;
  const scenes = path.join(root, 'media', 'demo', 'scenes');
  const args = ['--device', device, '--minutes', minutes, '--repeat', repeat, '--out', out];
  const { status } = spawnSync(process.execPath, [PROGRAM, ...args, '--pictures', scenes, '--peer', PEER, ...models], {
    stdio: 'inherit',
    env: { ...process.env, GROUP_CAM_TORCH: path.join(shared, 'tools'), ...(await environmentFor(device)) },
  });
  process.exitCode = status ?? 1;
});

/** @param {string} device */
async function environmentFor(device) {
  const hasDriver = ['VK_ICD_FILENAMES', 'VK_DRIVER_FILES'].some((name) => process.env[name]) || existsSync('/dev/dri');
  if (device !== 'webgpu' || hasDriver) return {};
  await requirePackages([...BROWSER, ...VULKAN]);
  return { VK_ICD_FILENAMES: SOFTWARE_VULKAN };
}

/** @param {string} folder */
async function makeKit(folder) {
  await runQuietly('bash', [path.join(shared, 'tools', 'gpu-kit.sh'), folder], { cwd: root });
  copyFileSync(PROGRAM, path.join(folder, 'a', 'gpu.js'));
  copyFileSync(PEER, path.join(folder, 'a', 'peer.py'));
  console.log(`${folder}: carry a and b to the machine; the head of scripts/gpu/gpu.mjs says how to run them`);
}
