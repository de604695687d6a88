/** Which tensor holds the class scores, from the file to the map. */
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync } from 'node:fs';
import { untypedInfo } from '../../../src/core/onnx/compose';
import { parseModel } from '../../../src/core/onnx/model';
import { encodeModel, OWN_BYTES } from '../../../src/core/onnx/weights';
import { openModel, saveSidecar } from '../../../src/engine/model/inspect';
import { createSession, floats } from '../../../src/engine/runtime/runtime';
import { createService } from '../../../src/engine/service';
import type { ModelChoice } from '../../../src/protocol/requests';
import { explainWith } from '../../support/explain';
import { testFolder } from '../../support/folder';
import { largestDifference } from '../../support/reference';
import { needs, shared } from '../../support/shared';
import { type TinyModel, type TinyNode, tinyModel } from '../../support/tiny-model';
import { noise, tensorFile } from '../../support/tiny-network';

const CASES = shared('cases');

/** Features f, [1, 4], and scores y, [1, 2], both outputs. */
const TWO: TinyModel = {
  nodes: [
    ['Conv', 'image stem', 'map'],
    ['Relu', 'map', 'relu'],
    ['GlobalAveragePool', 'relu', 'pooled'],
    ['Flatten', 'pooled', 'f'],
    ['MatMul', 'f fc', 'y'],
  ],
  outputs: ['f', 'y'],
  weights: { stem: [4, 3, 3, 3], fc: [4, 2] },
};

