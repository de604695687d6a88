/** Label files as people have them, given to the model that they are for. */
import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { openModel } from '../../../src/engine/model/inspect';
import { createService } from '../../../src/engine/service';
import { npyBytes } from '../../../src/files/npy';
import { explainWith } from '../../support/explain';
import { testFolder } from '../../support/folder';
import { plainRun } from '../../support/plain';
import { needs, shared } from '../../support/shared';
import { noise } from '../../support/tiny-network';

const NAMED: Readonly<Record<string, readonly [string, string]>> = {
  'crlf.txt': ['cat', 'dog'],
  'dup.txt': ['cat', 'cat'],
  'id2label.json': ['cat', 'dog'],
  'imagenet_index.json': ['tabby', 'Chihuahua'],
  'keras.json': ['cat', 'dog'],
  'labels.csv': ['cat', 'dog'],
  'latin1.txt': ['café', 'naïve'],
  'list.json': ['cat', 'dog'],
  'names.yaml': ['cat', 'dog'],
  'synset.txt': ['n02123045 tabby, tabby cat', 'n02085620 Chihuahua'],
  'teachable.txt': ['cat', 'dog'],
};
/** Another number of labels than the two classes. */
const REFUSED: Readonly<Record<string, number>> = { 'background.txt': 3, 'blankmid.txt': 1, 'comma.txt': 1 };

describe('labels of a model', () => {
  const folder = testFolder();
  const at = (name: string) => shared('cases', 'labels', name);

  it('from files as people have them are those of the scores of onnxruntime', async function () {
    const path = at('m.onnx');
    needs(this, path, 'a model with label files');
    const data = Float32Array.from(noise(3 * 32 * 32, 4));
    const tensor = folder.write('input.npy', npyBytes({ shape: [1, 3, 32, 32], data }));
    const [first, second] = await plainRun(path, data, [1, 3, 32, 32]);
    const top = first! > second! ? 0 : 1;
    for (const [name, names] of Object.entries(NAMED)) {
      const model = { path, labels: at(name) };
      assert.deepEqual((await openModel(model)).info.labels.value, names, name);
      const { explanation } = await explainWith(createService(), { image: { tensor }, model, method: 'eigen-cam' });
      assert.deepEqual([explanation.class, explanation.label], [top, names[top]], name);
    }
  });

  it('of another number are refused by the file and both numbers', async function () {
    const path = at('m.onnx');
    needs(this, path, 'a model with label files');
    for (const [name, count] of Object.entries(REFUSED))
      await assert.rejects(openModel({ path, labels: at(name) }), {
        code: 'labels-length',
        message: new RegExp(`${name}: ${count} labels for 2 classes`),
      });
  });

  it('are those that its sidecar names', async function () {
    needs(this, at('m.explain.json'), 'a model with label files');
    for (const name of ['m.onnx', 'm.explain.json', 'crlf.txt']) copyFileSync(at(name), folder.at(name));
    const { info } = await openModel({ path: folder.at('m.onnx') });
    assert.deepEqual(
      [info.labels, info.labelsFile],
      [{ value: ['cat', 'dog'], origin: 'sidecar' }, folder.at('crlf.txt')],
    );
  });
});
