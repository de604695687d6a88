/** Exported models of a tiny network in many forms, against the method written out in plain loops. */
import { strict as assert } from 'node:assert';
import { existsSync, readFileSync } from 'node:fs';
import { modelText } from '../../../src/cli/text';
import type { ErrorCode } from '../../../src/core/error-codes';
import { toHalf } from '../../../src/core/onnx/tensors';
import { createService } from '../../../src/engine/service';
import type { Params } from '../../../src/protocol/requests';
import { classes, engineMap, exportWith, type Fed, float, runFile } from '../../support/exported';
import { testFolder } from '../../support/folder';
import { naiveGroupCam } from '../../support/naive';
import { largestDifference } from '../../support/reference';
import { type Form, IMAGE, LAYER, NETWORK, networkModel, noise, tensorFile } from '../../support/tiny-network';

const { depth, height, width } = IMAGE;
const DIMS = [1, depth, height, width];
const DATA = Float32Array.from(IMAGE.data);
const KERNEL = 2 * Math.min(height, width) - 1;

/** Channels last. */
const turned = Float32Array.from(DATA, (_, i) => DATA[(i % depth) * height * width + Math.floor(i / depth)]!);

interface Row {
  readonly form: Form;
  readonly images?: 'any' | 'one';
  readonly blends?: 'together' | 'one by one';
  readonly fed?: Fed;
  /** If the network does not see the image exactly. */
  readonly within?: number;
}

const FORMS: Readonly<Record<string, Row>> = {
  'any number of images': { form: {} },
  'operator set 7': { form: { opset: 7 } },
  'operator set 10': { form: { opset: 10 } },
  'operator set 12': { form: { opset: 12 } },
  'operator set 18': { form: { opset: 18 } },
  'one image': { form: { batch: 1 }, images: 'one' },
  'any number declared, one taken': { form: { fixedInside: true }, images: 'one', blends: 'one by one' },
  'channels last': { form: { layout: 'NHWC' }, fed: float(turned, [1, height, width, depth]) },
  'a path around the layer': { form: { around: 'map' } },
  'a path around the layer from the image': { form: { around: 'image' } },
  'a path around the layer, one image': { form: { around: 'map', batch: 1 }, images: 'one' },
  'a softmax in the graph': { form: { ending: ['Softmax'] } },
  'half floats': {
    form: { type: 10 },
    fed: { type: 'float16', data: Uint16Array.from(DATA, toHalf), dims: DIMS },
    within: 0.05,
  },
};

const OPTIONS = { groups: 3, theta: 60 };

/** By class; all forms are of the same network. */
const naive = new Map<number, readonly number[]>();
function expectedOf(target: number): readonly number[] {
  const known = naive.get(target);
  if (known) return known;
  const { saliency } = naiveGroupCam(NETWORK, IMAGE, target, { ...OPTIONS, kernel: KERNEL, sigma: 50 });
  naive.set(target, saliency);
  return saliency;
}

