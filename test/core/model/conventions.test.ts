import assert from 'node:assert/strict';
import { agreeing } from '../../../src/core/model/agreement';
import { type Conventions, resolvePreprocessing, type Source } from '../../../src/core/model/conventions';
import type { ImageInput } from '../../../src/core/model/inputs';
import type { Preprocessing } from '../../../src/core/model/preprocessing';
import { DataType } from '../../../src/core/onnx/tensors';
import type { Origin } from '../../../src/core/sourced';

const INPUT: ImageInput = {
  name: 'image',
  dtype: DataType.FLOAT,
  layout: 'NCHW',
  channels: 3,
  height: undefined,
  width: undefined,
};
const source = (origin: Origin, input: Conventions['input']): Source => ({
  origin,
  file: `${origin}.json`,
  conventions: { input },
  notes: [],
});
const resolve = (input: Partial<ImageInput>, ...sources: Source[]) =>
  resolvePreprocessing({ ...INPUT, ...input }, sources);
const values = (preprocessing: Preprocessing) =>
  Object.fromEntries(Object.entries(preprocessing).map(([key, { value }]) => [key, value]));
const origins = (preprocessing: Preprocessing) =>
  Object.fromEntries(Object.entries(preprocessing).map(([key, { origin }]) => [key, origin]));

describe('preprocessing', () => {
  it('takes each value from the first source that has it', () => {
    const { preprocessing, assumptions } = resolve(
      { width: 300 },
      source('sidecar', { width: 200, fit: 'pad' }),
      source('hugging-face', { width: 224, height: 240, mean: [1, 2, 3], std: 2, scale: 1 }),
      source('metadata', { height: 100, color: 'BGR' }),
    );
    assert.deepEqual(values(preprocessing), {
      width: 200,
      height: 240,
      fit: 'pad',
      resize: 200,
      interpolation: 'bilinear',
      color: 'BGR',
      scale: 1,
      mean: [1, 2, 3],
      std: [2, 2, 2],
    });
    const hugging = 'hugging-face';
    assert.deepEqual(origins(preprocessing), {
      width: 'sidecar',
      height: hugging,
      fit: 'sidecar',
      resize: 'assumed',
      interpolation: 'assumed',
      color: 'metadata',
      scale: hugging,
      mean: hugging,
      std: hugging,
    });
    assert.deepEqual(assumptions, []);
  });

  it('without any source is assumed, and says so', () => {
    const { preprocessing, assumptions } = resolve({});
    assert.deepEqual(values(preprocessing), {
      width: 224,
      height: 224,
      fit: 'crop',
      resize: 256,
      interpolation: 'bilinear',
      color: 'RGB',
      scale: 1 / 255,
      mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225],
    });
    assert.ok(Object.values(preprocessing).every(({ origin }) => origin === 'assumed'));
    const all = assumptions.join('; ');
    for (const word of ['224 x 224', 'centre', '256', 'bilinear', 'RGB', 'ImageNet'])
      assert.ok(all.includes(word), `${word}: ${all}`);
  });

  it('does not take for one fit what a source says for another', () => {
    const { fit, resize } = resolve(
      { width: 224 },
      source('sidecar', { fit: 'pad' }),
      source('hugging-face', { width: 224, height: 224, fit: 'crop', resize: 256 }),
    ).preprocessing;
    assert.deepEqual([fit.value, resize.value], ['pad', 224]);
  });

  it('has the size of the graph, and a square where one side is known', () => {
    const { preprocessing } = resolve({ width: 320, height: 160 });
    assert.deepEqual(
      [preprocessing.width, preprocessing.height],
      [
        { value: 320, origin: 'graph' },
        { value: 160, origin: 'graph' },
      ],
    );
    assert.equal(resolve({}, source('sidecar', { height: 96 })).preprocessing.width.value, 96);
  });

  it('turns the assumed mean and std round for BGR', () => {
    const { mean, std } = resolve({}, source('sidecar', { color: 'BGR' })).preprocessing;
    assert.deepEqual(
      [mean.value, std.value],
      [
        [0.406, 0.456, 0.485],
        [0.225, 0.224, 0.229],
      ],
    );
  });

  it('does not mix ImageNet into a normalisation that a source gives in part', () => {
    const { preprocessing, assumptions } = resolve({}, source('sidecar', { mean: [0.5, 0.5, 0.5] }));
    assert.deepEqual(preprocessing.mean, { value: [0.5, 0.5, 0.5], origin: 'sidecar' });
    assert.deepEqual(preprocessing.std, { value: [1, 1, 1], origin: 'assumed' });
    assert.deepEqual(assumptions.slice(-2), ['scale: 1/255', 'std: 1']);
  });

  it('of one channel is grey, of four has alpha as it is, of uint8 is the pixels', () => {
    const grey = resolve({ channels: 1 }).preprocessing;
    assert.deepEqual([grey.color.value, grey.mean.value, grey.std.value], ['GRAY', [0], [1]]);
    const alpha = resolve({ channels: 4 }).preprocessing;
    assert.deepEqual([alpha.mean.value[3], alpha.std.value[3]], [0, 1]);
    const { scale, mean, std } = resolve({ dtype: DataType.UINT8 }).preprocessing;
    assert.deepEqual([scale, mean.value, std.value], [{ value: 1, origin: 'graph' }, [0, 0, 0], [1, 1, 1]]);
  });
});

describe('sources against the graph', () => {
  const fixed: ImageInput = { ...INPUT, height: 8, width: 8 };
  const against = (origin: Origin, input: Conventions['input'], its: ImageInput = fixed) =>
    agreeing(its, [source(origin, input)]);

  const wrong: [NonNullable<Conventions['input']>, ImageInput, RegExp][] = [
    [{ width: 224 }, fixed, /input\.width: must be 8/],
    [{ height: 224 }, fixed, /input\.height: must be 8/],
    [{ name: 'x' }, fixed, /input\.name: must be "image"/],
    [{ color: 'GRAY' }, fixed, /input\.color: must be RGB or BGR/],
    [{ color: 'RGB' }, { ...fixed, channels: 1 }, /input\.color: must be GRAY/],
    [{ mean: [1] }, fixed, /input\.mean: must be one number for each of 3/],
    [{ std: [1, 1, 1, 1] }, fixed, /input\.std: must be one number for each of 3/],
  ];
  for (const [input, its, message] of wrong)
    it(`a sidecar must not say ${JSON.stringify(input)}`, () => {
      assert.throws(() => against('sidecar', input, its), { code: 'sidecar-invalid', message });
    });

  it('of other files only what fits is used, and the rest is told', () => {
    const [kept] = against('hugging-face', { width: 224, height: 8, mean: [1, 2, 3] });
    assert.deepEqual(kept!.conventions.input, { height: 8, mean: [1, 2, 3] });
    assert.deepEqual(kept!.notes, ['hugging-face.json: width not used; it must be 8, which the model demands']);
  });

  it('what is done before the crop stays in proportion to the size that the model demands', () => {
    const [kept] = against(
      'hugging-face',
      { width: 224, height: 224, fit: 'crop', resize: 256 },
      { ...fixed, height: 288, width: 288 },
    );
    // 256 of 224 are floor(329.14) of 288
    assert.deepEqual(kept!.conventions.input, { fit: 'crop', resize: 329 });
    assert.match(kept!.notes.join(), /resize 329 for 256, in proportion/);
  });

  it('nothing is divided by 0', () => {
    assert.deepEqual(against('hugging-face', { std: [0, 1, 1], scale: 0 })[0]!.conventions.input, {});
  });
});
