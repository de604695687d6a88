/** A single sigmoid output is a classifier of two classes. */
import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { gradient } from '../../../src/engine/explanations/gradient';
import { openModel } from '../../../src/engine/model/inspect';
import { createService } from '../../../src/engine/service';
import { npyBytes } from '../../../src/files/npy';
import { explainWith } from '../../support/explain';
import { testFolder } from '../../support/folder';
import { plainDifferences, plainRun } from '../../support/plain';
import { needs, shared } from '../../support/shared';
import { CLASSIFIER, type TinyModel, tinyModel } from '../../support/tiny-model';
import { noise } from '../../support/tiny-network';

const DIMS = [1, 3, 32, 32];
const IMAGE = Float32Array.from(noise(3 * 32 * 32, 3));

describe('one score', () => {
  const folder = testFolder();
  const service = createService();
  const tensor = (data = IMAGE, dims = DIMS) => folder.write('input.npy', npyBytes({ shape: dims, data }));

  function binary(this: Mocha.Context) {
    needs(this, shared('cases', 'binary', 'm.onnx'), 'one sigmoid with two labels');
    const path = folder.at('m.onnx');
    copyFileSync(shared('cases', 'binary', 'm.onnx'), path);
    copyFileSync(shared('cases', 'binary', 'l.txt'), folder.at('l.txt'));
    return { path, labels: folder.at('l.txt') };
  }

  it('has two classes: both can be asked for, and their probabilities are p and 1 - p', async function () {
    const model = binary.call(this);
    const [p] = await plainRun(model.path, IMAGE, DIMS);
    const { info } = await openModel(model);
    assert.deepEqual([info.output.classes, info.labels.value], [2, ['cat', 'dog']]);
    assert.match(info.assumptions.join('; '), /classes: 2, since there is one score/);
    for (const [label, index, probability] of [
      ['cat', 0, 1 - p!],
      ['dog', 1, p!],
    ] as const)
      for (const method of ['group-cam', 'grad-cam', 'cam', 'occlusion', 'integrated-gradients'] as const) {
        const request = { image: { tensor: tensor() }, model, method, target: { label } };
        const { explanation } = await explainWith(service, request);
        assert.equal(explanation.class, index);
        assert.ok(Math.abs(explanation.probability - probability) < 1e-6, `${explanation.probability} ${probability}`);
        assert.deepEqual(explanation.top.map((score) => score.label).toSorted(), ['cat', 'dog']);
      }
  });

  it('the gradient of the negative class is that of -z', async function () {
    const model = binary.call(this);
    const of = async (index: number) =>
      (await gradient({ model, image: { tensor: tensor() }, target: { index } })).data;
    const [negative, positive] = [await of(0), await of(1)];
    assert.deepEqual(
      [...negative],
      [...positive].map((value) => -value),
    );
    const places = [100, 700, 1500, 2900];
    const z = async (input: Float32Array) =>
      (await plainRun(model.path, input, DIMS)).map((p) => Math.log(p / (1 - p)));
    const expected = await plainDifferences(z, IMAGE, 0, places);
    const scale = Math.max(...positive.map(Math.abs));
    for (const [i, place] of places.entries())
      assert.ok(Math.abs(positive[place]! - expected[i]!) < 0.03 * scale, `${positive[place]} for ${expected[i]}`);
  });

  it('CAM and a contrast tell the two apart', async function () {
    const model = binary.call(this);
    const map = async (target: number, contrast?: number) => {
      const more = contrast === undefined ? {} : { contrast: [{ index: contrast }] };
      const request = { image: { tensor: tensor() }, model, method: 'cam' as const, target: { index: target } };
      return (await explainWith(service, { ...request, ...more })).explanation.frame.map;
    };
    assert.notDeepEqual([...(await map(0))], [...(await map(1))]);
    const { explanation } = await explainWith(service, {
      image: { tensor: tensor() },
      model,
      method: 'grad-cam',
      target: { index: 1 },
      contrast: [{ index: 0 }],
    });
    assert.equal(explanation.contrast![0]!.label, 'cat');
  });

  const SINGLE: TinyModel = { ...CLASSIFIER, weights: { stem: [4, 3, 3, 3], fc: [4, 1] } };
  const sigmoid: TinyModel = { ...SINGLE, nodes: [...CLASSIFIER.nodes.slice(0, -1), ['Sigmoid', 'logits', 'p']] };
  const cases: readonly (readonly [
    what: string,
    model: TinyModel,
    files: Record<string, string | object>,
    labels: string[],
  ])[] = [
    [
      'one label is that of the score',
      sigmoid,
      { 'l.txt': 'dog\n', 'net.explain.json': { labels: 'l.txt' } },
      ['not dog', 'dog'],
    ],
    ['without labels they are indices', sigmoid, {}, ['0', '1']],
    [
      'a score without an activation gets a sigmoid',
      { ...SINGLE, nodes: CLASSIFIER.nodes.slice(0, -1), outputs: ['logits'] },
      {},
      ['0', '1'],
    ],
    [
      'a score that a sidecar wants as it is stays one',
      { ...SINGLE, nodes: CLASSIFIER.nodes.slice(0, -1), outputs: ['logits'] },
      { 'net.explain.json': { output: { activation: 'none' } } },
      ['0'],
    ],
  ];
  for (const [what, model, files, labels] of cases)
    it(what, async () => {
      for (const [name, content] of Object.entries(files)) folder.write(name, content);
      const path = folder.write('net.onnx', tinyModel(model));
      const { info } = await openModel({ path });
      assert.deepEqual([info.labels.value, info.output.classes], [labels, labels.length]);
      const image = tensor(Float32Array.from(noise(192, 4)), [1, 3, 8, 8]);
      const { explanation } = await explainWith(service, { image: { tensor: image }, model: { path } });
      assert.equal(explanation.probabilities.length, labels.length);
      const [first, second] = explanation.probabilities;
      if (labels.length === 2) assert.ok(Math.abs(first! + second! - 1) < 1e-6);
    });

  it('three labels are too many', async () => {
    folder.write('l.txt', 'a\nb\nc\n');
    const path = folder.write('net.onnx', tinyModel(sigmoid));
    await assert.rejects(openModel({ path, labels: folder.at('l.txt') }), {
      code: 'labels-length',
      message: /3 labels for 2 classes/,
    });
  });
});