describe('export of a tiny network', () => {
  const folder = testFolder();
  const service = createService();

  async function exported(form: Form, choice: Partial<Params<'export'>> = {}) {
    const model = { path: folder.write('model.onnx', networkModel(form)), layer: LAYER };
    const output = folder.at('model.explained.onnx');
    return { output, made: await exportWith(service, { model, output, class: 'input', options: OPTIONS, ...choice }) };
  }

  for (const [
    name,
    { form, images = 'any', blends = 'together', fed = float(DATA, DIMS), within = 1e-4 },
  ] of Object.entries(FORMS)) {
    it(`${name}: the map of every class`, async () => {
      const { output, made } = await exported(form);
      assert.deepEqual([made.images, made.blends], [images, blends]);
      for (const target of [0, 1, 2]) {
        const { saliency } = await runFile(output, { image: fed, class: classes(target) });
        assert.deepEqual(saliency!.dims, [1, 1, height, width]);
        assert.ok(largestDifference(saliency!.data as Float32Array, expectedOf(target)) <= within, `class ${target}`);
      }
    });
  }

  it('several images at once, each with a class of its own', async () => {
    const { output } = await exported({});
    const second = { ...IMAGE, data: noise(IMAGE.data.length, 6) };
    const image = float(Float32Array.from([...IMAGE.data, ...second.data]), [2, ...DIMS.slice(1)]);
    const { saliency } = await runFile(output, { image, class: classes(2, 0) });
    const other = naiveGroupCam(NETWORK, second, 0, { ...OPTIONS, kernel: KERNEL, sigma: 50 });
    const expected = [...expectedOf(2), ...other.saliency];
    assert.ok(largestDifference(saliency!.data as Float32Array, expected) <= 1e-4);
  });

  for (const choice of [{ options: OPTIONS }, { method: 'grad-cam', options: {} }] as const)
    it(`${JSON.stringify(choice)}: no map of no image`, async () => {
      for (const form of [{}, { around: 'map' } as const]) {
        const { output } = await exported(form, choice);
        const none = { image: float(new Float32Array(), [0, ...DIMS.slice(1)]), class: classes() };
        const { saliency } = await runFile(output, none);
        assert.deepEqual(saliency!.dims, [0, 1, height, width]);
      }
    });

  for (const opset of [7, 17])
    it(`operator set ${opset}: zeros for a class that the model does not have`, async () => {
      const { output } = await exported({ opset });
      for (const target of [-1, 3, 2 ** 40]) {
        const { saliency } = await runFile(output, { image: float(DATA, DIMS), class: classes(target) });
        assert.ok(
          saliency!.data.every((value) => value === 0),
          `class ${target}`,
        );
      }
    });

  it('the most probable class, and the model’s own output', async () => {
    const { output } = await exported({ ending: ['Softmax'] }, { class: 'top' });
    const { saliency, end0 } = await runFile(output, { image: float(DATA, DIMS) });
    const { probabilities } = naiveGroupCam(NETWORK, IMAGE, 0, { ...OPTIONS, kernel: 3, sigma: 1 });
    const top = probabilities.indexOf(Math.max(...probabilities));
    assert.ok(largestDifference(end0!.data as Float32Array, probabilities) <= 1e-6);
    assert.ok(largestDifference(saliency!.data as Float32Array, expectedOf(top)) <= 1e-4);
  });

  const methods: readonly Partial<Params<'export'>>[] = [
    { method: 'grad-cam', options: {} },
    { method: 'hires-cam', options: {} },
    { method: 'layer-cam', options: {} },
    { options: { variant: 'official', groups: 4 } },
    { options: { variant: 'gradient-free', groups: 2 } },
    { options: { groups: 7, theta: 0 }, blur: { kernel: 5, sigma: 2 } },
    { options: { groups: 32, theta: 100 } },
  ];
  for (const choice of methods) {
    it(`${choice.method ?? 'group-cam'} ${JSON.stringify(choice.options)} as the engine computes it`, async () => {
      const { output } = await exported({}, choice);
      const model = { path: folder.at('model.onnx'), layer: LAYER };
      const image = { tensor: folder.write('input.npy', tensorFile(IMAGE)) };
      for (const target of [0, 1, 2]) {
        const { map } = await engineMap(service, { ...choice, model, image, target: { index: target } });
        const { saliency } = await runFile(output, { image: float(DATA, DIMS), class: classes(target) });
        assert.ok(largestDifference(saliency!.data as Float32Array, map) <= 1e-4, `class ${target}`);
      }
    });
  }

  it('a map of the layer’s size', async () => {
    const { output } = await exported({}, { method: 'grad-cam', options: {}, size: 'layer' });
    const { saliency } = await runFile(output, { image: float(DATA, DIMS), class: classes(1) });
    assert.deepEqual(saliency!.dims, [1, 1, 6, 8]);
    const values = Array.from(saliency!.data as Float32Array);
    assert.deepEqual([Math.min(...values), Math.max(...values)], [0, 1]);
  });

  /** Pictures and networks that leave nothing to show. */
  const blanks: readonly [string, Form, Float32Array][] = [
    ['no evidence at all', { network: { ...NETWORK, linear: NETWORK.linear.map((w) => -Math.abs(w)) } }, DATA],
    ['a blank picture', {}, new Float32Array(DATA.length)],
    ['no score', { network: { ...NETWORK, linear: NETWORK.linear.map(() => 0) } }, DATA],
  ];
  for (const [name, form, data] of blanks) {
    it(`${name}: zeros, and no NaN`, async () => {
      for (const choice of [{}, { method: 'grad-cam', options: {} }] as const) {
        const { output } = await exported(form, choice);
        const { saliency } = await runFile(output, { image: float(data, DIMS), class: classes(0) });
        assert.ok(saliency!.data.every((value) => value === 0));
      }
    });
  }

  it('an operator without a gradient: the variant without gradients, and a note that says so', async () => {
    const { made } = await exported({ odd: true });
    assert.equal(made.options['variant'], 'gradient-free');
    assert.match(made.notes.join(), /gradient-free variant, since there are no gradients: operator ReverseSequence/);
  });

  const refused: readonly [ErrorCode, Form, Partial<Params<'export'>>][] = [
    ['unsupported-operator', { odd: true }, { method: 'grad-cam', options: {} }],
    ['method-unsuitable', {}, { method: 'rise', options: {} }],
    ['bad-option', {}, { options: { grouping: 'k-means' } }],
    ['bad-option', {}, { options: { evidence: 'signed' } }],
    ['bad-option', {}, { options: { precision: 'int8' } }],
    ['bad-option', {}, { options: { precision: 'float16' } }],
    ['export-failed', { batch: 4 }, {}],
  ];
  for (const [code, form, choice] of refused) {
    it(`refused: ${code} ${JSON.stringify({ ...form, ...choice })}`, async () => {
      await assert.rejects(exported(form, choice), { code });
      assert.ok(!existsSync(folder.at('model.explained.onnx')));
    });
  }

  it('refused: the mean of several layers', async () => {
    const model = { path: folder.write('model.onnx', networkModel({})), layer: [LAYER, 'map'] };
    const output = folder.at('model.explained.onnx');
    await assert.rejects(exportWith(service, { model, output }), {
      code: 'bad-option',
      message: /layer, map: must be/,
    });
    assert.ok(!existsSync(output));
  });

  it('over an earlier export, and over no other file', async () => {
    const model = { path: folder.write('model.onnx', networkModel({})), layer: LAYER };
    const output = folder.write('other.onnx', networkModel({}));
    const before = readFileSync(output);
    await assert.rejects(exportWith(service, { model, output }), { code: 'output-taken' });
    assert.deepEqual(readFileSync(output), before);
    const own = folder.at('own.onnx');
    const first = await exportWith(service, { model, output: own });
    const second = await exportWith(service, { model, output: own });
    assert.equal(second.bytes, first.bytes);
  });

  it('never over the model', async () => {
    const model = folder.write('model.onnx', networkModel({}));
    const before = readFileSync(model);
    await assert.rejects(exportWith(service, { model: { path: model, layer: LAYER }, output: model }), {
      code: 'output-taken',
    });
    assert.deepEqual(readFileSync(model), before);
  });

  it('opened again, it is the model that it was made of, with what was known of that', async () => {
    const labels = ['ant', 'bee', 'cat'];
    folder.write('labels.txt', labels.join('\n'));
    folder.write('model.explain.json', { input: { mean: [1, 2, 3] }, labels: 'labels.txt', layer: LAYER });
    const { output } = await exported({});
    const context = { signal: new AbortController().signal, emit() {} };
    const [own, again] = await Promise.all(
      [folder.at('model.onnx'), output].map((file) => service.inspect({ model: { path: file } }, context)),
    );
    for (const key of ['inputs', 'outputs', 'input', 'layers', 'unsupported'] as const)
      assert.deepEqual(again![key], own![key], key);
    assert.deepEqual([again!.labels.value, again!.layer.value], [labels, LAYER]);
    assert.deepEqual(again!.preprocessing.mean.value, [1, 2, 3]);
    const [dtype, shape] = ['float', ['N', 1, height, width]] as const;
    assert.equal(own!.ownTensors, undefined);
    assert.deepEqual(again!.ownTensors, {
      inputs: [{ name: 'class', dtype: 'int64', shape: ['N'] }],
      outputs: [{ name: 'saliency', dtype, shape }],
    });
    // The names of free dimensions are the model's.
    const said = modelText(again!).join('\n');
    assert.match(said, /\nmap of its own\n +input +class {2}int64 {2}\[N\]\n +output +saliency {2}float {2}\[N, 1, /);
    const twice = await exportWith(service, { model: { path: output }, output: folder.at('twice.onnx'), class: 'top' });
    assert.deepEqual([twice.images, twice.layer], ['any', LAYER]);
  });
});
