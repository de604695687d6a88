import assert from 'node:assert/strict';
import { findImageInput } from '../../../src/core/model/inputs';
import { DataType, makeTensor, valuesOf } from '../../../src/core/onnx/tensors';
import { parseTiny, type TinyModel, type TinyShape } from '../../support/tiny-model';

function model(inputs: Readonly<Record<string, TinyShape>>, more: Partial<TinyModel> = {}) {
  return parseTiny({ inputs, nodes: [['Relu', Object.keys(inputs)[0]!, 'y']], outputs: ['y'], ...more });
}

describe('image input', () => {
  const shapes: [TinyShape, string, number, number | undefined, number | undefined][] = [
    [['N', 3, 224, 200], 'NCHW', 3, 224, 200],
    [[1, 1, 28, 28], 'NCHW', 1, 28, 28],
    [[1, 4, 'h', 'w'], 'NCHW', 4, undefined, undefined],
    [['N', 224, 200, 3], 'NHWC', 3, 224, 200],
    [['N', 'h', 'w', 3], 'NHWC', 3, undefined, undefined],
    [[-1, 3, -1, -1], 'NCHW', 3, undefined, undefined],
    [[1, 3, 32, 3], 'NCHW', 3, 32, 3],
  ];
  for (const [shape, layout, channels, height, width] of shapes)
    it(`[${shape}] is ${layout} with ${channels} channels`, () => {
      const input = findImageInput(model({ image: shape }));
      assert.deepEqual(input, { name: 'image', dtype: DataType.FLOAT, layout, channels, height, width });
    });

  it('a batch of 8 is a form of its own', () => {
    const { formed, height } = findImageInput(model({ image: [8, 3, 9, 8] }));
    assert.deepEqual([formed?.form, height], [{ kind: 'fixed-batch', batch: 8, repeated: false }, 9]);
  });

  const free: [string, TinyModel['nodes'], 'NCHW' | 'NHWC' | undefined, string][] = [
    [
      'a Transpose to channels first',
      [['Transpose', 'image', 'y', { perm: { ints: [0, 3, 1, 2] } }]],
      undefined,
      'NHWC',
    ],
    ['a convolution', [['Conv', 'image w', 'y']], undefined, 'NCHW'],
    ['a source', [['Conv', 'image w', 'y']], 'NHWC', 'NHWC'],
    [
      'a Transpose behind scaling',
      [
        ['Sub', 'image mean', 'centred'],
        ['Transpose', 'centred', 'first', { perm: { ints: [0, 3, 1, 2] } }],
        ['Conv', 'first w', 'y'],
      ],
      undefined,
      'NHWC',
    ],
  ];
  for (const [what, nodes, layout, expected] of free)
    it(`free dimensions have the order of ${what}`, () => {
      const conv = nodes.some(([op]) => op === 'Conv') ? nodes : [...nodes, ['Conv', 'y w', 'z'] as const];
      const tiny = model({ image: [-1, -1, -1, -1] }, { nodes: conv, weights: { w: [6, 3, 3, 3], mean: [1] } });
      assert.deepEqual([findImageInput(tiny, { layout }).layout, findImageInput(tiny).channels], [expected, 3]);
    });

  it('takes the channels of an input without any from the first convolution, with its groups', () => {
    const free = { image: ['batch', 'channels', 'height', 'width'] };
    const nodes = [['Conv', 'image w', 'y', { group: { int: 3 } }]] as const;
    assert.equal(findImageInput(model(free, { nodes, weights: { w: [6, 1, 3, 3] } })).channels, 3);
  });

  it('does not count weights that are inputs as well (IR 3)', () => {
    const inputs = { image: ['N', 3, 8, 8], w: [6, 3, 3, 3] };
    const nodes = [['Conv', 'image w', 'y']] as const;
    const input = findImageInput(model(inputs, { nodes, weights: { w: [6, 3, 3, 3] }, irVersion: 3, opset: 9 }));
    assert.equal(input.name, 'image');
  });

  it('accepts pixels as they are, uint8', () => {
    const input = findImageInput(model({ image: ['N', 8, 8, 3] }, { inputType: DataType.UINT8 }));
    assert.equal(input.dtype, DataType.UINT8);
  });

  const refused: [string, string, Readonly<Record<string, TinyShape>>, RegExp, Partial<TinyModel>?][] = [
    ['a row of numbers', 'no-image-input', { x: ['N', 10] }, /x \(float \[N, 10\]\)/],
    ['two channels', 'no-image-input', { x: ['N', 2, 8, 8] }, /x \(float \[N, 2, 8, 8\]\)/],
    [
      'words',
      'no-image-input',
      { ids: [1, 3, 8, 8] },
      /input "ids" \[1, 3, 8, 8\] takes int64/,
      { inputType: DataType.INT64 },
    ],
    ['two images', 'several-image-inputs', { left: [1, 3, 8, 8], right: [1, 3, 8, 8] }, /left .* right/],
    [
      'an input that no default is known of',
      'inputs-unknown',
      { image: [1, 3, 8, 8], size: [1, 2] },
      /besides the image "image" it needs size \(float \[1, 2\]\)/,
      { nodes: [['Resize', 'image  size', 'y']] },
    ],
    [
      'two images that all outputs need',
      'inputs-unknown',
      { left: [1, 3, 8, 8], right: [1, 3, 8, 8] },
      /besides the image "left" it needs right/,
      { nodes: [['Add', 'left right', 'y']] },
    ],
  ];
  for (const [what, code, inputs, message, more] of refused)
    it(`refuses ${what}: ${code}`, () => {
      assert.throws(() => findImageInput(model(inputs, more)), { code, message });
    });

  it('is the one that is named, of several', () => {
    const inputs = { left: [1, 3, 8, 8], right: [1, 3, 9, 9] };
    const nodes = [
      ['Relu', 'left', 'y'],
      ['Concat', 'left right', 'both', { axis: { int: 0 } }],
    ] as const;
    const several = model(inputs, { nodes, outputs: ['y', 'both'] });
    assert.equal(findImageInput(several, { name: 'left' }).height, 8);
    assert.throws(() => findImageInput(several), {
      code: 'several-image-inputs',
      message: /input\.name in the sidecar/,
    });
    // No output does without the other.
    assert.throws(() => findImageInput(several, { name: 'right' }), { code: 'inputs-unknown', message: /needs left/ });
  });

  const switches: [string, DataType, TinyShape][] = [
    ['any', DataType.BOOL, []],
    ['is_training', DataType.FLOAT, [1]],
    ['keras_learning_phase', DataType.INT32, []],
  ];
  for (const [name, dtype, shape] of switches)
    it(`leaves ${name} (${DataType[dtype]} [${shape}]), which switches training on, off`, () => {
      const switched = model({ image: [1, 3, 8, 8], [name]: shape }, { types: { [name]: dtype } });
      assert.equal(findImageInput(switched).name, 'image');
      assert.deepEqual(switched.switches, [name]);
      assert.deepEqual(valuesOf(switched.initializers.get(name)!), [0]);
    });

  it('refuses a model whose only input is a weight', () => {
    const weight = makeTensor('w', DataType.FLOAT, [1, 3, 2, 2], Array(12).fill(1));
    const all = model({ w: [1, 3, 2, 2] }, { initializers: [weight] });
    assert.throws(() => findImageInput(all), { code: 'no-image-input', message: /none/ });
  });
});
