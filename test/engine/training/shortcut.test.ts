/** A network that decides by a mark no longer does, once its head is trained on balanced groups. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { createService } from '../../../src/engine/service';
import { trainingDefaults } from '../../../src/protocol/training';
import { testFolder } from '../../support/folder';
import { classOf, halves, type Marked, type Reliance, relianceOf, trainingSet } from '../../support/repair';
import { randomScript, sceneScript } from '../../support/scripts';
import { needs, onlyNightly, project, shared } from '../../support/shared';
import { imagesUnder } from '../../support/suspects';
import { trainWith } from '../../support/train';

/** Lays the mark over a picture; the place differs from picture to picture. */
type Mark = (image: string, i: number) => Promise<Buffer>;

interface Case {
  readonly name: string;
  readonly folder: string;
  readonly files: { readonly model: string; readonly labels: string; readonly images: string; readonly truth: string };
  readonly box: Marked['box'];
  readonly mark: Mark;
  readonly holds: (before: Reliance, after: Reliance) => boolean;
}

const SHOP = project('media', 'demo', 'shortcut');

const DEMO: Case = {
  name: 'the demo',
  folder: SHOP,
  files: {
    model: 'shop.onnx',
    labels: 'shop.labels.txt',
    images: 'shop',
    truth: project('test', 'data', 'shortcut', 'truth.json'),
  },
  box: { left: 88 / 128, top: 0, right: 1, bottom: 40 / 128 },
  async mark(image, i) {
    const [{ tagAlone }, { randomOf }] = await Promise.all([sceneScript(), randomScript()]);
    return sharp(image)
      .composite([{ input: Buffer.from(tagAlone(randomOf('laid over', i))) }])
      .png()
      .toBuffer();
  },
  // Its suspicious clusters have two images of other classes, from which not much can be learned.
  holds: (before, after) => after.taken <= 0.6 * before.taken && after.heat < 0.8 * before.heat,
};

const PLANTED: Case = {
  name: 'the planted set',
  folder: shared('shortcut'),
  files: {
    model: 'model.onnx',
    labels: 'labels.txt',
    images: 'test',
    truth: shared('shortcut', 'truth.json'),
  },
  box: { left: 23 / 32, top: 23 / 32, right: 1, bottom: 1 },
  /** As `tools/plant-shortcut.py` does: 6 x 6 pixels of yellow with a dark cross, one or two from the corner. */
  async mark(image, i) {
    const { data, info } = await sharp(image).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    const [x, y] = [25 - (i % 2), 25 - ((i >> 1) % 2)];
    for (let a = 0; a < 6; a++)
      for (let b = 0; b < 6; b++)
        data.set(a === b || a + b === 5 ? [20, 20, 20] : [255, 215, 0], ((y + a) * info.width + x + b) * 3);
    return sharp(data, { raw: { width: info.width, height: info.height, channels: 3 } })
      .png()
      .toBuffer();
  },
  holds: (before, after) => after.taken <= before.taken / 3 && after.heat <= before.heat / 2,
};

describe('repair of a shortcut by the head alone', () => {
  const folder = testFolder();
  for (const { name, folder: place, files, box, mark, holds } of [DEMO, ...onlyNightly([PLANTED])])
    it(`${name}: other images with the mark are seldom taken for the class`, async function () {
      needs(this, path.join(place, files.model), 'a network with a shortcut');
      const service = createService();
      const truth: { label: string; marked: string[] } = JSON.parse(readFileSync(files.truth, 'utf8'));
      const set: Marked = {
        model: path.join(place, files.model),
        labels: readFileSync(path.join(place, files.labels), 'utf8').trim().split('\n'),
        label: truth.label,
        images: imagesUnder(path.join(place, files.images)),
        marked: new Set(truth.marked.map((image) => path.join(place, image))),
        box,
      };
      const others = halves(set.images)[1].filter((image) => classOf(image) !== set.label && !set.marked.has(image));
      const overlaid: string[] = [];
      for (const [i, image] of others.entries()) overlaid.push(folder.write(`marked/${i}.png`, await mark(image, i)));
      const before = await relianceOf(service, set.model, set, overlaid);
      const { train, heldOut } = await trainingSet(service, set);
      const output = folder.at('repaired.onnx');
      await trainWith(service, {
        model: { path: set.model },
        train,
        heldOut,
        output,
        checkpoint: folder.at('state'),
        options: trainingDefaults('head'),
      });
      const after = await relianceOf(service, output, set, overlaid);
      const told = `before ${JSON.stringify(before)}, after ${JSON.stringify(after)}`;
      assert.ok(before.taken > 0.8, told);
      assert.ok(holds(before, after), told);
      assert.ok(after.accuracy >= before.accuracy - 0.02, told);
    });
});
