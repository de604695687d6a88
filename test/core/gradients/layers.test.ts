/** Gradients of every candidate layer of the tiny networks, against central differences of the scores downstream. */
import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import { DOWNSTREAM, downstreamGraph } from '../../../src/core/cam/downstream';
import { GRADIENT, gradientGraph } from '../../../src/core/cam/gradient';
import { startInUse } from '../../../src/core/model/info';
import { untypedInfo } from '../../../src/core/onnx/compose';
import { encodeWithFeeds } from '../../../src/core/onnx/feeds';
import { type EncodedModel, encodeModel } from '../../../src/core/onnx/weights';
import { CLASSES } from '../../../src/core/target/class-scores';
import { openModel } from '../../../src/engine/model/inspect';
import { createSession, floats } from '../../../src/engine/runtime/runtime';
import { fragmentOf } from '../../../src/engine/sessions/parts';
import { largestDifference } from '../../support/reference';
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

      const fragment = fragmentOf({ info, facts });
      const [target] = fragment.inputs;

      for (const { tensor, shape } of info.layers) {
        const start = startInUse({ ...info, layer: { ...info.layer, value: tensor } }).tensor;
        const startValues = start === info.input.name ? x : features[start]!;
        const behind = await open(
          encodeModel(model, downstreamGraph(model, facts, { layer: tensor, start }, fragment)),
        );
        const direction = noise(features[tensor]!.data.length, 3);
        const score = async (step: number) => {
          const moved = Float32Array.from(features[tensor]!.data as Float32Array, (a, i) => a + step * direction[i]!);
          const others = start === tensor ? {} : { [DOWNSTREAM.start]: startValues };
          const result = await behind.run({ [DOWNSTREAM.features]: floats(moved, shape), ...others }, [CLASSES.logits]);
          return dot(result[CLASSES.logits]!.data as Float32Array, seed);
        };
        const expected = ((await score(STEP)) - (await score(-STEP))) / (2 * STEP);
        const gradient = gradients.get(tensor)!.data as Float32Array;
        const scale = Math.sqrt(dot(gradient, gradient) * dot(direction, direction));
        assert.ok(scale > 0, `${tensor}: no gradient`);
        const error = Math.abs(dot(gradient, direction) - expected) / scale;
        assert.ok(error <= TOLERANCE, `${tensor}: ${error}`);
        await behind.release();

        const backward = gradientGraph(model, facts, { source: start, wrt: tensor }, fragment);
        const alone = await open(encodeWithFeeds(model, backward));
        const feeds = { [GRADIENT.source]: startValues, [target!.name]: floats(Float32Array.from(seed), target!.dims) };
        const found = (await alone.run(feeds, [GRADIENT.gradient]))[GRADIENT.gradient]!.data as Float32Array;
        const most = Math.max(...Array.from(gradient, Math.abs));
        assert.ok(largestDifference(found, gradient) <= 1e-5 * most, `${tensor} from ${start}`);
        await alone.release();
      }
      await Promise.all([backwards.release(), forwards.release()]);
    });
  }
});
