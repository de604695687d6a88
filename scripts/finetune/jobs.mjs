// The trainings of `npm run finetune-paper`: their networks, images and options.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { root } from '../host/run.mjs';

export const ARMS = ['untouched', 'plain', 'random-mask', 'grad-cam', 'group-cam', 'group-cam-literal'];
export const SEEDS = [0, 1, 2, 3, 4];

/** @typedef {{ id: number, path: string, truth: number[] }} Image */

/**
 * @typedef {object} Network
 * @property {string} name
 * @property {string} title
 * @property {string} model
 * @property {boolean} shared whether all seeds have the same test images
 * @property {Record<string, number>} options
 * @property {string} images what is trained on and tested with, in a sentence
 * @property {(seed: number) => { train: Image[], heldOut: Image[], test: Image[] }} split
 */

const shared = path.join(root, '..', 'shared');
const common = { epochs: 3, momentum: 0.9, weightDecay: 1e-4, groups: 16 };

/** @type {readonly Network[]} */
export const NETWORKS = [
  {
    name: 'demo',
    title: 'The demo model',
    model: path.join(root, 'media', 'demo', 'demo-objects.onnx'),
    shared: false,
    options: { ...common, rate: 1e-3, batch: 16 },
    images:
      'Of the four images of each class in `media/demo/dataset`, two are trained on, one chooses the best epoch and one tests; each seed takes others.',
    split(seed) {
      const folder = path.join(root, 'media', 'demo', 'dataset');
      const labels = lines(path.join(root, 'media', 'demo', 'demo-objects.labels.txt'));
      const at = (/** @type {number} */ from, /** @type {number} */ count) =>
        labels.flatMap((name, index) => {
          const label = name.replaceAll(' ', '-');
          const files = readdirSync(path.join(folder, label)).sort();
          return Array.from({ length: count }, (_, i) =>
            image(folder, label, index, files, (seed + from + i) % files.length),
          );
        });
      return { train: at(0, 2), heldOut: at(2, 1), test: at(3, 1) };
    },
  },
  {
    name: 'resnet20',
    title: 'ResNet-20 on CIFAR-10',
    model: path.join(shared, 'models', 'cifar10_resnet20.onnx'),
    shared: true,
    options: { ...common, rate: 1e-4, batch: 128 },
    images:
      'Trained on 2,000 images of the training set, others for each seed; 500 more choose the best epoch; tested on 2,000 images of the test set.',
    split(seed) {
      const labels = lines(path.join(shared, 'models', 'cifar10_labels.txt'));
      const at = (/** @type {'train' | 'test'} */ part, /** @type {number} */ from, /** @type {number} */ count) =>
        labels.flatMap((label, index) => {
          const folder = cifar(part);
          const files = readdirSync(path.join(folder, label)).sort();
          return Array.from({ length: count }, (_, i) => image(folder, label, index, files, from + i));
        });
      return {
        train: at('train', seed * 250, 200),
        heldOut: at('train', seed * 250 + 200, 50),
        test: at('test', 0, 200),
      };
    },
  },
];

/** @param {string} file */
const lines = (file) => readFileSync(file, 'utf8').trim().split('\n');

/**
 * @param {string} folder
 * @param {string} label
 * @param {number} index of the class
 * @param {readonly string[]} files
 * @param {number} at
 */
function image(folder, label, index, files, at) {
  return { id: index * 10_000 + at, path: path.join(folder, label, files[at] ?? ''), truth: [index] };
}

/**
 * The folder of CIFAR-10's images by class, unpacked once.
 *
 * @param {'train' | 'test'} part
 */
export function cifar(part) {
  const folder = path.join(root, '.vscode-test', `cifar10-${part}`);
  if (existsSync(folder)) return folder;
  const draft = mkdtempSync(`${folder}-`);
  execFileSync('tar', ['-xzf', path.join(shared, 'cifar10', `${part}.tar.gz`), '-C', draft]);
  renameSync(path.join(draft, part), folder);
  rmSync(draft, { recursive: true, force: true });
  return folder;
}
