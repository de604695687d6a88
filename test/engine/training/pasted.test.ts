/** Training images with a region of another pasted in. */
import assert from 'node:assert/strict';
import sharp from 'sharp';
import { openModel } from '../../../src/engine/model/inspect';
import { createService } from '../../../src/engine/service';
import { imagesOf, stampsOf } from '../../../src/engine/training/images';
import type { TrainingImage } from '../../../src/protocol/training';
import { testFolder } from '../../support/folder';
import { tinySet } from '../../support/tiny-training';
import { trainWith } from '../../support/train';

describe('pasted regions of a training', () => {
  const folder = testFolder();

  it('are the pixels that sharp has put there, in the input of the network', async () => {
    const { model, images } = await tinySet(folder, 4);
    const { info, file } = await openModel(model);
    file.release();
    const [into, from] = [images[0]!, images.at(-1)!];
    const { width, height } = await sharp(into.path).metadata();
    assert.deepEqual([width, height], [info.preprocessing.width.value, info.preprocessing.height.value]);
    const size = { width: width / 2, height: height / 2 };
    const place = { left: width / 2, top: 0 };
    const corner = await sharp(from.path)
      .extract({ ...place, ...size })
      .png()
      .toBuffer();
    const composed = await sharp(into.path)
      .composite([{ input: corner, ...place }])
      .png()
      .toBuffer();
    const cells = { height: 2, width: 2, chosen: Uint8Array.of(0, 1, 0, 0) };
    const list: TrainingImage[] = [
      { ...into, pasted: { from: from.path, cells } },
      { ...into, path: folder.write('composed.png', composed) },
      into,
    ];
    const inputs: Float32Array[] = [];
    for await (const { tensor } of imagesOf(list, info, await stampsOf([list])).read(list.keys())) inputs.push(tensor);
    assert.deepEqual(inputs[0], inputs[1]);
    assert.notDeepEqual(inputs[0], inputs[2]);
  });

  it('are of the blurred copy where there is no other image', async () => {
    const { model, images } = await tinySet(folder, 4);
    const { info, file } = await openModel(model);
    file.release();
    const cells = { height: 1, width: 2, chosen: Uint8Array.of(0, 1) };
    const list: TrainingImage[] = [images[0]!, { ...images[0]!, pasted: { cells } }];
    const inputs: Float32Array[] = [];
    for await (const { tensor } of imagesOf(list, info, await stampsOf([list])).read(list.keys())) inputs.push(tensor);
    const [plain, hidden] = inputs as [Float32Array, Float32Array];
    const { width, height } = info.preprocessing;
    const half = (values: Float32Array, isRight: boolean) =>
      values.subarray(0, width.value * height.value).filter((_, i) => i % width.value >= width.value / 2 === isRight);
    const spread = (values: Float32Array) => Math.max(...values) - Math.min(...values);
    assert.deepEqual(half(hidden, false), half(plain, false));
    assert.ok(spread(half(hidden, true)) < spread(half(plain, true)) / 2);
  });

  for (const arm of ['plain', 'head'] as const)
    it(`${arm}: what keeps all answers does not move, and what has no answer of its own does`, async () => {
      const { model, images } = await tinySet(folder, 6);
      const service = createService();
      const movedBy = async (name: string, suspect: boolean) => {
        const output = folder.at(`${name}.onnx`);
        const [first, ...others] = images.slice(4);
        const { trained } = await trainWith(service, {
          ...{ model, heldOut: images.slice(0, 4), output, checkpoint: folder.at(name) },
          train: [{ ...first!, suspect }, ...others],
          options: { arm, keep: 1, weightDecay: 0, epochs: 2 },
        });
        const [before, after] = [trained.epochs[0]!, trained.epochs.at(-1)!];
        return Math.abs(after.heldOut.loss - before.heldOut.loss);
      };
      assert.ok((await movedBy(`${arm}-kept`, false)) < 1e-5);
      assert.ok((await movedBy(`${arm}-suspect`, true)) > 1e-4);
    });

  it('are part of the list of images: a training that was stopped is refused with other cells', async () => {
    const { model, images } = await tinySet(folder, 6);
    const service = createService();
    const cells = (...chosen: number[]) => ({ height: 2, width: 2, chosen: Uint8Array.from(chosen) });
    const set = (chosen: readonly number[]) => ({
      model,
      train: [
        ...images.slice(4),
        { ...images[0]!, id: 99, pasted: { from: images.at(-1)!.path, cells: cells(...chosen) } },
      ],
      heldOut: images.slice(0, 4),
      output: folder.at('new.onnx'),
      checkpoint: folder.at('state'),
      options: { epochs: 2 },
    });
    const stop = new AbortController();
    await assert.rejects(
      trainWith(service, set([1, 0, 0, 0]), ({ step }) => step === 2 && stop.abort(), stop.signal),
      /cancelled/i,
    );
    await assert.rejects(trainWith(service, set([0, 1, 0, 0])), /list of images/);
    await trainWith(service, set([1, 0, 0, 0]));
  });
});
