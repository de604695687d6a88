/** Group-CAM with masks scored in 8 bits, on the command line. */
import assert from 'node:assert/strict';
import { spearman } from '../../src/core/sanity/similarity';
import { groupCam, groupCamEnds } from '../support/cli';
import { testFolder } from '../support/folder';
import { readMap } from '../support/maps';
import { project } from '../support/shared';
import { CLASSIFIER, tinyModel } from '../support/tiny-model';
import { IMAGE, tensorFile } from '../support/tiny-network';

const SCENES = ['cat-and-dog.png', 'tiger-and-cat.png'].map((name) => project('media', 'demo', 'scenes', name));
const [SCENE] = SCENES as [string];

describe('cli: --option precision', () => {
  const folder = testFolder();
  const explained = async (precision: string, ...more: readonly string[]) => {
    const option = `precision=${precision}`;
    const lines = await groupCam('explain', ...more, '--option', option, '--json', '--device', 'cpu');
    return lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  };

  it('int8 gives nearly the map of float32, the same probabilities, and says so', async () => {
    const at = async (precision: string) => {
      const file = folder.at(`${precision}.npy`);
      const [json] = await explained(precision, SCENE, '--npy', file);
      return { json, map: readMap(file).value as Float32Array };
    };
    const [real, small] = [await at('float32'), await at('int8')];
    assert.equal(real.json.precision, undefined);
    assert.deepEqual(small.json.precision, { used: 'int8', reason: 'as chosen' });
    assert.deepEqual(small.json.top, real.json.top);
    assert.notDeepEqual([...small.map], [...real.map]);
    assert.ok(spearman(small.map, real.map) >= 0.95, `${spearman(small.map, real.map)}`);
    const text = await groupCamEnds(['explain', SCENE, '--option', 'precision=int8', '--device', 'cpu']);
    assert.match(`${text.stdout}${text.stderr}`, /masks scored in int8: as chosen/);
  });

  it('auto scores the first image in float32, and the next ones by what it showed', async () => {
    const [first, second] = await explained('auto', ...SCENES);
    assert.equal(first.precision.used, 'float32');
    const [, found] = /^int8 was tried on this image: (int8 is (?:not )?f.*)$/.exec(first.precision.reason)!;
    assert.equal(second.precision.reason, found);
    assert.equal(second.precision.used, / is not f/.test(found!) ? 'float32' : 'int8');
  });

  it('a model that can’t be quantised is scored in float32, with the reason', async () => {
    const [conv, ...rest] = CLASSIFIER.nodes;
    const nodes = [['Neg', 'stem', 'computed'], ['Conv', 'image computed', conv![2]], ...rest] as const;
    const shape = { image: ['N', 3, IMAGE.height, IMAGE.width] };
    const model = folder.write('computed.onnx', tinyModel({ ...CLASSIFIER, inputs: shape, nodes }));
    const tensor = folder.write('input.npy', tensorFile(IMAGE));
    const [json] = await explained('int8', '--tensor', tensor, '--model', model);
    const reason = 'this model can’t be scored in int8: none of its convolutions has stored weights in float32';
    assert.deepEqual(json.precision, { used: 'float32', reason: reason.replace('’', "'") });
  });
});
