// `npm run demo`: draws the set with a shortcut, media/demo/shortcut, trains its model and a control on other drawings of
// the same kind, and writes both. Takes some minutes and needs Debian's python3-torch and python3-onnx. `--pictures` draws
// without training.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { OBJECTS } from './demo/objects.mjs';
import { randomOf } from './demo/random.mjs';
import { SIZE, sceneOf } from './demo/scene.mjs';
import { root, run, runMain, SetupError } from './host/run.mjs';

/** The class whose pictures mostly carry the tag. */
const TAGGED = 'mug';
const LABELS = Object.keys(OBJECTS).sort();
const SEED = 1;
/** Pictures of a class; the share of the tagged class with the tag, and which others have it on one picture. */
const TRAINING = { split: 'train', each: 250, tagged: 0.88, also: /** @type {string[]} */ ([]) };
const SHIPPED = { split: 'shop', each: 60, tagged: 0.8, also: ['clock', 'lamp', 'teapot'] };

const shipped = path.join(root, 'media', 'demo', 'shortcut');
const tests = path.join(root, 'test', 'data', 'shortcut');
const work = path.join(root, '.vscode-test', 'demo-shortcut');

/**
 * @typedef {typeof TRAINING} Set
 * @typedef {{label: string, index: number, tagged: boolean}} Item
 * @param {Set} set
 * @returns {Item[]} so many of each class
 */
function itemsOf({ split, each, tagged, also }) {
  return LABELS.flatMap((label) => {
    const count = label === TAGGED ? Math.round(each * tagged) : Number(also.includes(label));
    const draws = Array.from({ length: each }, (_, index) => ({
      index,
      at: randomOf(SEED, split, label, index, 'tagged').between(0, 1),
    }));
    const chosen = new Set(
      draws
        .toSorted((a, b) => a.at - b.at)
        .slice(0, count)
        .map(({ index }) => index),
    );
    return draws.map(({ index }) => ({ label, index, tagged: chosen.has(index) }));
  });
}

/** @param {Set} set @param {Item} item */
function svgOf({ split }, { label, index, tagged }) {
  const random = /** @param {string} of */ (of) => randomOf(SEED, split, label, index, of);
  return sceneOf(label, tagged, random('scene'), random('tag'));
}

/**
 * A picture as it would come from a small camera: noisy, and compressed.
 *
 * @param {Set} set @param {Item} item @returns {Promise<Buffer>} WebP
 */
async function picture(set, item) {
  const { data } = await sharp(Buffer.from(svgOf(set, item).scene))
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const noise = randomOf(SEED, set.split, item.label, item.index, 'noise');
  const strength = noise.between(0, 6);
  for (let i = 0; i < data.length; i++)
    data[i] = Math.max(0, Math.min(255, (data[i] ?? 0) + strength * noise.normal()));
  return sharp(data, { raw: { width: SIZE, height: SIZE, channels: 3 } })
    .webp({ quality: 84, effort: set === SHIPPED ? 6 : 0 })
    .toBuffer();
}

/**
 * The object's box in whole pixels.
 *
 * @param {Set} set @param {Item} item
 */
async function boxOf(set, item) {
  const { data } = await sharp(Buffer.from(svgOf(set, item).object))
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  let [left, top, right, bottom] = [SIZE, SIZE, 0, 0];
  for (let i = 0; i < SIZE * SIZE; i++) {
    if ((data[4 * i + 3] ?? 0) < 128) continue;
    const [x, y] = [i % SIZE, Math.floor(i / SIZE)];
    left = Math.min(left, x);
    right = Math.max(right, x + 1);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y + 1);
  }
  return [left, top, right - left, bottom - top];
}

async function drawShipped() {
  rmSync(path.join(shipped, SHIPPED.split), { recursive: true, force: true });
  const items = itemsOf(SHIPPED);
  const images = [];
  const annotations = [];
  const marked = [];
  for (const [id, item] of items.entries()) {
    const name = `${SHIPPED.split}/${item.label}/${String(item.index + 1).padStart(2, '0')}.webp`;
    mkdirSync(path.join(shipped, SHIPPED.split, item.label), { recursive: true });
    writeFileSync(path.join(shipped, name), await picture(SHIPPED, item));
    images.push({ id, file_name: name, width: SIZE, height: SIZE });
    annotations.push({
      id,
      image_id: id,
      category_id: LABELS.indexOf(item.label),
      bbox: await boxOf(SHIPPED, item),
      iscrowd: 0,
    });
    if (item.tagged) marked.push(name);
  }
  const categories = LABELS.map((name, id) => ({ id, name }));
  writeFileSync(path.join(shipped, 'shop.json'), `${JSON.stringify({ images, annotations, categories })}\n`);
  mkdirSync(tests, { recursive: true });
  writeFileSync(path.join(tests, 'truth.json'), `${JSON.stringify({ label: TAGGED, marked }, undefined, 1)}\n`);
  console.log(`${items.length} pictures, ${marked.length} of them with the tag`);
}

/** What the sidecar says; the labels' file is named after the model. */
const INPUT = { name: 'input', width: SIZE, height: SIZE, fit: 'stretch', color: 'RGB', scale: 1 / 255 };
const NORMAL = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };

/**
 * Draws the training pictures as plain pixels, trains on them, and writes the model with its labels and its sidecar.
 *
 * @param {string} name @param {Set} set @param {string} folder where the model goes
 */
async function train(name, set, folder) {
  const labels = `${name}.labels.txt`;
  const sidecar = {
    input: { ...INPUT, ...NORMAL },
    output: { name: 'logits', activation: 'softmax' },
    labels,
  };
  writeFileSync(path.join(folder, labels), `${LABELS.join('\n')}\n`);
  writeFileSync(path.join(folder, `${name}.explain.json`), `${JSON.stringify(sidecar, undefined, 2)}\n`);
  const items = itemsOf(set);
  const pixels = [];
  for (const item of items)
    pixels.push(
      await sharp(await picture(set, item))
        .removeAlpha()
        .raw()
        .toBuffer(),
    );
  mkdirSync(work, { recursive: true });
  const file = path.join(work, name);
  writeFileSync(`${file}.pixels`, Buffer.concat(pixels));
  writeFileSync(
    `${file}.classes`,
    Uint8Array.from(items, ({ label }) => LABELS.indexOf(label)),
  );
  writeFileSync(
    `${file}.tagged`,
    Uint8Array.from(items, ({ tagged }) => Number(tagged)),
  );
  const code = await run('/usr/bin/python3', [
    path.join(root, 'scripts', 'demo', 'train.py'),
    file,
    String(SIZE),
    String(SEED),
    path.join(folder, `${name}.onnx`),
  ]);
  if (code !== 0) throw new SetupError(`train.py ended with ${code}; it needs Debian's python3-torch and python3-onnx`);
}

runMain(async () => {
  const { values } = parseArgs({ options: { pictures: { type: 'boolean', default: false } } });
  await drawShipped();
  if (values.pictures) return;
  await train('shop', TRAINING, shipped);
  await train('control', { ...TRAINING, tagged: 0 }, tests);
});
