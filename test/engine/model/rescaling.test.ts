/** Prepared pixels of models that scale them themselves. */
import assert from 'node:assert/strict';
import sharp from 'sharp';
import { DataType, makeTensor } from '../../../src/core/onnx/tensors';
import { openModel } from '../../../src/engine/model/inspect';
import { prepareInput } from '../../../src/engine/pictures/prepare';
import { testFolder } from '../../support/folder';
import { CLASSIFIER, type TinyNode, tinyModel } from '../../support/tiny-model';

const picture = () =>
  sharp({ create: { width: 8, height: 8, channels: 3, background: { r: 255, g: 51, b: 0 } } })
    .png()
    .toBuffer();

/** What the colour becomes: as it is, from 0 to 1, from -1 to 1, and as for ImageNet, which is assumed. */
const PIXELS = [255, 51, 0];
const UNIT = [1, 0.2, 0];
const SYMMETRIC = [1, -0.6, -1];
const ASSUMED = [(1 - 0.485) / 0.229, (0.2 - 0.456) / 0.224, (0 - 0.406) / 0.225];

const MEANS = '123.675;116.28;103.53';
const STDS = '58.395;57.12;57.375';
/** Operators behind the input and their constants, one or one a channel. */
const CHAINS: readonly [string, string, readonly number[]][] = [
  ['Keras, Rescaling(1/255)', 'Mul 0.00392157', PIXELS],
  ['Keras, Rescaling(1/127.5, -1)', 'Mul 0.00784314, Sub 1', PIXELS],
  ['Keras, EfficientNet', `Mul 0.00392157, Sub 0.485;0.456;0.406, Div 0.229;0.224;0.225`, PIXELS],
  ['Keras, Normalization of pixels', `Sub ${MEANS}, Div ${STDS}`, PIXELS],
  ['a quotient', 'Div 255, Sub 0.5, Div 0.5', PIXELS],
  ['means alone', `Sub ${MEANS}`, PIXELS],
  ['torchvision, Normalize', 'Sub 0.485;0.456;0.406, Div 0.229;0.224;0.225', UNIT],
  ['a factor of 255', `Mul 255, Sub ${MEANS}, Div ${STDS}`, UNIT],
  ['from -1 to 1 to pixels', 'Mul 127.5, Add 127.5', SYMMETRIC],
  [
    'from -1 to 1 to what torchvision normalises',
    'Mul 0.5, Add 0.5, Sub 0.485;0.456;0.406, Div 0.229;0.224;0.225',
    SYMMETRIC,
  ],
  ['statistics of pixels', `BatchNormalization 1;1;1 0;0;0 ${MEANS} 3400;3200;3300`, PIXELS],
  ['statistics of a range to 1', 'BatchNormalization 1;1;1 0;0;0 0.48;0.45;0.4 0.05;0.05;0.05', UNIT],
  ['statistics of what was normalised', 'BatchNormalization 1;1;1 0;0;0 0;0;0 1;1;1', ASSUMED],
  [
    'a mean picture',
    `Sub ${Array.from({ length: 192 }, (_, i) => [124, 117, 104][Math.floor(i / 64)]! + (i % 7)).join(';')}`,
    PIXELS,
  ],
  [
    'a factor that differs from pixel to pixel',
    `Mul ${Array(192)
      .fill(1 / 255)
      .join(';')}`,
    ASSUMED,
  ],
  ['limits', 'Clip 0 255, Div 255', PIXELS],
  ['a negative of pixels', 'Neg, Add 255, Div 255', PIXELS],
  ['a negative of a range to 1', 'Neg, Add 1, Sub 0.5, Div 0.5', UNIT],
  ['rounding to 8 bits', 'QuantizeLinear 1, DequantizeLinear 1, Div 255', PIXELS],
  [
    'a BatchNormalization without statistics',
    'BatchNormalization 0.00784314;0.00784314;0.00784314 -1;-1;-1 0;0;0 1;1;1',
    PIXELS,
  ],
  ['a factor of 1', 'Mul 1', ASSUMED],
  ['nothing', 'Relu', ASSUMED],
];

