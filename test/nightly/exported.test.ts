/** Exported models on photographs, and networks of torchvision's families at their own sizes, by plain onnxruntime. */
import { strict as assert } from 'node:assert';
import { statSync } from 'node:fs';
import path from 'node:path';
import { DEFAULT_CHOICE } from '../../src/core/methods/choice';
import { createRandom } from '../../src/core/random';
import { openModel } from '../../src/engine/model/inspect';
import { prepareInput } from '../../src/engine/pictures/prepare';
import { createService } from '../../src/engine/service';
import { npyBytes } from '../../src/files/npy';
import { cifarFolder } from '../support/cifar';
import { classes, engineMap, engineMapInWeb, exportWith, float, runFile, runInWeb } from '../support/exported';
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

interface Family {
  readonly name: string;
  /** Of batch norms; drawn at random, those of most networks leave masks that add no more than rounding. */
  readonly statistics?: 'measured';
  /** Whether one thread of WebAssembly computes it in a few minutes. */
  readonly web?: true;
}

const FAMILIES: readonly Family[] = [
  { name: 'shufflenet_v2_x1_0', statistics: 'measured', web: true },
  { name: 'mobilenet_v3_small', statistics: 'measured', web: true },
  { name: 'mnasnet0_5', statistics: 'measured', web: true },
  { name: 'efficientnet_b0', statistics: 'measured', web: true },
  { name: 'regnet_y_400mf', statistics: 'measured', web: true },
  { name: 'googlenet', web: true },
  { name: 'resnet50', statistics: 'measured', web: true },
  { name: 'vit_b_16', web: true },
  { name: 'swin_t', web: true },
  { name: 'densenet121', web: true },
  { name: 'convnext_tiny', web: true },
  { name: 'maxvit_t', statistics: 'measured', web: true },
];

const NUDGES = 4;

/** In milliseconds: 33 blends of ViT-B/16 on one thread, by the exported graph and by the engine, on a busy machine. */
const TRANSFORMER_IN_WEBASSEMBLY = 60 * 60_000;

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

/**
 * Of these, masks change the probability by much more than rounding does, as it is of the networks in use. `scripts/zoo/cifar.py`
 * makes the files.
 */
describe('exported networks that were trained on four classes of CIFAR-10', () => {
  const folder = testFolder();
  const service = createService();

  for (const name of ['mnasnet0_5', 'resnet50', 'shufflenet_v2_x1_0', 'swin_t'])
    it(name, async function () {
      const file = project('.vscode-test', 'trained', `${name}.onnx`);
      needs(this, file, 'no trained network to export');
      const output = folder.at('explained.onnx');
      const { info } = await openModel({ path: file });
      await exportWith(service, { model: { path: file }, output });
      let shown = 0;
      const named = info.labels.value.flatMap((label) =>
        ['0001.jpg', '0002.jpg'].map((file) => path.join(label, file)),
      );
      for (const name of named) {
        const image = { path: path.join(cifarFolder(), name) };
        const { tensor, dims } = await prepareInput(image, info);
        const { map, probability } = await engineMap(service, { model: { path: file }, image });
        const feeds = { [info.input.name]: float(tensor, dims) };
        const maps = [await runFile(output, feeds), await runInWeb(output, feeds)];
        const apart = maps.map(({ saliency }) => largestDifference(saliency!.data as Float32Array, map));
        const [node, browser] = apart.map((difference) => difference.toPrecision(2));
        const isShown = map.some((value) => value !== 0);
        if (isShown) shown += 1;
        console.log(
          `      ${name}, p ${probability.toFixed(2)}: node ${node}, web ${browser}${isShown ? '' : ', blank'}`,
        );
        assert.ok(Math.max(...apart) <= 1e-4, `${apart}`);
      }
      assert.ok(shown >= named.length / 2, `only ${shown} of ${named.length} maps show anything`);
    });
});

