import { strict as assert } from 'node:assert';
import { DataType } from '../../../src/core/onnx/tensors';
import { gradient } from '../../../src/engine/explanations/gradient';
import { testFolder } from '../../support/folder';
import { features } from '../../support/naive';
import { REFERENCE, readCase } from '../../support/reference';
import { relativeErrors } from '../../support/runtime';
import { needs } from '../../support/shared';
import { type Form, IMAGE, LAYER, NETWORK, networkModel, tensorFile } from '../../support/tiny-network';

describe('gradient', () => {
  const folder = testFolder();
  const write = () => ({
    model: { path: folder.write('model.onnx', networkModel({ ending: ['Softmax'] })) },
    image: { tensor: folder.write('input.npy', tensorFile(IMAGE)) },
    target: { index: 2 },
  });

  // MobileNet v2's reference lies at a kink of a ReLU6; test/core/gradients has it.
  for (const model of ['squeezenet1_1', 'cifar10_resnet20']) {
    it(`of ${model} with respect to its input, against autograd`, async function () {
      needs(this, REFERENCE, 'no gradients to compare with');
      const reference = readCase(`${model}/case_00`);
      const result = await gradient({
        model: { path: reference.model },
        image: { tensor: reference.file('input') },
        target: { index: reference.class },
      });
      const expected = reference.array('input_gradient');
      assert.deepEqual(result.shape, expected.shape);
      assert.ok(relativeErrors(result.data, expected.data).largest <= 1e-3);
    });
  }

  it('of the logit before a Softmax, with respect to a layer', async () => {
    const { shape, data, tensor } = await gradient({ ...write(), wrt: LAYER });
    assert.equal(tensor, LAYER);
    assert.deepEqual(shape, [1, 7, 6, 8]);
    // The mean over 48 pixels, then a linear layer.
    const expected = Array.from(data, (_, i) => NETWORK.linear[Math.floor(i / 48) * 3 + 2]! / 48);
    assert.ok(relativeErrors(data, expected).largest < 1e-6);
  });

  for (const type of [DataType.UINT8, DataType.FLOAT16])
    it(`of pixels in ${DataType[type]}, which the graph scales`, async () => {
      const pixels = IMAGE.data.map((x) => Math.round((x + 1) * 127.5));
      const choose = (form: Form, data: readonly number[]) => ({
        model: { path: folder.write('model.onnx', networkModel(form)) },
        image: { tensor: folder.write('input.npy', tensorFile({ ...IMAGE, data }, form.layout)) },
        target: { index: 2 },
      });
      const result = await gradient(choose({ pixels: type, layout: 'NHWC' }, pixels));
      const plain = await gradient(
        choose(
          { layout: 'NHWC' },
          pixels.map((p) => p / 127.5 - 1),
        ),
      );
      // From float16 to float32 and back, the gradient has 11 bits.
      const tolerance = type === DataType.UINT8 ? 1e-5 : 1e-3;
      const expected = plain.data.map((g) => g / 127.5);
      assert.ok(relativeErrors(result.data, expected).largest < tolerance);
    });

  it('ends at a ReLU that is off', async () => {
    const { data } = await gradient({ ...write(), wrt: 'map' });
    const on = features(NETWORK, IMAGE).flat(2);
    assert.ok(on.some((value) => value === 0) && on.some((value) => value > 0));
    for (const [i, value] of on.entries()) assert.equal(data[i] !== 0, value > 0, `value ${i}`);
  });

  for (const [what, choice, code] of [
    ['a tensor that is none', { wrt: 'none' }, 'unknown-layer'],
    ['a weight', { wrt: 'conv' }, 'unknown-layer'],
    ['a tensor behind the logits', { wrt: 'end0' }, 'not-connected'],
    ['a class that is none', { target: { index: 3 } }, 'unknown-class'],
  ] as const) {
    it(`refuses ${what}`, () => assert.rejects(gradient({ ...write(), ...choice }), { code }));
  }
});
