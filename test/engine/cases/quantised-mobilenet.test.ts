/** MobileNet v2 in 8 bits: onnxruntime's classes, and the maps of the network in floats. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { saliencyOf } from '../../../src/core/saliency';
import { openModel } from '../../../src/engine/model/inspect';
import { prepareInput } from '../../../src/engine/pictures/prepare';
import { createService } from '../../../src/engine/service';
import { explainWith } from '../../support/explain';
import { testFolder } from '../../support/folder';
import { correlation } from '../../support/maps';
import { plainRun } from '../../support/plain';
import { QUANTISED, quantise, rangesOf } from '../../support/quantise/quantise';
import { needs, nightly, shared } from '../../support/shared';

const MODEL = shared('models', 'mobilenet_v2.onnx');
const IMAGES = shared('images', 'imagenet');
const DIMS = [1, 3, 224, 224];
const PHOTOGRAPHS = nightly ? 20 : 1;
/** The photographs themselves, and some more: what is beyond a calibrated range has no gradient. */
const CALIBRATION = PHOTOGRAPHS + 5;

const highest = (values: Float32Array) => values.reduce((best, value, i) => (value > values[best]! ? i : best), 0);

describe('MobileNet v2 in 8 bits', () => {
  const folder = testFolder();
  const service = createService();

  for (const form of QUANTISED)
    it(`${form}: the class is onnxruntime’s, and Group-CAM by gradients is as in floats`, async function () {
      needs(this, MODEL, 'a network to quantise');
      needs(this, IMAGES, 'photographs');
      const photographs = readdirSync(IMAGES)
        .filter((name) => /\.jpe?g$/i.test(name))
        .toSorted();
      const { info } = await openModel({ path: MODEL });
      const inputOf = async (name: string) => (await prepareInput({ path: path.join(IMAGES, name) }, info)).tensor;
      const bytes = readFileSync(MODEL);
      const calibration = await Promise.all(photographs.slice(0, CALIBRATION).map(inputOf));
      const small = folder.write(`${form}.onnx`, quantise(bytes, form, await rangesOf(bytes, calibration, DIMS)));
      folder.write(
        `${form}.explain.json`,
        readFileSync(shared('models', 'mobilenet_v2.explain.json'), 'utf8').replace(/"labels":\s*"[^"]*",?/, ''),
      );
      const layer = info.layer.value;
      const agreements: number[] = [];
      for (const name of photographs.slice(0, PHOTOGRAPHS)) {
        const image = { path: path.join(IMAGES, name) };
        const { explanation: float } = await explainWith(service, { image, model: { path: MODEL, layer } });
        const request = { image, model: { path: small, layer }, target: { index: float.class } };
        const { explanation: own } = await explainWith(service, request);
        // Classes that are a step apart change places with the fusions that onnxruntime makes.
        const top = highest(own.probabilities);
        const plain = async (level: 'disabled' | 'all') =>
          highest(await plainRun(small, await inputOf(name), DIMS, undefined, level));
        assert.ok((await plain('all')) === top || (await plain('disabled')) === top, `${name}: ${top}`);
        assert.equal(own.options['variant'], 'paper', own.saliency.note);
        agreements.push(correlation(saliencyOf(own.frame).map, saliencyOf(float.frame).map));
      }
      if (nightly) console.log(`      correlations: ${agreements.map((value) => value.toFixed(3)).join(' ')}`);
      assert.ok(agreements.length === PHOTOGRAPHS, `${agreements.length} photographs`);
      assert.ok(Math.min(...agreements) >= 0.9, agreements.map((value) => value.toFixed(3)).join(' '));
    });
});
