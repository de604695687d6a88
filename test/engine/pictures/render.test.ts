import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { colorTables } from '../../../src/core/heat/colormaps';
import { DEFAULT_CHOICE } from '../../../src/core/methods/choice';
import type { Frame } from '../../../src/core/saliency';
import { DEFAULT_STYLE, type HeatStyle } from '../../../src/core/style';
import { picture } from '../../../src/engine/pictures/picture';
import { render } from '../../../src/engine/pictures/render';
import { readNpy } from '../../../src/files/npy';
import type { Explanation } from '../../../src/protocol/explanation';
import type { ImageSource, RenderKind } from '../../../src/protocol/requests';

/** A map of 2 x 2 on an input of 2 x 2, which is the right half of an image of 4 x 2. */
const FRAME: Frame = {
  done: 1,
  total: 1,
  height: 2,
  width: 2,
  map: Float32Array.from([0.5, 1.5, 2.5, 4.5]),
  offset: 0.5,
  signed: false,
  inputSize: { width: 2, height: 2 },
  imageTransform: { scaleX: 1, scaleY: 1, offsetX: 2, offsetY: 0, image: { width: 4, height: 2 } },
};
/** By hand: less the offset, over the maximum. */
const SALIENCY = [0, 0.25, 0.5, 1];

const EXPLANATION: Explanation = {
  image: 'a.png',
  model: 'm.onnx',
  method: 'group-cam',
  options: { variant: 'paper' },
  blur: DEFAULT_CHOICE.blur,
  layer: 'relu',
  class: 3,
  label: 'cat',
  probability: 0.75,
  activation: 'softmax',
  top: [{ class: 3, label: 'cat', probability: 0.75 }],
  probabilities: Float32Array.from([0, 0.25, 0, 0.75]),
  frame: FRAME,
  saliency: { min: 0, max: 4, zero: false, reason: 'none' },
  scores: Float32Array.from([0.5, -0.25]),
  milliseconds: { load: 1, decode: 2, first: 3, total: 4 },
  device: 'cpu',
  passes: 5,
};

const gray = Uint8Array.from({ length: 4 * 2 * 3 }, () => 100);
const imageOf = async (width = 4): Promise<ImageSource> => ({
  bytes: await sharp(gray, { raw: { width, height: 8 / width, channels: 3 } })
    .png()
    .toBuffer(),
  name: 'a.png',
});

/** RGBA of every pixel. */
async function pixels(kind: RenderKind, style: HeatStyle = DEFAULT_STYLE) {
  const { bytes } = await render({ kind, explanation: EXPLANATION, image: await imageOf(), style });
  const { data, info } = await sharp(bytes).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  assert.deepEqual([info.width, info.height], [4, 2]);
  return Array.from({ length: 8 }, (_, i) => [...data.subarray(4 * i, 4 * i + 4)]);
}

const color = (value: number) => [
  ...colorTables.turbo.slice(4 * Math.round(255 * value), 4 * Math.round(255 * value) + 3),
];

