/** Exported models on photographs, and networks of torchvision's families at their own sizes, by plain onnxruntime. */
import { strict as assert } from 'node:assert';
import { statSync } from 'node:fs';
import path from 'node:path';
import { createRandom } from '../../src/core/random';
import { openModel } from '../../src/engine/model/inspect';
import { prepareInput } from '../../src/engine/pictures/prepare';
import { createService } from '../../src/engine/service';
import { npyBytes } from '../../src/files/npy';
import { explainWith } from '../support/explain';
import { classes, engineMap, exportWith, float, runFile } from '../support/exported';
import { testFolder } from '../support/folder';
import { photographs } from '../support/gallery';
import { correlation } from '../support/maps';
import { largestDifference } from '../support/reference';
import { needs, project, shared } from '../support/shared';
import { torchvision } from '../support/torchvision';

const PHOTOGRAPHS = 20;
const ALIKE = 0.9999;

describe('exported models on photographs', () => {
  const folder = testFolder();
  const service = createService();
  const stored = ['cifar10_resnet20', 'mobilenet_v2', 'mobilenet_v2_birds', 'squeezenet1_1'];
  const files = [
    project('media', 'demo', 'demo-objects.onnx'),
    ...stored.map((name) => shared('models', `${name}.onnx`)),
  ];

  for (const file of files) {
    it(`${path.basename(file)}: maps correlate by ${ALIKE} at least`, async function () {
      needs(this, file, 'no model to export');
      needs(this, shared('images'), 'no photographs');
      const output = folder.at('explained.onnx');
      const { info } = await openModel({ path: file });
      await exportWith(service, { model: { path: file }, output });
      const all = photographs();
      const chosen = all.filter((_, i) => i % Math.floor(all.length / PHOTOGRAPHS) === 0).slice(0, PHOTOGRAPHS);
      assert.equal(chosen.length, PHOTOGRAPHS);
      let [least, most, blank] = [1, 0, 0];
      for (const name of chosen) {
        const image = { path: shared('images', name) };
        const { tensor, dims } = await prepareInput(image, info);
        const { map } = await engineMap(service, { model: { path: file }, image });
        const { saliency } = await runFile(output, { [info.input.name]: float(tensor, dims) });
        const own = saliency!.data as Float32Array;
        most = Math.max(most, largestDifference(own, map));
        if (map.every((value) => value === 0)) blank += 1;
        else least = Math.min(least, correlation(own, map));
      }
      console.log(`      ${path.basename(file)}: r >= ${least}, at most ${most} apart, ${blank} blank`);
      assert.ok(least >= ALIKE && most <= 1e-3, `r ${least}, ${most} apart`);
    });
  }
});

/** With the statistics of batch norms; drawn at random, those of the last ones leave masks that add no more than rounding. */
const FAMILIES = [
  ...['resnet50', 'swin_t', 'densenet121', 'regnet_y_400mf', 'convnext_tiny', 'googlenet', 'vit_b_16'].map(
    (name) => [name, 'drawn'] as const,
  ),
  ...['shufflenet_v2_x1_0', 'efficientnet_b0', 'mnasnet0_5', 'mobilenet_v3_small'].map(
    (name) => [name, 'measured'] as const,
  ),
];

const NUDGES = 4;

/** Each value with another last bit, by chance up or down. */
function nudged(values: Float32Array, seed: number): Float32Array {
  const random = createRandom(seed);
  return values.map((value) => value * (1 + (random.below(2) === 0 ? -1 : 1) * 2 ** -24));
}

/**
 * Of the class's probability: the least that the best mask has to add to it, for Group-CAM's maps to be compared. The weights
 * are random, and of some networks no mask adds more than the last bit of a float32, so that both maps are noise.
 */
const ABOVE_ROUNDING = 1e-2;

describe('exported networks of torchvision', () => {
  const folder = testFolder();
  const service = createService();

  for (const [name, statistics] of FAMILIES) {
    it(name, async function () {
      const file = torchvision(this, name, statistics);
      const output = folder.at('explained.onnx');
      const { info } = await openModel({ path: file });
      const { width, height } = info.preprocessing;
      const dims = [1, 3, height.value, width.value];
      const image = await prepareInput({ path: project('media', 'demo', 'scenes', 'cat-and-dog.png') }, info);
      const feeds = { [info.input.name]: float(image.tensor, dims) };
      const tensor = folder.write('input.npy', npyBytes({ shape: dims, data: image.tensor }));
      const plain = await runFile(file, feeds);
      for (const choice of [{ method: 'grad-cam', options: {} }, {}] as const) {
        const { explanation } = await explainWith(service, { model: { path: file }, image: { tensor }, ...choice });
        const gain = Math.max(0, ...Array.from(explanation.scores, Math.abs)) / explanation.probability;
        if (explanation.method === 'group-cam' && gain < ABOVE_ROUNDING) {
          console.log(`      ${name}: Group-CAM not compared, since its masks add ${gain.toPrecision(2)} of p`);
          continue;
        }
        const made = await exportWith(service, { model: { path: file }, output, class: 'input', ...choice });
        const expected = await engineMap(service, { model: { path: file }, image: { tensor }, ...choice });
        const { saliency, ...outputs } = await runFile(output, { ...feeds, class: classes(expected.class) });
        const difference = largestDifference(saliency!.data as Float32Array, expected.map);
        const logits = Object.entries(plain).map(([output, { data }]) => {
          const scale = Math.max(1, ...Array.from(data as Float32Array, Math.abs));
          return largestDifference(outputs[output]!.data as Float32Array, data as Float32Array) / scale;
        });
        const size = statSync(output).size / statSync(file).size;
        const blank = expected.map.every((value) => value === 0);
        const text = `map ${blank ? 'blank' : difference.toPrecision(2)}, logits ${Math.max(...logits).toPrecision(2)}, size ${size.toFixed(4)}, gain ${gain.toPrecision(2)}`;
        console.log(`      ${name} ${made.method}: ${text}, ${made.images} image(s), ${made.blends}`);
        assert.ok(Math.max(...logits) <= 1e-5 && size <= 1.01, text);
        if (difference <= 1e-4) continue;
        // What the engine's own map can't be sure of is no fault of the graph. A network rounds in each of its layers.
        const target = { index: expected.class };
        let own = 0;
        for (let seed = 0; seed < NUDGES; seed++) {
          const near = folder.write('nudged.npy', npyBytes({ shape: dims, data: nudged(image.tensor, seed) }));
          const again = await engineMap(service, { model: { path: file }, image: { tensor: near }, target, ...choice });
          own = Math.max(own, largestDifference(again.map, expected.map));
        }
        console.log(`      ${name}: the last bit of the input moves the engine's own map by ${own.toPrecision(2)}`);
        assert.ok(difference <= 3 * own, `${text}, but the engine's own map moves by ${own}`);
      }
    });
  }
});
