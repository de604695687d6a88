/** Exported networks against the engine: their maps, their own outputs, and their sizes, by two plain runtimes. */
import { strict as assert } from 'node:assert';
import { readFileSync, statSync } from 'node:fs';
import { parseModel } from '../../../src/core/onnx/model';
import { createService } from '../../../src/engine/service';
import { npyBytes } from '../../../src/files/npy';
import { explainWith } from '../../support/explain';
import { classes, engineMap, exportWith, float, runFile, runInWeb } from '../../support/exported';
import { testFolder } from '../../support/folder';
import { saveOptimised } from '../../support/optimised';
import { largestDifference } from '../../support/reference';
import { needs, onlyNightly, project, shared } from '../../support/shared';
import { noise } from '../../support/tiny-network';

interface Row {
  readonly file: string;
  readonly input: string;
  readonly height: number;
  readonly width: number;
  /** False for networks so small that their nodes are most of the file. */
  readonly sized?: false;
}

const square = (side: number) => ({ height: side, width: side });
const tiny = (name: string, side: number): Row => {
  return { file: project('test', 'data', 'gradients', `${name}.onnx`), input: 'image', ...square(side), sized: false };
};
const stored = (name: string, side = 224): Row => {
  return { file: shared('models', `${name}.onnx`), input: 'input', ...square(side) };
};

const NETWORKS: readonly Row[] = [
  { file: project('media', 'demo', 'demo-objects.onnx'), input: 'input', ...square(128) },
  stored('cifar10_resnet20', 32),
  // The layer is square and the image is not: both axes have as many pixels that may be bounds, at other places.
  { ...tiny('resnet', 24), width: 20 },
  tiny('vit', 12),
  tiny('swin', 16),
  ...onlyNightly([
    ...['mobilenet_v2', 'squeezenet1_1', 'mobilenet_v2_birds'].map((name) => stored(name)),
    { ...tiny('convnext', 16), width: 24 },
    { ...tiny('efficientnet', 16), width: 12 },
    tiny('maxvit', 16),
    tiny('regnet', 16),
    { ...tiny('shufflenet', 32), width: 16 },
  ]),
];

describe('exported networks', () => {
  const folder = testFolder();
  const service = createService();

  it('add shortcuts inside convolutions, in the pass of the blends too', async () => {
    const output = folder.at('explained.onnx');
    await exportWith(service, { model: { path: tiny('regnet', 16).file }, output });
    const saved = await saveOptimised(output, 'all', folder.at('optimised.onnx'));
    const { graph } = parseModel(readFileSync(saved), saved);
    const adding = graph.node.filter(({ opType, input }) => opType === 'Conv' && input.length === 4);
    const ofBlends = adding.filter(({ name }) => name.startsWith('cam/'));
    assert.equal(ofBlends.length, adding.length / 2);
    // Other processors have no such convolution.
    if (process.arch === 'x64') assert.equal(ofBlends.length, 2);
  });

  it('draw no map of rounding where all places are alike', async () => {
    // Each patch of an image of one colour is the same token.
    const { file } = tiny('swin', 16);
    const output = folder.at('explained.onnx');
    const dims = [1, 3, 16, 16];
    const image = new Float32Array(3 * 16 * 16).fill(0.5);
    const tensor = folder.write('input.npy', npyBytes({ shape: dims, data: image }));
    const choice = { model: { path: file }, method: 'grad-cam' } as const;
    await exportWith(service, { ...choice, output });
    const { saliency } = await runFile(output, { image: float(image, dims) });
    assert.ok((saliency!.data as Float32Array).every((value) => value === 0));
    const { explanation } = await explainWith(service, { ...choice, image: { tensor } });
    assert.ok(explanation.saliency.zero);
    assert.match(explanation.saliency.reason!, /^all places speak for this class alike/);
  });

  it("give the engine's map to the last bits where no convolution lies behind the layer", async () => {
    const { file, input, height, width } = tiny('vit', 12);
    const output = folder.at('explained.onnx');
    const dims = [1, 3, height, width];
    await exportWith(service, { model: { path: file }, output, class: 'input' });
    for (let seed = 1; seed <= 10; seed++) {
      const image = Float32Array.from(noise(3 * height * width, seed));
      const tensor = folder.write('input.npy', npyBytes({ shape: dims, data: image }));
      const expected = await engineMap(service, { model: { path: file }, image: { tensor } });
      const { saliency } = await runFile(output, { [input]: float(image, dims), class: classes(expected.class) });
      assert.ok(largestDifference(saliency!.data as Float32Array, expected.map) <= 5e-7, `noise ${seed}`);
    }
  });

  for (const { file, input, height, width, sized } of NETWORKS) {
    it(file.replace(/.*[/\\]/, ''), async function () {
      needs(this, file, 'no model to export');
      const output = folder.at('explained.onnx');
      const dims = [1, 3, height, width];
      const image = Float32Array.from(noise(3 * height * width, 3));
      const tensor = folder.write('input.npy', npyBytes({ shape: dims, data: image }));
      await exportWith(service, { model: { path: file }, output, class: 'input' });
      const expected = await engineMap(service, { model: { path: file }, image: { tensor } });
      const feeds = { [input]: float(image, dims), class: classes(expected.class) };
      const plain = await runFile(file, { [input]: feeds[input]! });
      for (const run of [runFile, runInWeb]) {
        const { saliency, ...own } = await run(output, feeds);
        assert.ok(largestDifference(saliency!.data as Float32Array, expected.map) <= 1e-4, `the map by ${run.name}`);
        assert.deepEqual(Object.keys(own), Object.keys(plain));
        for (const [name, { data }] of Object.entries(plain)) {
          const scale = Math.max(1, ...Array.from(data as Float32Array, Math.abs));
          const error = largestDifference(own[name]!.data as Float32Array, data as Float32Array);
          assert.ok(error <= 1e-5 * scale, `${name} by ${run.name}: ${error}`);
        }
      }
      if (sized !== false)
        assert.ok(statSync(output).size <= 1.01 * statSync(file).size, `${statSync(output).size} bytes`);
    });
  }
});