describe('engine/render', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'group-cam-render-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('heatmap: the heat where the network looked, at the size of the image, clear elsewhere', async () => {
    const clear = [0, 0, 0, 0];
    const heat = SALIENCY.map((value) => [...color(value), 255]);
    assert.deepEqual(await pixels('heatmap'), [clear, clear, heat[0], heat[1], clear, clear, heat[2], heat[3]]);
  });

  it('overlay: the heat over the image with its opacity', async () => {
    const plain = [100, 100, 100, 255];
    const mixed = SALIENCY.map((value) => [...color(value).map((c) => Math.round(0.75 * 100 + 0.25 * c)), 255]);
    const actual = await pixels('overlay', { ...DEFAULT_STYLE, opacity: 0.25 });
    assert.deepEqual(actual, [plain, plain, mixed[0], mixed[1], plain, plain, mixed[2], mixed[3]]);
  });

  it('overlay: leaves the image where the map is below the threshold', async () => {
    const actual = await pixels('overlay', { ...DEFAULT_STYLE, threshold: 0.6 });
    assert.deepEqual(actual.slice(0, 7), Array(7).fill([100, 100, 100, 255]));
    assert.notDeepEqual(actual[7], [100, 100, 100, 255]);
  });

  it('draws a contour on the overlay and on the heatmap', async () => {
    for (const kind of ['overlay', 'heatmap'] as const) {
      assert.notDeepEqual(await pixels(kind, { ...DEFAULT_STYLE, contour: true }), await pixels(kind), kind);
    }
  });

  it('overlay of a tensor: the heat alone', async () => {
    const given = { explanation: EXPLANATION, image: { tensor: 'a.npy' }, style: DEFAULT_STYLE };
    assert.deepEqual(await render({ kind: 'overlay', ...given }), await render({ kind: 'heatmap', ...given }));
  });

  it('npy: the normalised map at the size of the input', async () => {
    const output = path.join(folder, 'new', 'folders', 'map.npy');
    await render({ kind: 'npy', explanation: EXPLANATION, image: await imageOf(), style: DEFAULT_STYLE, output });
    assert.deepEqual(await readNpy(output), { shape: [2, 2], data: Float32Array.from(SALIENCY) });
    assert.deepEqual(readdirSync(path.dirname(output)), ['map.npy'], 'no temporary file is left');
  });

  it('npy-image: the same at the size of the image, 0 where the input does not reach', async () => {
    const output = path.join(folder, 'image.npy');
    await render({ kind: 'npy-image', explanation: EXPLANATION, image: await imageOf(), style: DEFAULT_STYLE, output });
    const data = Float32Array.of(0, 0, SALIENCY[0]!, SALIENCY[1]!, 0, 0, SALIENCY[2]!, SALIENCY[3]!);
    assert.deepEqual(await readNpy(output), { shape: [2, 4], data });
  });

  it('json: the fields of the contract', async () => {
    const { bytes } = await render({
      kind: 'json',
      explanation: EXPLANATION,
      image: await imageOf(),
      style: DEFAULT_STYLE,
    });
    assert.deepEqual(JSON.parse(Buffer.from(bytes!).toString('utf8')), {
      image: 'a.png',
      model: 'm.onnx',
      method: 'group-cam',
      variant: 'paper',
      layer: 'relu',
      class: 3,
      label: 'cat',
      probability: 0.75,
      top: [{ class: 3, label: 'cat', probability: 0.75 }],
      saliency: { min: 0, max: 4, zero: false },
      scores: [0.5, -0.25],
      milliseconds: { load: 1, decode: 2, first: 3, total: 4 },
      device: 'cpu',
      passes: 5,
    });
  });

  it('json: with the note that stands under the map', async () => {
    const explanation = { ...EXPLANATION, saliency: { ...EXPLANATION.saliency, note: 'it shows evidence against' } };
    const { bytes } = await render({ kind: 'json', explanation, image: await imageOf(), style: DEFAULT_STYLE });
    assert.equal(JSON.parse(Buffer.from(bytes!).toString('utf8')).saliency.note, 'it shows evidence against');
  });

  it('refuses an image whose size has changed since', async () => {
    const image = await imageOf(2);
    const drawing = { explanation: EXPLANATION, image, style: DEFAULT_STYLE };
    await assert.rejects(render({ kind: 'overlay', ...drawing }), /a\.png: .*changed since it was explained/);
  });

  it('says which file can not be written, and leaves what was there', async () => {
    writeFileSync(path.join(folder, 'file'), 'old');
    for (const output of [path.join(folder, 'file', 'a.npy'), folder]) {
      await assert.rejects(
        render({ kind: 'npy', explanation: EXPLANATION, image: await imageOf(), style: DEFAULT_STYLE, output }),
        (error: Error & { code?: string }) => {
          assert.equal(error.code, 'output-unwritable');
          return error.message.startsWith(`${output}: can't be written (`);
        },
      );
    }
    assert.equal(readFileSync(path.join(folder, 'file'), 'utf8'), 'old');
    assert.ok(!readdirSync(path.dirname(folder)).some((name) => name.startsWith(`${path.basename(folder)}.`)));
    assert.ok(existsSync(folder));
  });
});

describe('engine/picture', () => {
  const source = async (format: 'tiff' | 'png') => {
    const data = Uint8Array.from({ length: 60 * 30 * 3 }, (_, i) => i % 251);
    return {
      bytes: await sharp(data, { raw: { width: 60, height: 30, channels: 3 } })
        [format]({})
        .toBuffer(),
      name: 'a',
    };
  };

  it('gives PNG of the same pixels', async () => {
    const image = {
      bytes: await sharp(gray, { raw: { width: 4, height: 2, channels: 3 } })
        .tiff({ compression: 'lzw' })
        .toBuffer(),
      name: 'a.tiff',
    };
    const { png, shown, image: size } = await picture({ image });
    assert.deepEqual(
      [shown, size],
      [
        { width: 4, height: 2 },
        { width: 4, height: 2 },
      ],
    );
    assert.equal((await sharp(png).metadata()).format, 'png');
    assert.deepEqual([...(await sharp(png).raw().toBuffer())], [...gray]);
  });

  it('scales down to the longest side, never up', async () => {
    const image = await source('png');
    for (const [longest, shown] of [
      [20, { width: 20, height: 10 }],
      [1000, { width: 60, height: 30 }],
      [1, { width: 1, height: 1 }],
    ] as const) {
      const result = await picture({ image, longest });
      const { width, height } = await sharp(result.png).metadata();
      assert.deepEqual([result.shown, result.image, { width, height }], [shown, { width: 60, height: 30 }, shown]);
    }
  });

  it('has none of a tensor', () => assert.rejects(picture({ image: { tensor: 'x.npy' } }), /x\.npy: .*a tensor/));
});