describe('the class scores of a model', () => {
  const folder = testFolder();
  const { at, write } = folder;
  const service = createService();
  const input = (size: number) =>
    write('input.npy', tensorFile({ data: noise(3 * size * size, 5), depth: 3, height: size, width: size }));
  const infoOf = async (choice: ModelChoice) => (await openModel(choice)).info;

  const cases: [string, string, string, number, RegExp | undefined][] = [
    ['outputs/embed-logits.onnx', 'x', 'out', 10, /scores: out \[10\], .*feat \[12\]/],
    ['outputs/topk.onnx', 'x', 'sm', 20, undefined],
    ['customvision/m.onnx', 'x', 'sm', 3, undefined],
  ];
  for (const [file, name, scores, classes, told] of cases)
    it(`${file}: ${scores}, by onnxruntime's own numbers`, async function () {
      needs(this, CASES, 'models whose scores are not their first output');
      const path = at('case.onnx');
      copyFileSync(shared('cases', file), path);
      const info = await infoOf({ path });
      assert.deepEqual([info.output.name, info.output.classes], [scores, classes]);
      const said = info.assumptions.filter((text) => text.startsWith('scores:'));
      if (told) assert.match(said.join(), told);
      else assert.deepEqual(said, []);
      const size = info.preprocessing.width.value;
      const { explanation } = await explainWith(service, { image: { tensor: input(size) }, model: { path } });
      const raw = await run(path, name, scores, size);
      const expected = info.output.activation.origin === 'assumed' ? softmax(raw) : raw;
      assert.ok(largestDifference(explanation.probabilities, expected) <= 1e-6);
    });

  it('customvision/m.onnx: labels are those of its ZipMap, with its sidecar too', async function () {
    needs(this, CASES, 'a model that ends in ZipMap');
    const path = at('case.onnx');
    copyFileSync(shared('cases', 'customvision', 'm.onnx'), path);
    for (const sidecar of [undefined, shared('cases', 'customvision', 'm.explain.json')]) {
      if (sidecar) copyFileSync(sidecar, at('case.explain.json'));
      const { labels, output } = await infoOf({ path });
      assert.deepEqual(labels, { value: ['cat', 'dog', 'hotdog'], origin: 'graph' });
      assert.equal(output.name, 'sm');
    }
  });

  it('are those that the user chose, for this model and the next request', async () => {
    const path = write('m.onnx', tinyModel(TWO));
    const image = { tensor: input(8) };
    const lengths: number[] = [];
    for (const output of [undefined, 'f', 'y', 'pooled']) {
      const model = { path, ...(output && { output }) };
      lengths.push((await explainWith(service, { image, model })).explanation.probabilities.length);
    }
    assert.deepEqual(lengths, [2, 4, 2, 4]);
    const { output, assumptions } = await infoOf({ path, output: 'f' });
    assert.deepEqual(output.candidates, [
      { name: 'f', classes: 4 },
      { name: 'y', classes: 2 },
    ]);
    assert.doesNotMatch(assumptions.join(), /scores:/);
  });

  it('stay those that were chosen once the settings are saved', async () => {
    const path = write('m.onnx', tinyModel(TWO));
    const saved = await saveSidecar({ path, output: 'pooled' });
    assert.equal(JSON.parse(readFileSync(saved.path, 'utf8')).output.name, 'pooled');
    const { output, assumptions } = await infoOf({ path });
    assert.deepEqual([output.name, output.classes], ['pooled', 4]);
    assert.doesNotMatch(assumptions.join(), /scores:|probability:/);
  });

  it('are found by the number of labels', async () => {
    const path = write('m.onnx', tinyModel({ ...TWO, outputs: ['y', 'f'] }));
    assert.equal((await infoOf({ path })).output.name, 'y');
    const labels = write('l.txt', 'a\nb\nc\nd\n');
    assert.equal((await infoOf({ path, labels })).output.name, 'f');
  });

  it('have no labels that are for others, and say so', async () => {
    const path = write('m.onnx', tinyModel({ ...TWO, metadata: { names: '["a", "b"]' } }));
    assert.deepEqual((await infoOf({ path })).labels.value, ['a', 'b']);
    const { labels, assumptions } = await infoOf({ path, output: 'f' });
    assert.deepEqual(labels, { value: ['0', '1', '2', '3'], origin: 'assumed' });
    assert.match(assumptions.join(), /m\.onnx: its 2 labels are not used for 4 classes/);
  });

  it('that are no tensor are refused, wherever they were named', async () => {
    const path = write('m.onnx', tinyModel(TWO));
    await assert.rejects(infoOf({ path, output: 'pool' }), {
      code: 'no-scores',
      message: /m\.onnx: .*no tensor "pool".*pooled.*Choose the model again/,
    });
    write('m.explain.json', { output: { name: 'pool' } });
    await assert.rejects(infoOf({ path }), {
      code: 'sidecar-invalid',
      message: /output\.name: no tensor "pool".*pooled/,
    });
    // The user's choice comes first.
    assert.equal((await infoOf({ path, output: 'pooled' })).output.name, 'pooled');
  });

  it('where nothing could be them, the error asks for another export', async () => {
    const nodes: readonly TinyNode[] = TWO.nodes.slice(0, 2);
    const path = write('m.onnx', tinyModel({ ...TWO, nodes, outputs: ['relu'] }));
    await assert.rejects(infoOf({ path }), { code: 'no-scores', message: /relu \[1, 4, 6, 6\]\. Export it/ });
  });
});

const softmax = (y: Float32Array): number[] => {
  const e = Array.from(y, Math.exp);
  return e.map((value) => value / e.reduce((sum, other) => sum + other, 0));
};

/** A tensor inside a model, by onnxruntime. */
async function run(path: string, input: string, tensor: string, size: number): Promise<Float32Array> {
  const bytes = readFileSync(path);
  const model = parseModel(bytes, path);
  const encoded = encodeModel(model, { ...model.graph, output: [untypedInfo(tensor)] });
  const session = await createSession(path, encoded, new Map([[OWN_BYTES, bytes]]), {
    device: 'cpu',
    optimize: 'all',
    prepack: true,
  });
  try {
    const feed = floats(Float32Array.from(noise(3 * size * size, 5)), [1, 3, size, size]);
    return (await session.run({ [input]: feed }, [tensor]))[tensor]!.data as Float32Array;
  } finally {
    await session.release();
  }
}
