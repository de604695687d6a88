import { strict as assert } from 'node:assert';
import { homedir } from 'node:os';
import path from 'node:path';
import { absolutePath, modelFiles, resolveModel, withScores } from '../../../src/extension/model/model-choice';
import type { ModelChoice } from '../../../src/protocol/requests';

const inW = (file: string) => path.posix.join('/w', file);
const none = { model: '', labels: '', layer: '' };
const set = { model: 'a.onnx', labels: 'a.txt', layer: 'relu' };

describe('the model in use', () => {
  const cases: [string, ModelChoice | undefined, typeof set, ModelChoice][] = [
    ['nothing is set: the demo model', undefined, none, {}],
    ['the setting', undefined, set, { path: '/w/a.onnx', labels: '/w/a.txt', layer: 'relu' }],
    ['labels without a model are for no model', undefined, { ...set, model: '' }, {}],
    [
      'a command comes before the setting, whose labels and layer are not its own',
      { path: '/b.onnx' },
      set,
      { path: '/b.onnx' },
    ],
    [
      "a layer chosen for the setting's model",
      { path: '/w/a.onnx', layer: 'conv' },
      set,
      { path: '/w/a.onnx', labels: '/w/a.txt', layer: 'conv' },
    ],
    ['the demo model, chosen on purpose', {}, set, {}],
    ['a layer of the demo model', { layer: 'conv' }, none, { layer: 'conv' }],
  ];
  for (const [name, chosen, settings, expected] of cases) {
    it(name, () => assert.deepEqual(resolveModel(chosen, settings, inW), expected));
  }
});

describe('other class scores', () => {
  const before: ModelChoice = { path: '/m.onnx', layer: 'relu', labels: '/l.txt' };
  it('of as many classes keep the labels, not the layer', () => {
    assert.deepEqual(withScores(before, 'p', true), { path: '/m.onnx', labels: '/l.txt', output: 'p' });
  });
  it('of another number of classes have other labels', () => {
    assert.deepEqual(withScores({ ...before, output: 'p' }, 'q', false), { path: '/m.onnx', output: 'q' });
  });
});

describe('paths in settings', () => {
  const exists = (file: string) => file === path.join('/two', 'm', 'a.onnx');
  it('absolute ones stay', () => assert.equal(absolutePath('/x/a.onnx', ['/one'], exists), '/x/a.onnx'));
  it('~ is the home folder', () => assert.equal(absolutePath('~/a.onnx', [], exists), path.join(homedir(), 'a.onnx')));
  it('relative: the workspace folder that has it', () => {
    assert.equal(absolutePath('m/a.onnx', ['/one', '/two'], exists), path.join('/two', 'm', 'a.onnx'));
  });
  it('relative and nowhere: named in the first folder, so that the error can name it', () => {
    assert.equal(absolutePath('b.onnx', ['/one', '/two'], exists), path.join('/one', 'b.onnx'));
    assert.equal(absolutePath('b.onnx', [], exists), 'b.onnx');
  });
});

describe('files whose change is a new model', () => {
  it('are the model, its sidecar, Hugging Face files beside and above, the labels and weights', () => {
    const files = modelFiles('/w/onnx/net.onnx', ['/l/names.txt', '/w/onnx/net.onnx.data']);
    assert.deepEqual(
      new Set(files),
      new Set([
        '/w/onnx/net.onnx',
        '/w/onnx/net.explain.json',
        '/w/onnx/preprocessor_config.json',
        '/w/onnx/config.json',
        '/w/preprocessor_config.json',
        '/w/config.json',
        '/l/names.txt',
        '/w/onnx/net.onnx.data',
      ]),
    );
  });
});
