// Compares Group-CAM in int8 with float32 on one thread: what it costs, and how alike the maps are. Models that are not there are left
// out. `scripts/zoo/cifar.py CIFAR .vscode-test/trained resnet50 --classes airplane,automobile,frog,horse` trains the ResNet-50, which
// takes an hour.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root } from '../host/run.mjs';
import { table } from '../report.mjs';
import { child, replaceResults } from './runs.mjs';

const IMAGES = 200;
/** Classes of the ResNet-50. */
const TRAINED = ['airplane', 'automobile', 'frog', 'horse'];

/** @param {readonly string[]} folders @returns images spread evenly over all, one more than are measured */
export function imagesIn(...folders) {
  const all = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(jpe?g|png)$/i.test(name))
      .sort()
      .map((name) => path.join(folder, name)),
  );
  const step = Math.max(1, Math.floor(all.length / (IMAGES + 1)));
  return all.filter((_, i) => i % step === 0).slice(0, IMAGES + 1);
}

export async function benchInt8() {
  const shared = path.join(root, '..', 'shared');
  const folder = mkdtempSync(path.join(os.tmpdir(), 'group-cam-bench-'));
  try {
    execFileSync('tar', ['xzf', path.join(shared, 'cifar10', 'test.tar.gz'), '-C', folder]);
    const photographs = imagesIn(path.join(shared, 'images', 'imagenet'), path.join(shared, 'images', 'coco128'));
    const models = path.join(shared, 'models');
    const networks = [
      { name: 'MobileNet v2', model: path.join(models, 'mobilenet_v2.onnx'), images: photographs },
      { name: 'SqueezeNet 1.1', model: path.join(models, 'squeezenet1_1.onnx'), images: photographs },
      {
        name: 'ResNet-20, CIFAR-10',
        model: path.join(models, 'cifar10_resnet20.onnx'),
        images: imagesIn(path.join(folder, 'test')),
      },
      {
        name: 'ResNet-50, four classes of CIFAR-10',
        model: path.join(root, '.vscode-test', 'trained', 'resnet50.onnx'),
        images: imagesIn(...TRAINED.map((name) => path.join(folder, 'test', name))),
      },
      {
        name: 'ResNet-50, random weights',
        model: path.join(root, '.vscode-test', 'torchvision', 'resnet50.onnx'),
        images: photographs.slice(0, 25),
      },
    ];
    process.env['GROUP_CAM_THREADS'] = '1';
    const rows = [
      [
        'model',
        'precision',
        'images',
        'of these in int8',
        'over float32',
        'over float32, of all images together',
        'over 33 passes',
        'float32 over 33 passes',
        'rank correlation of maps, median',
        '5th percentile',
        'grids made anew',
      ],
    ];
    for (const { name, model, images } of networks.filter(({ model }) => existsSync(model)))
      for (const precision of ['int8', 'auto']) {
        const result = await child('int8/int8', [model, precision, ...images]);
        const times = [result.ratio, result.mean, result.overPlain, result.floatOverPlain];
        const figures = times.map((value) => value.toFixed(2));
        const ranks = [result.median, result.fifth].map((value) => value.toFixed(4));
        const counts = [result.images, result.small].map(String);
        rows.push([name, precision, ...counts, ...figures, ...ranks, `${result.renewed}`]);
        console.log(rows.at(-1)?.join(' | '));
      }
    replaceResults('int8', 1, table(rows));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
