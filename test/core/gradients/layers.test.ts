/** Gradients of every candidate layer of the tiny networks, against central differences of the scores downstream. */
import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import { DOWNSTREAM, downstreamGraph } from '../../../src/core/cam/downstream';
import { untypedInfo } from '../../../src/core/onnx/compose';
import { type EncodedModel, encodeModel } from '../../../src/core/onnx/weights';
import { CLASSES } from '../../../src/core/target/class-scores';
import { openModel } from '../../../src/engine/model/inspect';
import { createSession, floats } from '../../../src/engine/runtime/runtime';
import { fragmentOf, placesOf } from '../../../src/engine/sessions/parts';
import { gradientSession } from '../../support/runtime';
import { project } from '../../support/shared';
import { noise } from '../../support/tiny-network';

const folder = project('test', 'data', 'gradients');
/** In float32, of a step that is small enough for few units to pass their kinks. */
const STEP = 1e-3;
const TOLERANCE = 0.02;

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => Array.from(a).reduce((sum, x, i) => sum + x * b[i]!, 0);

describe('gradients of layers', () => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.onnx'))) {
    const { dims, input, seed } = JSON.parse(readFileSync(`${folder}/${file.replace('.onnx', '.json')}`, 'utf8'));
    if (dims[0] !== 1) continue;

    it(`every candidate of ${file}`, async () => {
      const opened = await openModel({ path: `${folder}/${file}` });
      const { info, facts } = opened;
      const { model } = opened.file;
      const open = async (encoded: EncodedModel) =>
        createSession(file, encoded, await opened.file.buffers(encoded), {
          device: 'cpu',
          optimize: 'basic',
          prepack: false,
        });
      const names = info.layers.map(({ tensor }) => tensor);
      const x = floats(Float32Array.from(input), dims);
      const backwards = await gradientSession(opened.file, dims, names);
      const { gradients } = await backwards.run(x, Float32Array.from(seed));
      const forwards = await open(
        encodeModel(model, { ...model.graph, output: names.map(untypedInfo), valueInfo: [] }),
      );
      const features = await forwards.run({ [info.input.name]: x }, names);

      for (const { tensor, cut, shape } of info.layers) {
        const places = { ...placesOf(info), layer: tensor };
        const behind = await open(
          encodeModel(model, downstreamGraph(model, facts, places, fragmentOf({ info, facts }), cut)),
        );
        const direction = noise(features[tensor]!.data.length, 3);
        const score = async (step: number) => {
          const moved = Float32Array.from(features[tensor]!.data as Float32Array, (a, i) => a + step * direction[i]!);
          const image = cut ? {} : { [DOWNSTREAM.image]: x };
          const result = await behind.run({ [DOWNSTREAM.features]: floats(moved, shape), ...image }, [CLASSES.logits]);
          return dot(result[CLASSES.logits]!.data as Float32Array, seed);
        };
        const expected = ((await score(STEP)) - (await score(-STEP))) / (2 * STEP);
        const gradient = gradients.get(tensor)!.data as Float32Array;
        const scale = Math.sqrt(dot(gradient, gradient) * dot(direction, direction));
        assert.ok(scale > 0, `${tensor}: no gradient`);
        const error = Math.abs(dot(gradient, direction) - expected) / scale;
        assert.ok(error <= TOLERANCE, `${tensor}: ${error}`);
        await behind.release();
      }
      await Promise.all([backwards.release(), forwards.release()]);
    });
  }
});
