// Measures the rate of a sweep relative to a plain loop over the same images, and what maps add to predictions alone.
import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { table } from '../report.mjs';
import { child } from './runs.mjs';

const SIDE = 128;
/** The share of a pass that maps may add where the head is linear: a goal, no limit. */
const ADDED = 0.05;

/**
 * @typedef {object} Sweep
 * @property {string} name
 * @property {string} model
 * @property {string} images
 * @property {number} [limit] number of images
 * @property {number} least rate over the plain loop's
 * @property {boolean} thumbnails whether the plain loop makes thumbnails; images up to their size are their own
 * @property {string} chunks of the plain loop that are tried
 */

/**
 * @param {string} shared
 * @param {string} folder for what is unpacked
 * @returns {readonly Sweep[]}
 */
function sweepsOf(shared, folder) {
  const models = path.join(shared, 'models');
  execFileSync('tar', ['xzf', path.join(shared, 'cifar10', 'test.tar.gz'), '-C', folder]);
  return [
    {
      name: 'MobileNet v2, photographs',
      model: path.join(models, 'mobilenet_v2.onnx'),
      images: path.join(shared, 'images'),
      least: 0.85,
      thumbnails: true,
      chunks: '1,4,8,16',
    },
    {
      name: 'ResNet-20, CIFAR-10',
      model: path.join(models, 'cifar10_resnet20.onnx'),
      images: path.join(folder, 'test'),
      limit: 2000,
      least: 0.8,
      thumbnails: false,
      chunks: '8,16,32,64',
    },
  ];
}

/**
 * @param {string} shared
 * @param {string} folder a temporary one
 * @param {number} rounds
 */
export async function sweepTable(shared, folder, rounds) {
  const rates = ['sweep', 'without maps', 'plain loop'].map((what) => `${what}, images a second`);
  const rows = [
    ['sweep of', 'images', ...rates, 'plain chunk', 'sweep over plain', 'at least', 'met', 'maps add', 'peak'],
  ];
  for (const { name, model, images, limit, least, thumbnails, chunks } of sweepsOf(shared, folder)) {
    const all = picturesIn(images);
    const step = limit ? Math.max(1, Math.floor(all.length / limit)) : 1;
    const list = path.join(folder, 'images.json');
    writeFileSync(list, JSON.stringify(all.filter((_, i) => i % step === 0).slice(0, limit)));
    const found = await child('sweep', [model, list, `${rounds}`, `${SIDE}`, `${thumbnails}`, chunks]);
    rows.push([
      name,
      `${found.images}`,
      ...[found.rates.maps, found.rates.predictions, found.rates.plain].map((rate) => rate.toFixed(0)),
      `${found.chunk}`,
      found.ratio.toFixed(2),
      `${least}`,
      found.ratio >= least ? 'yes' : 'NO',
      `${(100 * found.added).toFixed(0)} % (goal ${100 * ADDED})`,
      `${found.peak.toFixed(0)} MB`,
    ]);
    console.log(
      rows.at(-1)?.join(' | '),
      found.ratios.map((/** @type {number} */ ratio) => ratio.toFixed(2)).join(' '),
    );
  }
  return table(rows);
}

/** @param {string} folder */
export function picturesIn(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(jpe?g|png|webp)$/i.test(name))
    .sort()
    .map((name) => path.join(folder, name));
}
