/**
 * Everything that has to be seen on a card, in one program without packages beside it but onnxruntime and sharp; see
 * scripts/gpu/gpu.mjs.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { reasonOf } from '../../../src/core/errors';
import { nvidiaDriver } from '../../../src/engine/runtime/providers';
import { runtimeVersion } from '../../../src/engine/runtime/runtime';
import { createService } from '../../../src/engine/service';
import type { Device } from '../../../src/protocol/devices';
import { createFigures, isMet } from './figures';
import { type Known, STEPS, type Subject } from './steps';

/** Networks of torchvision by the names of their files. */
const NETWORKS: Readonly<Record<string, string>> = {
  mobilenet_v2: 'mobilenet_v2',
  resnet50: 'resnet50',
  vit_b_16: 'vit_b_16',
};

async function main(): Promise<boolean> {
  const { values, positionals: models } = parseArgs({
    allowPositionals: true,
    options: {
      device: { type: 'string', default: 'cuda' },
      out: { type: 'string', default: 'gpu-figures' },
      minutes: { type: 'string', default: '8' },
      repeat: { type: 'string', default: '5' },
      pictures: { type: 'string', default: path.join('media', 'demo', 'scenes') },
      peer: { type: 'string', default: 'peer.py' },
    },
  });
  const end = performance.now() + Number(values.minutes) * 60_000;
  const device = values.device as Device;
  const driver = nvidiaDriver();
  const machine = [
    `${os.cpus().length} × ${os.cpus()[0]?.model.trim()}`,
    driver ? `NVIDIA driver ${driver.version}, ${driver.cards} cards` : 'no NVIDIA driver',
    `device ${device}, onnxruntime ${await runtimeVersion()}, Node ${process.version}, medians of ${values.repeat}`,
  ].join('; ');
  console.log(machine);
  const figures = createFigures(values.out, machine);
  const service = createService();
  for (const { device: one, available, detail } of await service.devices({}, silent))
    figures.add({ model: '', what: `device ${one}`, measured: available ? 1 : 0, detail });

  const pictures = readdirSync(values.pictures)
    .filter((name) => /\.(png|jpe?g)$/i.test(name))
    .map((name) => path.join(values.pictures, name));
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'group-cam-gpu-'));
  let [isWrong, isComplete] = [false, true];
  try {
    for (const file of models) {
      const name = path.basename(file, '.onnx');
      const network = NETWORKS[name];
      const subject: Subject = {
        ...{ service, name, device, pictures, scratch, repeat: Number(values.repeat), model: { path: file } },
        peer: network && existsSync(values.peer) ? { script: values.peer, network } : undefined,
      };
      const known: Known = {};
      for (const [what, step] of STEPS) {
        if (performance.now() > end) {
          figures.add({ model: name, what, measured: undefined, detail: `${values.minutes} minutes are over` });
          isComplete = false;
          continue;
        }
        try {
          for (const found of [await step(subject, known)].flat()) {
            const figure = { model: name, what, ...found };
            figures.add(figure);
            isWrong ||= figure.isNeeded === true && isMet(figure) !== true;
          }
        } catch (thrown) {
          figures.add({ model: name, what, measured: undefined, detail: `failed: ${reasonOf(thrown)}` });
          isWrong = true;
        }
      }
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  if (isWrong) console.log('Something is wrong: see "NO" and "failed" above');
  else console.log(isComplete ? 'Every step was taken, and maps agree' : 'The time was not enough for every step');
  return !isWrong && isComplete;
}

const silent = { signal: new AbortController().signal, emit() {} };

void main().then(
  (passed) => process.exit(passed ? 0 : 1),
  (thrown) => {
    console.error(thrown);
    process.exit(1);
  },
);