/** The rows are those of the table in docs/export.md. */
describe('exported networks of torchvision', () => {
  const folder = testFolder();
  const service = createService();
  const row = (...cells: readonly string[]) => console.log(`| ${cells.join(' | ')} |`);
  before(() => row('network', 'batch norms', 'method', 'blends', 'node', 'web', 'web, engine too', 'logits', 'size'));

  for (const { name, statistics, web } of FAMILIES) {
    it(name, async function () {
      const file = torchvision(this, name, statistics ?? 'drawn');
      this.timeout(TRANSFORMER_IN_WEBASSEMBLY);
      const output = folder.at('explained.onnx');
      const { info } = await openModel({ path: file });
      const { width, height } = info.preprocessing;
      const dims = [1, 3, height.value, width.value];
      const picture = { path: project('media', 'demo', 'scenes', 'cat-and-dog.png') };
      const image = float((await prepareInput(picture, info)).tensor, dims);
      const tensor = folder.write('input.npy', npyBytes({ shape: dims, data: image.data as Float32Array }));
      const plain = await runFile(file, { [info.input.name]: image });
      for (const method of ['grad-cam', 'group-cam'] as const) {
        const choice = { model: { path: file }, method, options: method === 'grad-cam' ? {} : DEFAULT_CHOICE.options };
        const expected = await engineMap(service, { ...choice, image: { tensor } });
        const gain = Math.max(0, ...Array.from(expected.scores, Math.abs)) / expected.probability;
        if (method === 'group-cam' && gain < ABOVE_ROUNDING) {
          row(name, statistics ?? 'random', method, '', `not compared: masks add ${gain.toPrecision(2)} of p`);
          continue;
        }
        const made = await exportWith(service, { ...choice, output, class: 'input' });
        const feeds = { [info.input.name]: image, class: classes(expected.class) };
        const runs = [await runFile(output, feeds), ...(web ? [await runInWeb(output, feeds)] : [])];
        const maps = runs.map(({ saliency }) => saliency!.data as Float32Array);
        const differences = maps.map((map) => largestDifference(map, expected.map));
        const onWeb = maps[1]
          ? largestDifference(
              maps[1],
              await engineMapInWeb(folder, { model: file, tensor, method, class: expected.class }),
            )
          : 0;
        const logits = runs.flatMap((outputs) =>
          Object.entries(plain).map(([output, { data }]) => {
            const scale = Math.max(1, ...Array.from(data as Float32Array, Math.abs));
            return largestDifference(outputs[output]!.data as Float32Array, data as Float32Array) / scale;
          }),
        );
        const size = statSync(output).size / statSync(file).size;
        const [node, browser] = differences.map((difference) => difference.toPrecision(2));
        const blank = expected.map.every((value) => value === 0) ? ', blank' : '';
        row(
          name,
          statistics ?? 'random',
          method,
          made.blends,
          `${node}${blank}`,
          browser ?? '',
          web ? onWeb.toPrecision(2) : '',
          logits.map((difference) => difference.toPrecision(2)).join(', '),
          size.toFixed(4),
        );
        assert.ok(
          Math.max(differences[0]!, onWeb) <= 1e-4,
          `${method} by the same kernels: ${differences[0]}, ${onWeb}`,
        );
        // Other kernels, which are those of WebAssembly, round as an input with other last bits does.
        const difference = Math.max(...differences);
        if (difference > 1e-4) {
          const target = { index: expected.class };
          let own = 0;
          for (let seed = 0; seed < NUDGES; seed++) {
            const near = npyBytes({ shape: dims, data: nudged(image.data as Float32Array, seed) });
            const again = { ...choice, image: { tensor: folder.write('nudged.npy', near) }, target };
            own = Math.max(own, largestDifference((await engineMap(service, again)).map, expected.map));
          }
          row(name, `another last bit of the input moves the engine's own map by ${own.toPrecision(2)}`);
          assert.ok(difference <= 3 * own, `${method}: ${differences}`);
        }
        assert.ok(Math.max(...logits) <= 1e-5 && size <= 1.01, `${method}: logits ${logits}, size ${size}`);
      }
    });
  }
});
