/** What a sweep answers, against explanations of the same images one by one. */
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { prepareInput } from '../../../src/engine/pictures/prepare';
import { createService } from '../../../src/engine/service';
import type { ModelChoice } from '../../../src/protocol/requests';
import { explainWith } from '../../support/explain';
import { testFolder } from '../../support/folder';
import { missing, needs, project, shared } from '../../support/shared';
import { imagesOf, sweepWith } from '../../support/sweep';
import { CLASSIFIER, tinyModel } from '../../support/tiny-model';
import { LAYER, networkModel, noise } from '../../support/tiny-network';

const scenes = () => {
  const folder = project('media', 'demo', 'scenes');
  return readdirSync(folder)
    .filter((name) => /\.(png|jpe?g)$/.test(name))
    .map((name) => path.join(folder, name));
};

/** A picture of noise as PNG. */
async function noisePng(width: number, height: number, seed: number): Promise<Uint8Array> {
  const data = Uint8Array.from(noise(width * height * 3, seed), (value) => 127 + 127 * value);
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

describe('sweep', () => {
  const folder = testFolder();
  const service = createService();

  const noisePictures = async (count: number, width = 16, height = 12) => {
    const paths = [];
    for (let i = 0; i < count; i++)
      paths.push(folder.write(`${String(i).padStart(3, '0')}.png`, await noisePng(width, height, i + 1)));
    return paths;
  };

  /**
   * Every answer is that of `explain` with Grad-CAM.
   *
   * @param classOf the class of an image's map; by default the most probable one
   */
  async function agrees(
    model: ModelChoice,
    paths: readonly string[],
    classOf?: (image: number) => number,
  ): Promise<void> {
    const asked = imagesOf(paths).map((image) => ({ ...image, ...(classOf && { class: classOf(image.id) }) }));
    const { swept, images } = await sweepWith(service, { model, images: asked });
    assert.equal(images, paths.length);
    let blank = 0;
    for (const [i, file] of paths.entries()) {
      const target = classOf ? ({ index: classOf(i) } as const) : 'top';
      const { explanation } = await explainWith(service, { model, image: { path: file }, method: 'grad-cam', target });
      const { map, top, transform, size, ...own } = swept[i]!;
      const { frame } = explanation;
      assert.deepEqual([map!.height, map!.width], [frame.height, frame.width]);
      const largest = Math.max(...frame.map.map(Math.abs));
      for (const [at, value] of frame.map.entries())
        assert.ok(Math.abs(map!.map[at]! - value) <= 2e-5 * largest, `${file}: ${map!.map[at]} for ${value} at ${at}`);
      assert.deepEqual([map!.offset, map!.signed], [frame.offset, frame.signed]);
      assert.deepEqual(transform, frame.imageTransform);
      assert.deepEqual(size, frame.imageTransform.image);
      assert.equal(classOf ? classOf(i) : top[0]![0], explanation.class);
      for (const [place, [, p]] of top.entries()) {
        const expected = explanation.top[place]!.probability;
        assert.ok(Math.abs(p - expected) <= 1e-5, `${file}: ${p} for ${expected}`);
      }
      assert.equal(own.blank, explanation.saliency.reason);
      if (own.blank !== undefined) blank += 1;
    }
    assert.ok(blank < paths.length, 'all maps are blank');
  }

  for (const name of ['squeezenet1_1', 'mobilenet_v2', 'cifar10_resnet20'])
    it(`${name}: the maps and probabilities of explain`, async function () {
      const model = shared('models', `${name}.onnx`);
      const photographs = shared('images', 'imagenet');
      needs(this, model, 'there is no such model to sweep with');
      needs(this, photographs, 'there are no photographs');
      const files = readdirSync(photographs).filter((file) => /\.jpe?g$/i.test(file));
      await agrees(
        { path: model },
        files.slice(0, 9).map((file) => path.join(photographs, file)),
      );
    });

  it('maps of other classes than the predicted ones, behind a linear head and by gradients', async function () {
    const photographs = shared('images', 'imagenet');
    needs(this, photographs, 'there are no photographs');
    const files = readdirSync(photographs).filter((file) => /\.jpe?g$/i.test(file));
    const paths = files.slice(0, 5).map((file) => path.join(photographs, file));
    await agrees({ path: shared('models', 'mobilenet_v2.onnx') }, paths, (image) => 100 * image + 7);
    await agrees(
      { path: project('test', 'data', 'gradients', 'vit.onnx') },
      await noisePictures(5, 40, 30),
      (i) => i % 3,
    );
    const model = { path: shared('models', 'cifar10_resnet20.onnx') };
    await assert.rejects(sweepWith(service, { model, images: imagesOf(paths, { class: 10 }) }), {
      code: 'unknown-class',
    });
  });

  it('a transformer: the same', async () => {
    await agrees({ path: project('test', 'data', 'gradients', 'vit.onnx') }, await noisePictures(5, 40, 30));
  });

  for (const [what, form] of Object.entries({
    'a model with channels last': { layout: 'NHWC' },
    'a model whose batch is fixed to 1': { batch: 1 },
    'a model that can take only one image although its input says otherwise': { fixedInside: true },
    'a layer that is no cut of the graph': { around: 'map' },
    'a layer that is no cut of the graph, behind none': { around: 'image' },
    'a model that gives probabilities': { ending: ['Softmax'] },
    'a model of independent classes': { ending: ['Sigmoid'] },
    'a layer behind which there is more than pooling and one linear operator': { ending: ['Relu'] },
  } as const))
    it(`${what}: the same`, async () => {
      const file = folder.write('model.onnx', networkModel(form));
      await agrees({ path: file, layer: LAYER }, await noisePictures(6));
    });

  it('embeddings are the means of the channels of the layer', async () => {
    const file = folder.write('model.onnx', tinyModel({ ...CLASSIFIER, outputs: ['p', 'relu'] }));
    const model = { path: file, layer: 'relu', output: 'p' };
    const paths = await noisePictures(3, 8, 8);
    const { swept } = await sweepWith(service, { model, images: imagesOf(paths) });
    const { InferenceSession, Tensor } = await import('onnxruntime-node');
    const session = await InferenceSession.create(file);
    const info = await service.inspect({ model }, silent);
    for (const [i, { embedding }] of swept.entries()) {
      const { tensor, dims } = await prepareInput({ path: paths[i]! }, info);
      const { relu } = await session.run({ image: new Tensor('float32', tensor, dims) });
      const maps = relu!.data as Float32Array;
      const pixelsOfMap = maps.length / 4;
      for (let k = 0; k < 4; k++) {
        const mean = maps.slice(k * pixelsOfMap, (k + 1) * pixelsOfMap).reduce((a, b) => a + b, 0) / pixelsOfMap;
        assert.ok(Math.abs(embedding[k]! - mean) <= 1e-5, `${embedding[k]} for ${mean}`);
      }
    }
  });

  it('without maps there are predictions and embeddings', async () => {
    const { swept } = await sweepWith(service, { model: {}, images: imagesOf(scenes()), maps: false });
    const all = await sweepWith(service, { model: {}, images: imagesOf(scenes()) });
    for (const [i, { map, measures, ...rest }] of all.swept.entries()) {
      assert.ok(map && measures?.maximum);
      assert.deepEqual(swept[i], rest);
    }
  });

  it('a model without a gradient rule is swept without maps, and says why', async () => {
    const file = folder.write('model.onnx', networkModel({ odd: true }));
    const images = imagesOf(await noisePictures(2));
    const { swept } = await sweepWith(service, { model: { path: file, layer: LAYER }, images });
    for (const { map, blank, top } of swept) {
      assert.ok(!map && top.length === 3);
      assert.match(blank!, /ReverseSequence/);
    }
  });

  it('losses are of the true classes', async () => {
    const paths = scenes();
    const { swept } = await sweepWith(service, { model: {}, images: imagesOf(paths, { truth: [2] }), top: 1000 });
    for (const { loss, top } of swept) {
      const [, p] = top.find(([index]) => index === 2)!;
      assert.ok(Math.abs(loss! + Math.log(p)) <= 1e-6);
    }
  });

  it('broken images in the middle fail by themselves, in their places', async function () {
    const good = await noisePictures(30);
    const pipe = folder.at('pipe.png');
    if (spawnSync('mkfifo', [pipe]).status !== 0) missing(this, 'named pipes');
    const jpeg = await sharp(scenes()[0]!).jpeg().toBuffer();
    const bad = [
      [folder.at('nowhere.png'), 'image-missing'],
      [folder.write('text.png', 'no picture'), 'image-unreadable'],
      [folder.write('empty.png', ''), 'image-unreadable'],
      [folder.write('half.jpg', new Uint8Array(jpeg.subarray(0, jpeg.length / 2))), 'image-unreadable'],
      [pipe, 'image-unreadable'],
      [folder.at(), 'image-unreadable'],
    ] as const;
    const paths = [...good.slice(0, 7), ...bad.map(([file]) => file), ...good.slice(7)];
    const model = { path: folder.write('model.onnx', networkModel()), layer: LAYER };
    const { images, failed, swept, order } = await sweepWith(service, { model, images: imagesOf(paths) });
    assert.equal(images, paths.length);
    assert.deepEqual(order, [...paths.keys()]);
    assert.deepEqual(
      failed.map(({ id, code }) => [id, code]),
      bad.map(([, code], i) => [7 + i, code]),
    );
    for (const { id, message } of failed) assert.ok(message.startsWith(`${paths[id]}: `), message);
    assert.equal(swept.length, good.length);
    const whole = await sweepWith(service, { model, images: imagesOf(good) });
    for (const [i, { top }] of whole.swept.entries()) assert.equal(swept[i]!.top[0]![0], top[0]![0]);
  });

  it('an unusable model rejects the request', async () => {
    const images = imagesOf(scenes());
    await assert.rejects(sweepWith(service, { model: { path: folder.at('nowhere.onnx') }, images }), {
      code: 'model-missing',
    });
    const broken = { path: folder.write('broken.onnx', readFileSync(scenes()[0]!)) };
    await assert.rejects(sweepWith(service, { model: broken, images }), { code: 'model-unreadable' });
  });

  it('a cancellation takes effect between two batches, and the next sweep is whole', async () => {
    const images = imagesOf(Array.from({ length: 10 }, () => scenes()).flat());
    const controller = new AbortController();
    let events = 0;
    const cancelled = sweepWith(
      service,
      { model: {}, images },
      (count) => {
        events = count;
        controller.abort();
      },
      controller.signal,
    );
    await assert.rejects(cancelled, { code: 'cancelled' });
    assert.ok(events <= 16, `${events} images after the cancellation`);
    assert.equal((await sweepWith(service, { model: {}, images: images.slice(0, 9) })).images, 9);
  });

  it('an explanation that is asked for meanwhile goes first, between two batches', async () => {
    const images = imagesOf(Array.from({ length: 15 }, () => scenes()).flat());
    let [before, after] = [0, 0];
    let explained: Promise<unknown> | undefined;
    const { images: all } = await sweepWith(service, { model: {}, images }, (count) => {
      after = count;
      if (explained) return;
      before = count;
      explained = explainWith(service, { model: {}, image: { path: scenes()[0]! } }).then(() => {
        assert.ok(after - before <= 16, `${after - before} images before the explanation`);
        assert.ok(after < images.length, 'the sweep ended first');
      });
    });
    await explained;
    assert.equal(all, images.length);
  });
});

const silent = { signal: new AbortController().signal, emit: () => {} };