/** The chain from `pixels` to `image`, and its constants. */
function chained(text: string) {
  const steps = text.split(', ').map((step) => step.split(' '));
  const initializers = steps.flatMap(([operator, ...constants], i) =>
    constants.map((constant, j) => {
      const values = constant.split(';').map(Number);
      const scalar = /^(Clip|QuantizeLinear|DequantizeLinear)$/.test(operator!);
      const dims = scalar ? [] : values.length > 3 ? [1, 3, 8, 8] : [1, values.length, 1, 1];
      return makeTensor(`c${i}${j}`, DataType.FLOAT, operator === 'BatchNormalization' ? [3] : dims, values);
    }),
  );
  const nodes = steps.map(([operator, ...constants], i): TinyNode => {
    const inputs = [i === 0 ? 'pixels' : `x${i}`, ...constants.map((_, j) => `c${i}${j}`)];
    return [operator!, inputs.join(' '), `x${i + 1}`];
  });
  return { initializers, nodes: [...nodes, ['Identity', `x${steps.length}`, 'image'] satisfies TinyNode] };
}

describe('the range that the nodes behind the input tell', () => {
  const { write } = testFolder();
  const modelOf = (chain: string) => {
    const { initializers, nodes } = chained(chain);
    const inputs = { pixels: ['N', 3, 8, 8] };
    return write(
      'net.onnx',
      tinyModel({ ...CLASSIFIER, inputs, nodes: [...nodes, ...CLASSIFIER.nodes], initializers }),
    );
  };

  for (const [name, chain, values] of CHAINS)
    it(name, async () => {
      const { info } = await openModel({ path: modelOf(chain) });
      const { tensor } = await prepareInput({ bytes: await picture(), name: 'a.png' }, info);
      for (const [c, value] of values.entries())
        assert.ok(Math.abs(tensor[c * 64]! - value) < 1e-4, `${tensor[c * 64]} for ${value}`);
      assert.equal(info.preprocessing.scale.origin, values === ASSUMED ? 'assumed' : 'graph');
      const told = info.assumptions.some((line) => line.startsWith('range of the input: the BatchNormalization'));
      assert.equal(told, name === 'statistics of what was normalised');
    });

  const ints = (name: string, ...values: number[]) => makeTensor(name, DataType.INT64, [values.length], values);
  for (const [name, nodes] of Object.entries<TinyNode[]>({
    'channels reversed by Gather': [['Gather', 'pixels reversed', 'flipped', { axis: { int: 1 } }]],
    'channels reversed by Slice': [['Slice', 'pixels last before channel back', 'flipped']],
    'a Reshape': [['Reshape', 'pixels shape', 'flipped']],
  }))
    it(`behind ${name}`, async () => {
      const initializers = [
        ints('reversed', 2, 1, 0),
        ints('last', -1),
        ints('before', -4),
        ints('channel', 1),
        ints('back', -1),
        ints('shape', -1, 3, 8, 8),
        makeTensor('mean', DataType.FLOAT, [1, 3, 1, 1], [103.939, 116.779, 123.68]),
      ];
      const all: TinyNode[] = [...nodes, ['Sub', 'flipped mean', 'image'], ...CLASSIFIER.nodes];
      const model = tinyModel({ ...CLASSIFIER, inputs: { pixels: ['N', 3, 8, 8] }, nodes: all, initializers });
      const { info } = await openModel({ path: write('net.onnx', model) });
      const { tensor } = await prepareInput({ bytes: await picture(), name: 'a.png' }, info);
      assert.deepEqual([tensor[0], tensor[64], tensor[128]], PIXELS);
    });

  it('by constants that other nodes hand on', async () => {
    const nodes: TinyNode[] = [
      ['Identity', 'factor', 'same'],
      ['Cast', 'same', 'cast', { to: { int: DataType.FLOAT } }],
      ['Mul', 'pixels cast', 'image'],
      ...CLASSIFIER.nodes,
    ];
    const initializers = [makeTensor('factor', DataType.FLOAT, [], [1 / 255])];
    const model = tinyModel({ ...CLASSIFIER, inputs: { pixels: ['N', 3, 8, 8] }, nodes, initializers });
    const { info } = await openModel({ path: write('net.onnx', model) });
    assert.deepEqual(info.preprocessing.scale, { value: 1, origin: 'graph' });
  });

  const scalar = (name: string, value: number) => makeTensor(name, DataType.FLOAT, [], [value]);
  const across = (name: string, ...values: number[]) => makeTensor(name, DataType.FLOAT, [1, 3, 1, 1], values);
  const OTHER_FORMS: Readonly<Record<string, readonly [nodes: TinyNode[], values: readonly number[]]>> = {
    'channels that are normalised one by one, BGR': [
      [
        ['Split', 'pixels', 'red green blue', { axis: { int: 1 } }],
        ['Sub', 'red meanRed', 'r'],
        ['Sub', 'green meanGreen', 'g'],
        ['Sub', 'blue meanBlue', 'b'],
        ['Concat', 'b g r', 'image', { axis: { int: 1 } }],
      ],
      PIXELS,
    ],
    'a picture that is subtracted from a constant': [
      [
        ['Sub', 'full pixels', 'dark'],
        ['Div', 'dark full', 'image'],
      ],
      PIXELS,
    ],
    "Keras' Normalization, whose constants are computed": [
      [
        ['Sqrt', 'variance', 'root'],
        ['Max', 'root tiny', 'deviation'],
        ['Sub', 'pixels means', 'centred'],
        ['Div', 'centred deviation', 'image'],
      ],
      PIXELS,
    ],
    'a convolution that scales each channel': [
      [['Conv', 'pixels scales shifts', 'image', { group: { int: 3 } }]],
      PIXELS,
    ],
    'a convolution that also reorders the channels': [[['Conv', 'pixels swaps shifts', 'image']], PIXELS],
    'a border and a Resize': [
      [
        ['Pad', 'pixels border', 'framed'],
        ['Resize', 'framed  halves', 'resized'],
        ['Mul', 'resized factor', 'image'],
      ],
      PIXELS,
    ],
    'two branches that scale alike': [
      [
        ['Mul', 'pixels factor', 'left'],
        ['Mul', 'pixels factor', 'right'],
        ['Relu', 'left', 'leftmost'],
        ['Mul', 'leftmost right', 'image'],
      ],
      PIXELS,
    ],
    'two branches, one of which takes the input as it is': [
      [
        ['Mul', 'pixels factor', 'left'],
        ['Relu', 'pixels', 'right'],
        ['Add', 'left right', 'image'],
      ],
      ASSUMED,
    ],
  };
  for (const [name, [nodes, values]] of Object.entries(OTHER_FORMS))
    it(`with ${name}`, async () => {
      const initializers = [
        scalar('meanRed', 123.68),
        scalar('meanGreen', 116.78),
        scalar('meanBlue', 103.94),
        scalar('full', 255),
        scalar('factor', 1 / 255),
        scalar('tiny', 1e-7),
        across('variance', 3400, 3200, 3300),
        across('means', 123.7, 116.3, 103.5),
        makeTensor('scales', DataType.FLOAT, [3, 1, 1, 1], Array(3).fill(1 / 127.5)),
        makeTensor('swaps', DataType.FLOAT, [3, 3, 1, 1], [0, 0, 0.008, 0, 0.008, 0, 0.008, 0, 0]),
        makeTensor('shifts', DataType.FLOAT, [3], [-1, -1, -1]),
        ints('border', 0, 0, 4, 4, 0, 0, 4, 4),
        makeTensor('halves', DataType.FLOAT, [4], [1, 1, 0.5, 0.5]),
      ];
      const all = [...nodes, ...CLASSIFIER.nodes];
      const model = tinyModel({ ...CLASSIFIER, inputs: { pixels: ['N', 3, 8, 8] }, nodes: all, initializers });
      const { info } = await openModel({ path: write('net.onnx', model) });
      const { tensor } = await prepareInput({ bytes: await picture(), name: 'a.png' }, info);
      for (const [c, value] of values.entries()) assert.ok(Math.abs(tensor[c * 64]! - value) < 1e-4);
    });

  it('counts less than what a file says, in any encoding of text', async () => {
    const text = JSON.stringify({ image_processor_type: 'ViTImageProcessor', size: 8 });
    for (const bytes of [Buffer.from(`\uFEFF${text}`), Buffer.from(`\uFEFF${text}`, 'utf16le')]) {
      write('preprocessor_config.json', bytes);
      const { info } = await openModel({ path: modelOf('Mul 0.00392157') });
      assert.deepEqual(info.preprocessing.scale, { value: 1 / 255, origin: 'hugging-face' });
    }
  });

  it('counts less than what a file says', async () => {
    write('preprocessor_config.json', { image_processor_type: 'ViTImageProcessor', size: 8 });
    const { info } = await openModel({ path: modelOf('Mul 0.00392157') });
    assert.deepEqual(info.preprocessing.scale, { value: 1 / 255, origin: 'hugging-face' });
  });
});
