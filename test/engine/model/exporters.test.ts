/** Prepared pixels of models by who exported them: their values of plain colours, and where the input lies on the image. */
import assert from 'node:assert/strict';
import sharp from 'sharp';
import { openModel } from '../../../src/engine/model/inspect';
import { encodePng } from '../../../src/engine/pictures/image';
import { prepareInput } from '../../../src/engine/pictures/prepare';
import { createService } from '../../../src/engine/service';
import { explainWith } from '../../support/explain';
import { testFolder } from '../../support/folder';
import { plainRun } from '../../support/plain';
import { largestDifference } from '../../support/reference';
import { needs, shared } from '../../support/shared';
import { CLASSIFIER, type TinyModel, tinyModel } from '../../support/tiny-model';
import { noise } from '../../support/tiny-network';

const COLOUR = [255, 51, 0] as const;
const plain = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: { r: COLOUR[0], g: COLOUR[1], b: COLOUR[2] } } })
    .png()
    .toBuffer();

const IMAGENET = [
  [0.485, 0.456, 0.406],
  [0.229, 0.224, 0.225],
] as const;
const UNIT = [1, 0.2, 0];
const AS_IMAGENET = UNIT.map((value, i) => (value - IMAGENET[0][i]!) / IMAGENET[1][i]!);
/** Channels last, which is brought to the form of the classifier. */
const LAST: Partial<TinyModel> = {
  inputs: { pixels: ['N', 224, 224, 3] },
  nodes: [['Transpose', 'pixels', 'image', { perm: { ints: [0, 3, 1, 2] } }], ...CLASSIFIER.nodes],
};
const ULTRALYTICS = { author: 'Ultralytics', task: 'classify', imgsz: '[8, 8]', names: "{0: 'a', 1: 'b'}" };
const MANIFEST = { DomainType: 'Classification', Platform: 'ONNX', LabelFileName: 'labels.txt' };
const PADDLE = `PreProcess:
  transform_ops:
  - ResizeImage:
      resize_short: 10
  - CropImage:
      size: 8
  - NormalizeImage:
      channel_num: 3
      scale: 1.0/255.0
      mean: [0.485, 0.456, 0.406]
      std: [0.229, 0.224, 0.225]
      order: ''
  - ToCHWImage:
PostProcess:
  Topk:
    topk: 1
    label_list: [ant, bee]
`;
/** fastai's head: a map's maxima and means, one behind the other. */
const FASTAI: Partial<TinyModel> = {
  nodes: [
    ['Conv', 'image stem', 'map'],
    ['GlobalMaxPool', 'map', 'most'],
    ['GlobalAveragePool', 'map', 'mean'],
    ['Concat', 'most mean', 'both', { axis: { int: 1 } }],
    ['Flatten', 'both', 'row'],
    ['MatMul', 'row fc', 'logits'],
  ],
  outputs: ['logits'],
  weights: { stem: [4, 3, 3, 3], fc: [8, 2] },
};

interface Expected {
  /** Of COLOUR, in the model's order of channels. */
  readonly values: readonly number[];
  /** Of the input on the image, in pixels of the image. */
  readonly left: number;
  readonly scale: readonly [number, number];
  readonly interpolation?: string;
  readonly labels?: readonly string[];
  readonly told?: RegExp;
}

