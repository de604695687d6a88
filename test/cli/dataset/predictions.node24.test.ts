/** Predictions of a sweep are those of plain onnxruntime. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import * as ort from 'onnxruntime-node';
import sharp from 'sharp';
import { CIFAR, cifarFolder, cifarSubset, RESNET20 } from '../../support/cifar';
import { testFolder } from '../../support/folder';
import { needs, nightly, project, shared } from '../../support/shared';
import { rowsOf, succeeds } from './support';

const LABELS = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];
/** Of ImageNet, as torchvision's transforms have them. */
const MEAN = [0.485, 0.456, 0.406];
const STD = [0.229, 0.224, 0.225];
const SIDE = 32;

/** The most probable class by onnxruntime alone, one image at a time. */
async function plainTop1(session: ort.InferenceSession, file: string): Promise<number> {
  const pixels = await sharp(file).removeAlpha().raw().toBuffer();
  const input = new Float32Array(3 * SIDE * SIDE);
  for (let i = 0; i < SIDE * SIDE; i++)
    for (let c = 0; c < 3; c++) input[c * SIDE * SIDE + i] = (pixels[3 * i + c]! / 255 - MEAN[c]!) / STD[c]!;
  const name = session.inputNames[0]!;
  const result = await session.run({ [name]: new ort.Tensor('float32', input, [1, 3, SIDE, SIDE]) });
  const logits = Array.from(result[session.outputNames[0]!]!.data as Float32Array);
  return logits.indexOf(Math.max(...logits));
}

describe('cli: predictions of a dataset', () => {
  const folder = testFolder();

  it(`are those of plain onnxruntime on ${nightly ? 'all 10,000' : '300'} images of CIFAR-10`, async function () {
    needs(this, CIFAR, 'no images to predict');
    needs(this, RESNET20, 'no model');
    const images = nightly ? cifarFolder() : cifarSubset(folder.at('images'), 30);
    const run = folder.at('cifar.groupcam');
    const { stderr } = await succeeds('dataset', images, '--model', RESNET20, '--run', run, '--device', 'cpu');
    const rows = await rowsOf(run);
    assert.equal(rows.length, nightly ? 10_000 : 300);
    const session = await ort.InferenceSession.create(RESNET20);
    const different: string[] = [];
    let right = 0;
    for (const row of rows) {
      const top = LABELS[await plainTop1(session, path.join(images, row.image))];
      if (row.predicted !== top) different.push(`${row.image}: ${row.predicted}, not ${top}`);
      const truth = row.image.split('/')[0];
      assert.deepEqual(row.true, [truth]);
      assert.equal(row.correct, top === truth, row.image);
      if (top === truth) right += 1;
    }
    assert.deepEqual(different, []);
    assert.ok(stderr.includes(`accuracy ${((100 * right) / rows.length).toFixed(2)} %`), stderr);
    const wrong = await rowsOf(run, 'wrong');
    assert.equal(wrong.length, rows.length - right);
    const bins = await rowsOf(run, 'p >= 0.5 order by loss desc limit 20');
    assert.equal(bins.length, 20);
    assert.ok(bins.every(({ loss }, i) => i === 0 || loss! <= bins[i - 1]!.loss!));
  });

  it('measures of the map are those of evaluate on coco128', async function () {
    const coco = shared('images', 'coco128', 'annotations.json');
    const model = shared('models', 'mobilenet_v2.onnx');
    needs(this, coco, 'no annotated photographs');
    needs(this, model, 'no model');
    const run = folder.at('coco.groupcam');
    const report = folder.at('report');
    const more = ['--mapping', project('media', 'imagenet-to-coco.json'), '--device', 'cpu'];
    await succeeds('dataset', coco, '--model', model, '--run', run, ...more);
    const metrics = ['--methods', 'grad-cam', '--metrics', 'energy,pointing', '--no-baselines'];
    await succeeds('evaluate', coco, '--model', model, '--report', report, ...metrics, ...more);
    const evaluated = parse<Record<string, string>>(readFileSync(path.join(report, 'images.csv')), { columns: true });
    const rows = await rowsOf(run);
    let compared = 0;
    for (const row of rows) {
      // `evaluate` explains for each category the most probable of its classes: here those that are also the top class.
      const same = evaluated.find(
        (one) => one['image']!.startsWith(`${row.image} (`) && one['label'] === row.predicted,
      );
      if (!same) continue;
      compared += 1;
      const [energy, pointing] = [Number(same['energy']), Number(same['pointing'])];
      assert.ok(Math.abs(row.map!.energy! - energy) < 1e-6, `${row.image}: energy ${row.map!.energy}, not ${energy}`);
      assert.equal(row.map!.hit, pointing === 1, row.image);
    }
    assert.ok(compared >= 20, `compared ${compared}`);
  });
});
