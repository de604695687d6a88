/** One network in many forms of ONNX, against the same computed in plain loops. */
import { strict as assert } from 'node:assert';
import { DataType } from '../../../src/core/onnx/tensors';
import { saliencyOf } from '../../../src/core/saliency';
import { createService } from '../../../src/engine/service';
import { explainWith } from '../../support/explain';
import { testFolder } from '../../support/folder';
import { naiveGroupCam } from '../../support/naive';
import { largestDifference } from '../../support/reference';
import { type Form, IMAGE, LAYER, NETWORK, networkModel, noise, tensorFile } from '../../support/tiny-network';

const TARGET = 1;
/** x = p / 127.5 - 1 for whole p. */
const ON_PIXELS = { ...IMAGE, data: IMAGE.data.map((x) => Math.round((x + 1) * 127.5) / 127.5 - 1) };
/** A map without positive evidence stays blank. */
const EQUATION_7 = { evidence: 'positive' };
const SIGMOID = { ...NETWORK, activation: 'sigmoid' } as const;

const ofDepth = (depth: number): Form => ({
  image: { ...IMAGE, data: noise(depth * 12 * 16, depth + 5), depth },
  network: { ...NETWORK, conv: noise(7 * depth * 9, 7) },
});
const pixels = (type: DataType): Form => ({ pixels: type, layout: 'NHWC', image: ON_PIXELS });

/** [what, form, tolerance] */
const FORMS: readonly [string, Form, number?][] = [
  ...[9, 10, 11, 13, 15, 17, 18, 20, 21, 23].map((opset): [string, Form] => [`opset ${opset}`, { opset }]),
  ['ends in Softmax', { ending: ['Softmax'] }],
  ['ends in LogSoftmax', { ending: ['LogSoftmax'] }],
  ['ends in Softmax, opset 9', { ending: ['Softmax'], opset: 9 }],
  ['ends in Sigmoid', { ending: ['Sigmoid'], network: SIGMOID }],
  ['channels last', { layout: 'NHWC' }],
  ['channels last, opset 9', { layout: 'NHWC', opset: 9 }],
  ['a batch of 1', { batch: 1 }],
  ['a batch of 1 inside, though it claims a free one', { fixedInside: true }],
  ['channels last, a batch of 1', { layout: 'NHWC', batch: 1 }],
  ['float16', { type: DataType.FLOAT16 }, 2e-2],
  ['a layer that a path runs around', { around: 'map' }],
  ['a layer that a path from the image runs around', { around: 'image' }],
  ['rows and columns without sizes', { freeSize: true }],
  ['channels last, rows and columns without sizes', { layout: 'NHWC', freeSize: true }],
  ['channels last, pixels of 8 bits that the graph scales', pixels(DataType.UINT8), 2e-2],
  ['channels last, pixels of float16 that the graph scales', pixels(DataType.FLOAT16), 2e-2],
  ['grey images', ofDepth(1)],
  ['images of four channels', ofDepth(4)],
  ['an input that switches training on', { training: true }],
  ['a map among its outputs', { map: true }],
];

describe('the same explanation from every form of a model', () => {
  const folder = testFolder();
  const service = createService();
  const options = { groups: 3, theta: 70, kernel: 23, sigma: 50 };

  for (const [what, form, tolerance = 1e-4] of FORMS) {
    it(what, async () => {
      const path = folder.write('model.onnx', networkModel(form));
      const image = form.image ?? IMAGE;
      if (form.freeSize) folder.write('model.explain.json', { input: { width: image.width, height: image.height } });
      const stored = form.pixels ? { ...image, data: image.data.map((x) => (x + 1) * 127.5) } : image;
      const tensor = folder.write('input.npy', tensorFile(stored, form.layout));
      const { explanation } = await explainWith(service, {
        image: { tensor },
        model: { path, layer: LAYER },
        target: { index: TARGET },
        options: { groups: options.groups },
      });
      const expected = naiveGroupCam(form.network ?? NETWORK, image, TARGET, options);
      close('probabilities', explanation.probabilities, expected.probabilities, tolerance);
      close('scores', explanation.scores, expected.scores, tolerance);
      assert.ok(Math.max(...expected.saliency) === 1, 'the case must not be blank');
      close('saliency', saliencyOf(explanation.frame).map, expected.saliency, 10 * tolerance);
    });
  }

  for (const groups of [1, 2, 4, 5, 7, 32]) {
    for (const theta of [0, 50, 95]) {
      it(`${groups} groups, percentile ${theta}`, async () => {
        const path = folder.write('model.onnx', networkModel());
        const tensor = folder.write('input.npy', tensorFile(IMAGE));
        const choice = { image: { tensor }, model: { path, layer: LAYER }, target: { index: 0 } };
        const options = { ...EQUATION_7, groups, theta };
        const blur = { kernel: 5, sigma: 2 };
        const { explanation } = await explainWith(service, { ...choice, options, blur });
        const expected = naiveGroupCam(NETWORK, IMAGE, 0, { groups, theta, kernel: 5, sigma: 2 });
        close('scores', explanation.scores, expected.scores, 1e-5);
        close('saliency', saliencyOf(explanation.frame).map, expected.saliency, 1e-3);
      });
    }
  }

  it('the gradient-free variant, through an operator without a gradient', async () => {
    const path = folder.write('model.onnx', networkModel({ odd: true }));
    const tensor = folder.write('input.npy', tensorFile(IMAGE));
    const model = { path, layer: LAYER };
    const choice = { image: { tensor }, model, target: { index: 1 } } as const;
    const asked = { ...choice, options: { variant: 'gradient-free', groups: options.groups } };
    const { explanation } = await explainWith(service, asked);
    const expected = naiveGroupCam(NETWORK, IMAGE, 1, { ...options, gradientFree: true });
    close('scores', explanation.scores, expected.scores, 1e-5);
    close('saliency', saliencyOf(explanation.frame).map, expected.saliency, 1e-4);
  });

  for (const [height, width] of [
    [20, 20],
    [5, 40],
    [40, 5],
    [4, 4],
  ] as const) {
    it(`an image of ${height} x ${width}`, async () => {
      const image = { data: noise(3 * height * width, 3), depth: 3, height, width };
      const path = folder.write('model.onnx', networkModel({ image }));
      const tensor = folder.write('input.npy', tensorFile(image));
      const { explanation } = await explainWith(service, {
        image: { tensor },
        model: { path, layer: LAYER },
        target: { index: 2 },
        options: EQUATION_7,
      });
      // The kernel that the mirrored border allows.
      const kernel = Math.min(51, 2 * Math.min(height, width) - 1);
      const expected = naiveGroupCam(NETWORK, image, 2, { groups: 32, theta: 70, kernel, sigma: 50 });
      close('scores', explanation.scores, expected.scores, 1e-4);
      close('saliency', saliencyOf(explanation.frame).map, expected.saliency, 1e-3);
    });
  }
});

function close(what: string, actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  const difference = largestDifference(actual, expected);
  assert.ok(difference <= tolerance, `${what} differ by ${difference}: ${Array.from(actual).slice(0, 8)}`);
}