/** The image is 32 x 16 unless the input is larger, which has 8 x 8. */
const CASES: readonly [string, Partial<TinyModel>, Readonly<Record<string, string | object>>, Expected][] = [
  ['Ultralytics', { metadata: ULTRALYTICS }, {}, { values: UNIT, left: 8, scale: [2, 2], labels: ['a', 'b'] }],
  [
    'Ultralytics, a detector',
    { metadata: { ...ULTRALYTICS, task: 'detect' } },
    {},
    // round(8 / 0.875) = 9; (18 - 8) / 2 are cut off
    { values: AS_IMAGENET, left: (5 * 32) / 18, scale: [32 / 18, 16 / 9], told: /mean and std: those of ImageNet/ },
  ],
  [
    'Custom Vision',
    {},
    { 'cvexport.manifest': MANIFEST, 'labels.txt': 'cat\r\ndog\r\n' },
    { values: UNIT, left: 0, scale: [4, 2], interpolation: 'bicubic', labels: ['cat', 'dog'] },
  ],
  [
    'Custom Vision with its metadata',
    { metadata: { 'Image.BitmapPixelFormat': 'Bgr8', 'Image.NominalPixelRange': 'NominalRange_0_255' } },
    { 'cvexport.manifest': MANIFEST },
    { values: [0, 51, 255], left: 0, scale: [4, 2], interpolation: 'bicubic' },
  ],
  [
    'Teachable Machine',
    LAST,
    { 'labels.txt': '0 Class 1\n1 Class 2\n' },
    {
      values: [1, -0.6, -1],
      left: 112,
      scale: [1, 1],
      interpolation: 'lanczos',
      labels: ['Class 1', 'Class 2'],
      told: /Teachable Machine, by the numbers in labels\.txt/,
    },
  ],
  [
    'Teachable Machine, labels of another model',
    LAST,
    { 'labels.txt': '0 a\n1 b\n2 c' },
    {
      values: [1, -0.6, -1],
      left: 112,
      scale: [1, 1],
      interpolation: 'lanczos',
      labels: ['0', '1'],
      told: /labels\.txt: its 3 labels are not used/,
    },
  ],
  ['labels without numbers', LAST, { 'labels.txt': 'a\nb' }, { values: AS_IMAGENET, left: 126, scale: [7 / 8, 7 / 8] }],
  [
    'PaddleClas',
    {},
    { 'inference.yml': PADDLE },
    // 320 / 20 pixels before the crop; (20 - 8) / 2 are cut off
    { values: AS_IMAGENET, left: 9.6, scale: [1.6, 1.6], labels: ['ant', 'bee'], told: /where OpenCV's is asked for/ },
  ],
  [
    'PaddleClas, stretched by Pillow',
    {},
    {
      'inference.yml': PADDLE.replace(
        'resize_short: 10',
        'size: [10, 10]\n      backend: pil\n      interpolation: bicubic',
      ),
    },
    { values: AS_IMAGENET, left: 3.2, scale: [3.2, 1.6], interpolation: 'bicubic' },
  ],
  ['fastai', FASTAI, {}, { values: AS_IMAGENET, left: 8, scale: [2, 2], told: /fastai, by its two poolings/ }],
  [
    'files of these names that others wrote',
    {},
    { 'cvexport.manifest': '{', 'inference.yml': 'a: [', 'labels.txt': '0' },
    { values: AS_IMAGENET, left: (5 * 32) / 18, scale: [32 / 18, 16 / 9], told: /inference\.yml: not used/ },
  ],
];

describe('prepared pixels by exporter', () => {
  const { write } = testFolder();

  for (const [name, more, files, expected] of CASES)
    it(name, async () => {
      const model = tinyModel({ ...CLASSIFIER, inputs: { image: ['N', 3, 8, 8] }, ...more });
      for (const [file, text] of Object.entries(files)) write(file, text);
      const { info } = await openModel({ path: write('net.onnx', model) });
      const side = info.preprocessing.width.value;
      const image = side === 8 ? plain(32, 16) : plain(448, 224);
      const { tensor, transform } = await prepareInput({ bytes: await image, name: 'a.png' }, info);
      const channel = info.input.layout === 'NCHW' ? side * side : 1;
      for (const [c, value] of expected.values.entries())
        assert.ok(Math.abs(tensor[c * channel]! - value) < 1e-5, `${c}: ${tensor[c * channel]} for ${value}`);
      const [scaleX, scaleY] = expected.scale;
      for (const [found, wanted] of [
        [transform.scaleX, scaleX],
        [transform.scaleY, scaleY],
        [transform.offsetX, expected.left],
      ] as const)
        assert.ok(Math.abs(found - wanted) < 1e-9, `${found} for ${wanted}`);
      assert.equal(info.preprocessing.interpolation.value, expected.interpolation ?? 'bilinear');
      if (expected.labels) assert.deepEqual(info.labels.value, expected.labels);
      assert.match(info.assumptions.join('\n'), expected.told ?? /^/);
    });
});

describe('what is told of exporters', () => {
  const { write } = testFolder();
  const inputs = { image: ['N', 3, 8, 8] };

  it('is nothing where better sources say it all', async () => {
    write('config.json', { pretrained_cfg: { input_size: [3, 8, 8] } });
    const { info } = await openModel({ path: write('net.onnx', tinyModel({ ...CLASSIFIER, inputs, ...FASTAI })) });
    assert.equal(info.preprocessing.resize.origin, 'hugging-face');
    assert.doesNotMatch(info.assumptions.join('; '), /fastai/);
  });

  it('is that PaddleClas stretches to other proportions', async () => {
    write('inference.yml', PADDLE.replace('resize_short: 10', 'size: [8, 12]'));
    const { info } = await openModel({ path: write('net.onnx', tinyModel({ ...CLASSIFIER, inputs })) });
    assert.match(info.assumptions.join('; '), /fit: stretched to the crop's proportions, where others/);
  });
});

/** How pixels are prepared for the cases by the programs that made them; each case gives its scores as they are. */
interface Fed {
  readonly file: string;
  /** Of the picture, which is as large as the size before a crop, so that nothing is resampled. */
  readonly side: number;
  readonly input: number;
  readonly color?: 'BGR';
  /** Channels last. */
  readonly last?: true;
  readonly scale?: number;
  readonly mean?: readonly number[];
  readonly std?: readonly number[];
  /** False where onnxruntime gives the scores as maps of names, which another test compares. */
  readonly scored?: false;
}

const FED: readonly Fed[] = [
  { file: 'levit/model.onnx', side: 256, input: 224, mean: IMAGENET[0], std: IMAGENET[1] },
  { file: 'efficientnet/model.onnx', side: 240, input: 240, mean: IMAGENET[0], std: IMAGENET[1] },
  { file: 'keras/keras-rescaling.onnx', side: 75, input: 75, last: true, scale: 1 },
  { file: 'ultra/ultra.onnx', side: 224, input: 224 },
  { file: 'customvision/m.onnx', side: 224, input: 224, color: 'BGR', scale: 1, scored: false },
];

describe('exported models that people have', () => {
  const folder = testFolder();
  const values = async (context: Mocha.Context, ...parts: string[]) => {
    const path = shared('cases', ...parts);
    needs(context, path, 'a small copy of a model that people have');
    const { preprocessing } = (await openModel({ path })).info;
    return Object.fromEntries(Object.entries(preprocessing).map(([key, { value }]) => [key, value]));
  };

  it('LeViT: the shorter side to int(256 / 224 * 224), then a crop', async function () {
    const { fit, resize, width, height, interpolation } = await values(this, 'levit', 'model.onnx');
    assert.deepEqual([fit, resize, width, height, interpolation], ['crop', 256, 224, 224, 'bicubic']);
  });

  it('EfficientNet: the standard deviation is taken twice', async function () {
    const { std, fit, width } = await values(this, 'efficientnet', 'model.onnx');
    for (const [i, wanted] of [0.229, 0.224, 0.225].entries()) assert.ok(Math.abs(std[i] - wanted) < 1e-6);
    assert.deepEqual([fit, width], ['stretch', 240]);
  });

  it('Keras: rescaling is inside', async function () {
    const { scale, mean, std } = await values(this, 'keras', 'keras-rescaling.onnx');
    assert.deepEqual([scale, mean, std], [1, [0, 0, 0], [1, 1, 1]]);
  });

  it('Custom Vision: by its outputs, with colours and range of its metadata', async function () {
    const { fit, interpolation, color, scale, mean } = await values(this, 'customvision', 'm.onnx');
    assert.deepEqual([fit, interpolation, color, scale, mean], ['stretch', 'bicubic', 'BGR', 1, [0, 0, 0]]);
  });

  it('Ultralytics: by its metadata', async function () {
    const { scale, mean, std, fit, resize, width } = await values(this, 'ultra', 'ultra.onnx');
    assert.deepEqual([scale, mean, std], [1 / 255, [0, 0, 0], [1, 1, 1]]);
    assert.deepEqual([fit, resize, width], ['crop', 224, 224]);
  });

  for (const {
    file,
    side,
    input,
    color = 'RGB',
    last,
    scale = 1 / 255,
    mean = 0,
    std = [1, 1, 1],
    scored = true,
  } of FED)
    it(`${file}: onnxruntime's scores of pixels that are prepared by hand`, async function () {
      const path = shared('cases', file);
      needs(this, path, 'a small copy of a model that people have');
      const data = Uint8Array.from(noise(3 * side * side, 6), (value) => 128 + 127 * value);
      const picture = folder.write('picture.png', await encodePng({ data, width: side, height: side }, 3));
      const [margin, area] = [(side - input) / 2, input * input];
      const fed = new Float32Array(3 * area);
      for (let i = 0; i < area; i++) {
        const from = 3 * ((margin + Math.floor(i / input)) * side + margin + (i % input));
        for (let c = 0; c < 3; c++) {
          const value = data[from + (color === 'BGR' ? 2 - c : c)]! * scale;
          fed[last ? 3 * i + c : c * area + i] = (value - (mean && mean[c]!)) / std[c]!;
        }
      }
      const { info } = await openModel({ path });
      const { tensor } = await prepareInput({ path: picture }, info);
      assert.ok(largestDifference(tensor, fed) <= 1e-5, `${largestDifference(tensor, fed)}`);
      if (!scored) return;
      const scores = await plainRun(path, fed, last ? [1, input, input, 3] : [1, 3, input, input]);
      const { explanation } = await explainWith(createService(), {
        image: { path: picture },
        model: { path },
        method: 'eigen-cam',
      });
      assert.ok(largestDifference(explanation.probabilities, scores) <= 1e-5, `${explanation.probabilities} ${scores}`);
    });
});
