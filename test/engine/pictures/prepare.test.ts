import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import type { ModelInfo } from '../../../src/core/model/info';
import type { Preprocessing } from '../../../src/core/model/preprocessing';
import { openModel } from '../../../src/engine/model/inspect';
import { prepareInput } from '../../../src/engine/pictures/prepare';
import { npyBytes, readNpy } from '../../../src/files/npy';
import { testFolder } from '../../support/folder';
import { needs, shared } from '../../support/shared';
import { type TinyModel, tinyModel } from '../../support/tiny-model';

type Plain = { readonly [K in keyof Preprocessing]: Preprocessing[K]['value'] };

const PLAIN: Plain = {
  width: 2,
  height: 2,
  fit: 'stretch',
  resize: 2,
  interpolation: 'bilinear',
  color: 'RGB',
  scale: 1,
  mean: [0, 0, 0, 0],
  std: [1, 1, 1, 1],
};

/** What prepareInput reads of a model. */
function model(preprocessing: Partial<Plain>, layout: 'NCHW' | 'NHWC' = 'NCHW', channels = 3): ModelInfo {
  const entries = Object.entries({ ...PLAIN, ...preprocessing });
  return {
    input: { name: 'input', layout, channels },
    preprocessing: Object.fromEntries(entries.map(([name, value]) => [name, { value, origin: 'sidecar' }])),
  } as unknown as ModelInfo;
}

/** Red, green / blue, white. */
const FOUR = [200, 0, 0, 0, 100, 0, 0, 0, 50, 255, 255, 255];

const png = (data: readonly number[], width: number) =>
  sharp(Uint8Array.from(data), { raw: { width, height: data.length / 3 / width, channels: 3 } })
    .png()
    .toBuffer();

async function prepared(info: ModelInfo, data: readonly number[] = FOUR, width = 2) {
  return prepareInput({ bytes: await png(data, width), name: 'a.png' }, info);
}

describe('engine/prepare: pictures', () => {
  const R = [200, 0, 0, 255];
  const G = [0, 100, 0, 255];
  const B = [0, 0, 50, 255];
  const layouts: readonly [string, ModelInfo, readonly number[], readonly number[]][] = [
    ['RGB, NCHW', model({}), [1, 3, 2, 2], [...R, ...G, ...B]],
    ['BGR, NCHW', model({ color: 'BGR' }), [1, 3, 2, 2], [...B, ...G, ...R]],
    ['RGB, NHWC', model({}, 'NHWC'), [1, 2, 2, 3], FOUR],
    // ITU-R 601: 0.299, 0.587, 0.114
    ['GRAY', model({ color: 'GRAY' }, 'NCHW', 1), [1, 1, 2, 2], [60, 59, 6, 255]],
    ['RGBA', model({}, 'NCHW', 4), [1, 4, 2, 2], [...R, ...G, ...B, 255, 255, 255, 255]],
  ];
  for (const [name, info, dims, tensor] of layouts) {
    it(name, async () => {
      const result = await prepared(info);
      assert.deepEqual(result.dims, dims);
      assert.deepEqual([...result.tensor], tensor);
    });
  }

  it('is (pixel * scale - mean) / std for each channel in the order of the colours', async () => {
    const info = model({ color: 'BGR', scale: 1 / 255, mean: [0.1, 0.2, 0.3], std: [0.5, 0.25, 2] });
    const { tensor } = await prepared(info);
    const wanted = [(0 - 0.1) / 0.5, (100 / 255 - 0.2) / 0.25, (200 / 255 - 0.3) / 2];
    for (const [i, at] of [0, 5, 8].entries()) assert.ok(Math.abs(tensor[at]! - wanted[i]!) < 1e-6);
  });

  it('pads with the mean colour, which is 0', async () => {
    const info = model({ width: 2, height: 4, fit: 'pad', scale: 1, mean: [9, 9, 9] });
    const { tensor, transform } = await prepared(info);
    assert.deepEqual([...tensor.subarray(0, 8)], [0, 0, 191, -9, -9, 246, 0, 0]);
    assert.deepEqual(transform, { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: -1, image: { width: 2, height: 2 } });
  });

  it('crops the middle', async () => {
    const row = [10, 20, 30, 40].flatMap((width) => [width, width, width]);
    const { tensor, transform } = await prepared(model({ fit: 'crop', resize: 2 }), [...row, ...row], 4);
    assert.deepEqual([...tensor.subarray(0, 4)], [20, 30, 20, 30]);
    assert.deepEqual(transform, { scaleX: 1, scaleY: 1, offsetX: 1, offsetY: 0, image: { width: 4, height: 2 } });
  });
});

describe('engine/prepare: a picture of 1 x 1,000,000 pixels', () => {
  for (const fit of ['crop', 'stretch', 'pad'] as const)
    it(`${fit}: only what the network sees is scaled`, async function () {
      const file = shared('cases', 'safety', 'image-png-1x1000000-valid.png');
      needs(this, file, 'the cases of safety');
      const { tensor } = await prepareInput({ path: file }, model({ fit, width: 224, height: 224, resize: 256 }));
      assert.ok(tensor.length === 3 * 224 * 224 && tensor.every(Number.isFinite));
    });
});

