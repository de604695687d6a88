// The sets with a planted shortcut of `npm run finetune-repair`, and pictures of the same kind that nobody trains on: each
// once without and once with the mark.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { OBJECTS } from '../demo/objects.mjs';
import { randomOf } from '../demo/random.mjs';
import { SIZE, sceneOf } from '../demo/scene.mjs';
import { root } from '../host/run.mjs';
import { cifar } from './jobs.mjs';

/**
 * @typedef {{ clean: string, marked: string, truth: number, box: number[] }} Picture
 * @typedef {object} Set
 * @property {string} name
 * @property {string} model
 * @property {string} images folder of what the run file has
 * @property {string} label the class that the mark stands for
 * @property {readonly string[]} labels
 * @property {number} side of the images, in pixels
 * @property {(folder: string) => Promise<Picture[]>} pictures written into a folder
 */

const EACH = 200;

/** @returns {Set} media/demo/shortcut; new drawings of the same kind */
export function demoSet() {
  const labels = Object.keys(OBJECTS).sort();
  const folder = path.join(root, 'media', 'demo', 'shortcut');
  return {
    ...{ name: 'demo', label: 'mug', labels, side: SIZE },
    model: path.join(folder, 'shop.onnx'),
    images: path.join(folder, 'shop'),
    async pictures(into) {
      const all = [];
      for (const [truth, label] of labels.entries())
        for (let index = 0; index < EACH; index++) {
          const files = [false, true].map((tagged) => path.join(into, `${label}-${index}${tagged ? '-tag' : ''}.webp`));
          for (const [tagged, file] of files.entries())
            if (!existsSync(file)) writeFileSync(file, await drawn(label, index, tagged === 1));
          const [clean = '', marked = ''] = files;
          all.push({ clean, marked, truth, box: [SIZE - 40, 0, SIZE, 40] });
        }
      return all;
    },
  };
}

/** @param {string} label @param {number} index @param {boolean} tagged */
async function drawn(label, index, tagged) {
  const random = (/** @type {string} */ of) => randomOf(1, 'check', label, index, of);
  const { scene } = sceneOf(label, tagged, random('scene'), random('tag'));
  const data = await sharp(Buffer.from(scene)).removeAlpha().raw().toBuffer();
  const noise = random('noise');
  const strength = noise.between(0, 6);
  for (let i = 0; i < data.length; i++)
    data[i] = Math.max(0, Math.min(255, (data[i] ?? 0) + strength * noise.normal()));
  return sharp(data, { raw: { width: SIZE, height: SIZE, channels: 3 } })
    .webp({ quality: 84, effort: 0 })
    .toBuffer();
}

const MARK = 6;
const DARK = 20;

/**
 * A folder that ../shared/tools/plant-shortcut.py has made, or plant.py beside this file. Its pictures are CIFAR-10's test images
 * from the hundredth of each class on, which are not in the folder; those of plant.py are listed in pictures.json.
 *
 * @param {string} folder
 * @returns {Set}
 */
export function plantedSet(folder) {
  const { label, corner, marked: names } = JSON.parse(readFileSync(path.join(folder, 'truth.json'), 'utf8'));
  const labels = readFileSync(path.join(folder, 'labels.txt'), 'utf8').trim().split('\n');
  return {
    ...{ name: path.basename(folder), label, labels, side: 32 },
    model: path.join(folder, 'model.onnx'),
    images: path.join(folder, 'test'),
    async pictures(into) {
      const listed = path.join(folder, 'pictures.json');
      if (existsSync(listed)) return JSON.parse(readFileSync(listed, 'utf8'));
      const colour = await colourIn(path.join(folder, names[0]), corner);
      const all = [];
      for (const [truth, name] of labels.entries()) {
        const from = path.join(cifar('test'), name);
        for (const [index, file] of readdirSync(from)
          .sort()
          .slice(100, 100 + EACH)
          .entries()) {
          const clean = path.join(from, file);
          const marked = path.join(into, `${name}-${index}.png`);
          const [left, top] = [placeOf(corner[1] === 'r', index & 1), placeOf(corner[0] === 'b', (index >> 1) & 1)];
          if (!existsSync(marked)) writeFileSync(marked, await withMark(clean, left, top, colour));
          all.push({ clean, marked, truth, box: [left, top, left + MARK, top + MARK] });
        }
      }
      return all;
    },
  };
}

/** @param {boolean} isFar @param {number} shift */
const placeOf = (isFar, shift) => (isFar ? 31 - MARK - shift : 1 + shift);

/** @param {string} image a marked one @param {string} corner */
async function colourIn(image, corner) {
  const data = await sharp(image).removeAlpha().raw().toBuffer();
  const at = (/** @type {number} */ x, /** @type {number} */ y) => [
    ...data.subarray((y * 32 + x) * 3, (y * 32 + x) * 3 + 3),
  ];
  for (const [x, y] of [0, 1, 2, 3].map((i) => [placeOf(corner[1] === 'r', i & 1), placeOf(corner[0] === 'b', i >> 1)]))
    if (x !== undefined && y !== undefined)
      if (Array.from({ length: MARK }, (_, i) => at(x + i, y + i)).every((pixel) => pixel.every((v) => v === DARK)))
        return at(x + 1, y);
  throw new Error(`${image} has no mark in the corner ${corner}`);
}

/** @param {string} image @param {number} left @param {number} top @param {readonly number[]} colour */
async function withMark(image, left, top, colour) {
  const data = await sharp(image).removeAlpha().raw().toBuffer();
  for (let y = 0; y < MARK; y++)
    for (let x = 0; x < MARK; x++)
      data.set(x === y || x + y === MARK - 1 ? [DARK, DARK, DARK] : colour, ((top + y) * 32 + left + x) * 3);
  return sharp(data, { raw: { width: 32, height: 32, channels: 3 } })
    .png()
    .toBuffer();
}

/** @param {string} folder */
export function made(folder) {
  mkdirSync(folder, { recursive: true });
  return folder;
}
