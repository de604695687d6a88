import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { DataType } from '../../../src/core/onnx/tensors';
import { demoModel, openModel, saveSidecar } from '../../../src/engine/model/inspect';
import { isCurrent } from '../../../src/files/stamps';
import { withExternalWeights } from '../../support/external';
import { testFolder } from '../../support/folder';
import { needs, project, shared } from '../../support/shared';
import { CLASSIFIER, type TinyModel, type TinyNode, tinyModel } from '../../support/tiny-model';

describe('opening a model', () => {
  const { at, write } = testFolder();
  const writeModel = (more: Partial<TinyModel> = {}, name = 'net.onnx') =>
    write(name, tinyModel({ ...CLASSIFIER, ...more }));

  it('takes the embedded demo if none is chosen', async () => {
    const { info } = await openModel({});
    assert.equal(info.path, demoModel());
    assert.equal(info.path, project('media', 'demo', 'demo-objects.onnx'));
    assert.equal(info.demo, true);
    assert.deepEqual([info.name, info.opset, info.irVersion, info.producer], ['demo-objects', 17, 8, 'pytorch 1.13.0']);
    assert.deepEqual(info.labels.value.slice(0, 2), ['airplane', 'apple']);
    assert.deepEqual([info.labels.origin, info.output.classes], ['sidecar', 32]);
    assert.deepEqual(info.unsupported, []);
    assert.deepEqual(info.assumptions, []);
  });

  it('names the files that hold its weights', async () => {
    const { model, weights } = withExternalWeights(readFileSync(demoModel()), 'demo.data');
    assert.ok(weights.length > 1e6);
    const data = write('demo.data', weights);
    const { info } = await openModel({ path: write('demo.onnx', model) });
    assert.deepEqual(info.weightsFiles, [data]);
    assert.deepEqual((await openModel({})).info.weightsFiles, []);
  });

  it('finds in the shared models the layer of their sidecars without them', async function () {
    needs(this, shared('models'), 'default layers of real models');
    const names = readdirSync(shared('models')).filter((name) => name.endsWith('.onnx'));
    assert.ok(names.length >= 4);
    for (const name of names) {
      const sidecar = JSON.parse(readFileSync(shared('models', name.replace('.onnx', '.explain.json')), 'utf8'));
      symlinkSync(shared('models', name), at(name));
      const { info } = await openModel({ path: at(name) });
      assert.deepEqual(info.layer, { value: sidecar.layer, origin: 'graph' }, name);
      assert.ok(
        info.layers.some(({ tensor, cut }) => tensor === sidecar.layer && cut),
        name,
      );
      assert.deepEqual(info.unsupported, [], name);
      const beside = await openModel({ path: shared('models', name) });
      assert.deepEqual(beside.info.layer, { value: sidecar.layer, origin: 'sidecar' }, name);
      assert.equal(beside.info.preprocessing.color.value, sidecar.input.color, name);
    }
  });

  it('finds in the shared models the layers, with the shapes, that their authors name', async function () {
    needs(this, shared('models', 'squeezenet1_1.json'), 'layers of real models');
    for (const name of ['mobilenet_v2', 'squeezenet1_1', 'cifar10_resnet20']) {
      const { info } = await openModel({ path: shared('models', `${name}.onnx`) });
      const described = JSON.parse(readFileSync(shared('models', `${name}.json`), 'utf8'));
      for (const { tensor, shape } of described.layers) {
        const layer = info.layers.find((candidate) => candidate.tensor === tensor);
        assert.deepEqual(layer?.shape.slice(1), shape.slice(1), `${name}: ${tensor}`);
      }
    }
  });

  it('knows shapes at batch 1, values of sizes, and the end of the graph', async () => {
    const nodes: readonly TinyNode[] = [
      ...CLASSIFIER.nodes.slice(0, 2),
      ['Shape', 'relu', 'size'],
      ...CLASSIFIER.nodes.slice(2),
    ];
    const { info, facts } = await openModel({ path: writeModel({ nodes }) });
    assert.deepEqual(facts.get('relu')?.dims, [1, 4, 6, 6]);
    assert.deepEqual(facts.get('size')?.values, [1, 4, 6, 6]);
    assert.deepEqual(info.output, {
      name: 'p',
      logits: 'logits',
      link: 'identity',
      activation: { value: 'softmax', origin: 'graph' },
      classes: 2,
      candidates: [{ name: 'p', classes: 2 }],
    });
    assert.deepEqual(info.inputs, [{ name: 'image', dtype: 'float', shape: ['N', 3, 8, 8] }]);
    assert.deepEqual(info.labels, { value: ['0', '1'], origin: 'assumed' });
    assert.match(info.assumptions.join('; '), /no labels/);
  });

  for (const [opset, irVersion] of [
    [9, 3],
    [9, 4],
    [11, 6],
    [13, 7],
    [18, 8],
    [21, 10],
    [23, 11],
  ] as const)
    it(`reads operator set ${opset} in IR ${irVersion}`, async () => {
      // In IR 3 weights are inputs as well.
      const inputs = { image: ['N', 3, 8, 8], ...(irVersion === 3 && CLASSIFIER.weights) };
      const { info } = await openModel({ path: writeModel({ opset, irVersion, inputs }) });
      assert.deepEqual([info.opset, info.input.name, info.output.logits], [opset, 'image', 'logits']);
      assert.deepEqual(info.layer, { value: 'relu', origin: 'graph' });
    });

  it('takes the image, and the scores, that the sidecar names', async () => {
    const path = writeModel({
      inputs: { image: ['N', 3, 8, 8], other: ['N', 3, 8, 8], is_training: [] },
      types: { is_training: DataType.BOOL },
      nodes: [...CLASSIFIER.nodes, ['Exp', 'logits', 'odds'], ['Add', 'image other', 'sum']],
      outputs: ['p', 'odds', 'sum'],
    });
    await assert.rejects(openModel({ path }), { code: 'several-image-inputs', message: /image .*other/ });
    write('net.explain.json', { input: { name: 'image' }, output: { name: 'odds', activation: 'none' } });
    const { info, facts } = await openModel({ path });
    assert.deepEqual([info.input.name, info.output.name, info.layer.value], ['image', 'odds', 'relu']);
    assert.equal(facts.get('sum'), undefined);
    assert.match(info.assumptions.join('; '), /input is_training: off/);
    write('net.explain.json', { input: { name: 'other' } });
    await assert.rejects(openModel({ path }), {
      code: 'inputs-unknown',
      message: /besides the image "other" it needs image/,
    });
  });

  it('runs at the size of the sidecar where the graph leaves it free', async () => {
    const file = writeModel({ inputs: { image: ['N', 3, 'h', 'w'] } });
    write('net.explain.json', { input: { width: 20, height: 10 } });
    assert.deepEqual((await openModel({ path: file })).facts.get('relu')?.dims, [1, 4, 8, 18]);
  });

  it('takes a sidecar\'s "none" for a graph that ends in softmax as what it is: its output is p', async () => {
    const file = writeModel();
    write('net.explain.json', { output: { name: 'p', activation: 'none' } });
    assert.deepEqual((await openModel({ path: file })).info.output.activation, { value: 'softmax', origin: 'graph' });
    write('net.explain.json', { output: { activation: 'sigmoid' } });
    assert.deepEqual((await openModel({ path: file })).info.output.activation, { value: 'sigmoid', origin: 'sidecar' });
  });

  it('asks the sidecar, then Hugging Face beside it or one folder up, then the metadata', async () => {
    const file = writeModel({ metadata: { names: '["m0", "m1"]' } }, 'onnx/net.onnx');
    const labels = async (chosen?: string) => {
      const { value, origin } = (await openModel({ path: file, ...(chosen && { labels: chosen }) })).info.labels;
      return [origin, ...value];
    };
    assert.deepEqual(await labels(), ['metadata', 'm0', 'm1']);
    write('config.json', { model_type: 'resnet', id2label: { 0: 'up0', 1: 'up1' } });
    write('onnx/config.json', { compilerOptions: {} });
    assert.deepEqual(await labels(), ['hugging-face', 'up0', 'up1']);
    write('onnx/config.json', { model_type: 'resnet', id2label: { 0: 'h0', 1: 'h1' } });
    assert.deepEqual(await labels(), ['hugging-face', 'h0', 'h1']);
    write('onnx/names.txt', 's0\ns1\n');
    write('onnx/net.explain.json', { labels: 'names.txt' });
    assert.deepEqual(await labels(), ['sidecar', 's0', 's1']);
    assert.deepEqual(await labels(write('other.txt', 'c0\nc1')), ['chosen', 'c0', 'c1']);
    assert.deepEqual(await labels(write('class index.json', { k0: 0, k1: 1 })), ['chosen', 'k0', 'k1']);
    await assert.rejects(labels(write('gap.json', { 0: 'k0', 2: 'k1' })), {
      code: 'labels-unreadable',
      message: /gap\.json: .*class 1 has no name/,
    });
    write('onnx/names.yaml', 'names:\n  0: y0\n  1: y1\n');
    write('onnx/net.explain.json', { labels: 'names.yaml' });
    assert.deepEqual(await labels(), ['sidecar', 'y0', 'y1']);
    write('onnx/preprocessor_config.json', '{ broken');
    const { assumptions } = (await openModel({ path: file })).info;
    assert.match(assumptions.join('; '), /preprocessor_config\.json: not used/);
  });

  it('is to be opened again when a file that it rests on changes or appears', async () => {
    const file = writeModel();
    const { stamps } = await openModel({ path: file });
    assert.equal(await isCurrent(stamps), true);
    const sidecar = write('net.explain.json', {});
    assert.equal(await isCurrent(stamps), false);
    rmSync(sidecar);
    assert.equal(await isCurrent(stamps), true);
    write('config.json', {});
    assert.equal(await isCurrent(stamps), false);
  });

  it('takes the layer that is chosen, else that of the sidecar', async () => {
    const file = writeModel();
    write('net.explain.json', { layer: 'map' });
    assert.deepEqual((await openModel({ path: file })).info.layer, { value: 'map', origin: 'sidecar' });
    assert.deepEqual((await openModel({ path: file, layer: 'relu' })).info.layer, { value: 'relu', origin: 'chosen' });
  });

  it('lists operators between the input and the scores that have no gradient rule', async () => {
    const window = { kernel_shape: { ints: [1, 1] } };
    const nodes: readonly TinyNode[] = [['Det', 'image', 'unused'], ...CLASSIFIER.nodes];
    const path = writeModel({
      nodes: nodes.map((node) => (node[0] === 'Relu' ? ['LpPool', 'map', 'relu', window] : node)),
    });
    assert.deepEqual((await openModel({ path })).info.unsupported, [{ operator: 'LpPool', node: 'relu' }]);
  });

  describe('saving its settings', () => {
    it('writes a sidecar that says what is in use, whatever lies beside it later', async () => {
      const file = writeModel();
      write('preprocessor_config.json', { size: 8, image_mean: [1, 2, 3], image_std: [4, 5, 6], do_rescale: false });
      const labels = write('names/l.txt', 'cat\ndog\n');
      const before = await openModel({ path: file, layer: 'map', labels });
      const saved = await saveSidecar({ path: file, layer: 'map', labels });
      assert.equal(saved.path, at('net.explain.json'));
      rmSync(at('preprocessor_config.json'));
      const { info } = await openModel({ path: file });
      const values = (all: object) => Object.values(all).map(({ value }) => value);
      assert.deepEqual(values(info.preprocessing), values(before.info.preprocessing));
      assert.deepEqual(info.preprocessing.std, { value: [4, 5, 6], origin: 'sidecar' });
      assert.deepEqual([info.layer.value, info.labels.value], ['map', ['cat', 'dog']]);
      assert.equal(JSON.parse(readFileSync(saved.path, 'utf8')).labels, 'names/l.txt');
    });

    it('replaces what is there only when it is asked to, and never a file that the model is read from', async () => {
      const file = writeModel();
      const own = '{"labels": "l.txt"}';
      write('l.txt', 'cat\ndog\n');
      write('net.explain.json', own);
      await assert.rejects(saveSidecar({ path: file, layer: 'map' }), {
        code: 'sidecar-exists',
        message: /net\.explain\.json/,
      });
      assert.equal(readFileSync(at('net.explain.json'), 'utf8'), own);
      await saveSidecar({ path: file, layer: 'map' }, true);
      assert.equal((await openModel({ path: file })).info.layer.value, 'map');
      rmSync(at('net.explain.json'));
      symlinkSync(at('labels.json'), at('net.explain.json'));
      write('labels.json', '{}');
      const labels = at('labels.json');
      await assert.rejects(saveSidecar({ path: file, labels }, true), { code: 'labels-unreadable' });
      write('labels.json', '{}\n{}\n');
      await assert.rejects(saveSidecar({ path: file, labels }, true), { code: 'sidecar-invalid' });
    });

    it('leaves the demo as it is, and tells where it cannot write', async () => {
      await assert.rejects(saveSidecar({}), { code: 'output-unwritable', message: /demo/ });
      const file = writeModel();
      symlinkSync('nowhere/x.json', at('net.explain.json'));
      await assert.rejects(saveSidecar({ path: file }), { code: 'output-unwritable', message: /net\.explain\.json/ });
    });
  });
});