describe("engine/prepare: an image of the input's size", () => {
  const folder = testFolder();
  const SIDE = 8;
  /** Red by place, linear in both directions. */
  const red = (x: number, y: number) => 20 * x + 2 * y;
  const all = (at: (x: number, y: number) => number) =>
    Array.from({ length: SIDE * SIDE }, (_, i) => at(i % SIDE, Math.floor(i / SIDE)));
  const NET: TinyModel = {
    inputs: { image: ['N', 3, SIDE, SIDE] },
    nodes: [
      ['Conv', 'image w', 'map'],
      ['Relu', 'map', 'layer'],
      ['GlobalAveragePool', 'layer', 'pooled'],
      ['Flatten', 'pooled', 'logits'],
    ],
    outputs: ['logits'],
    weights: { w: [4, 3, 3, 3] },
  };
  /** The red pixels, 0 to 255, that the network is fed with. */
  const fed = async (files: Readonly<Record<string, object>>) => {
    for (const [name, content] of Object.entries(files)) folder.write(name, JSON.stringify(content));
    const { info } = await openModel({ path: folder.write('net.onnx', tinyModel(NET)) });
    const { tensor } = await prepareInput(
      {
        bytes: await png(
          all(red).flatMap((value) => [value, 0, 0]),
          SIDE,
        ),
        name: 'a.png',
      },
      info,
    );
    const { scale, mean, std } = info.preprocessing;
    const pixels = tensor.subarray(0, SIDE * SIDE);
    return [...pixels].map((value) => (value * std.value[0]! + mean.value[0]!) / scale.value);
  };

  const assertRed = (own: readonly number[], wanted: readonly number[]) => {
    for (const [i, value] of own.entries()) assert.ok(Math.abs(value - wanted[i]!) <= 1.01, `${i}: ${value}`);
  };

  it('is fed as it is', async () => assertRed(await fed({}), all(red)));

  // The middle of twice the size is far from the whole.
  for (const [name, content] of Object.entries({
    'net.explain.json': { input: { fit: 'crop', resize: 2 * SIDE } },
    'preprocessor_config.json': {
      image_processor_type: 'CLIPImageProcessor',
      size: { shortest_edge: 2 * SIDE },
      crop_size: { height: SIDE, width: SIDE },
      resample: 2,
    },
  }))
    it(`is cropped where ${name} asks for it`, async () => {
      // Pixel i of the middle is pixel i + 4 of the larger picture, whose centre is at (i + 4.5) / 2 - 0.5.
      const middle = all((x, y) => red(x / 2 + 1.75, y / 2 + 1.75));
      assertRed(await fed({ [name]: content }), middle);
    });
});

describe('engine/prepare: tensors', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'group-cam-tensor-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  const values = Float32Array.from({ length: 18 }, (_, i) => i);
  const source = (shape: readonly number[]) => {
    const file = path.join(folder, 'input.npy');
    writeFileSync(file, npyBytes({ shape, data: values }));
    return { tensor: file };
  };

  it('takes one in the layout of the model as it is', async () => {
    const { tensor, dims, transform } = await prepareInput(source([1, 3, 2, 3]), model({ width: 3 }));
    assert.deepEqual([dims, tensor], [[1, 3, 2, 3], values]);
    assert.deepEqual(transform, { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0, image: { width: 3, height: 2 } });
  });

  it('transposes the other layout', async () => {
    const toPlanes = await prepareInput(source([1, 2, 3, 3]), model({ width: 3 }));
    assert.deepEqual([...toPlanes.tensor.subarray(0, 7)], [0, 3, 6, 9, 12, 15, 1]);
    const toPixels = await prepareInput(source([1, 3, 2, 3]), model({ width: 3 }, 'NHWC'));
    assert.deepEqual([...toPixels.tensor.subarray(0, 4)], [0, 6, 12, 1]);
  });

  it('refuses another shape and says which is wanted', () =>
    assert.rejects(
      prepareInput(source([1, 3, 3, 2]), model({ width: 3 })),
      /input\.npy: shape \[1, 3, 3, 2\] does not fit the model's input \[1, 3, 2, 3\]/,
    ));
});

describe('engine/prepare: the reference (Pillow)', () => {
  for (const name of ['mobilenet_v2', 'squeezenet1_1', 'cifar10_resnet20']) {
    for (const kase of ['case_00', 'case_02', 'case_04', 'case_06']) {
      it(`${name} ${kase}`, async function () {
        const folder = shared('reference', name, kase);
        needs(this, path.join(folder, 'case.json'), 'the reference inputs');
        const { image } = JSON.parse(readFileSync(path.join(folder, 'case.json'), 'utf8'));
        const sidecar = JSON.parse(readFileSync(shared('models', `${name}.explain.json`), 'utf8')).input;
        const { tensor } = await prepareInput({ path: shared(image) }, model(sidecar));
        const { data: wanted } = await readNpy(path.join(folder, 'input.npy'));
        const errors = tensor.map((value, i) => (Math.abs(value - wanted[i]!) * sidecar.std[0]) / sidecar.scale);
        const mean = errors.reduce((a, b) => a + b, 0) / errors.length;
        assert.ok(mean < 0.01, `mean error ${mean} of 255`);
        const largest = errors.reduce((a, b) => Math.max(a, b), 0);
        assert.ok(largest < 1.01, `largest error ${largest} of 255`);
      });
    }
  }
});
