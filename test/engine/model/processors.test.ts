/** Prepared pixels by the files of transformers and timm, against what Pillow and numpy make of the same picture. */
import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import sharp from 'sharp';
import { openModel, saveSidecar } from '../../../src/engine/model/inspect';
import { prepareInput } from '../../../src/engine/pictures/prepare';
import { testFolder } from '../../support/folder';
import { project } from '../../support/shared';
import { CLASSIFIER, tinyModel } from '../../support/tiny-model';

interface Case {
  readonly name: string;
  readonly file: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly height: number;
  readonly width: number;
  readonly step: number;
  readonly values: readonly number[];
}

const CASES: readonly Case[] = JSON.parse(
  readFileSync(project('test', 'data', 'processors', 'processors.json'), 'utf8'),
);

/** The picture of test/data/processors/make.py. */
async function picture(): Promise<Buffer> {
  const [width, height] = [23, 14];
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const [c, x, y] = [i % 3, Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    return (37 * x + 91 * y + 53 * c + x * y) % 256;
  });
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

describe('prepared pixels by Hugging Face files', () => {
  const { at, write } = testFolder();

  for (const { name, file, config, height, width, step, values } of CASES)
    it(name, async () => {
      // Who doesn't resize and doesn't crop leaves the size to the model.
      const size = config['do_resize'] === false && !config['do_center_crop'] ? [height, width] : ['h', 'w'];
      const model = write('net.onnx', tinyModel({ ...CLASSIFIER, inputs: { image: ['N', 3, ...size] } }));
      for (const other of ['preprocessor_config.json', 'config.json'])
        write(other, JSON.stringify(other === file ? config : {}));
      const { info } = await openModel({ path: model });
      const source = { bytes: await picture(), name: 'a.png' };
      const { dims, tensor } = await prepareInput(source, info);
      assert.deepEqual(dims, [1, 3, height, width]);
      const sampled = Array.from(tensor).filter((_, i) => i % step === 0);
      assert.equal(sampled.length, values.length);
      const furthest = Math.max(...sampled.map((value, i) => Math.abs(value - values[i]!)));
      assert.ok(furthest < 2e-5, `${furthest} apart; assumed: ${info.assumptions.join('; ')}`);

      await saveSidecar({ path: model });
      rmSync(at(file));
      const again = await prepareInput(source, (await openModel({ path: model })).info);
      assert.deepEqual(again.tensor, tensor, 'as the sidecar has it that was saved');
    });
});
