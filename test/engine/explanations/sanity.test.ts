/** Sanity checks of real networks: what is known of methods must come out. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { DEFAULT_CHOICE } from '../../../src/core/methods/choice';
import type { MethodName } from '../../../src/core/methods/names';
import type { SanityProgress, SanityResult } from '../../../src/core/sanity/types';
import { createService } from '../../../src/engine/service';
import type { SanityParams } from '../../../src/protocol/requests';
import { testFolder } from '../../support/folder';
import { needs, project, shared } from '../../support/shared';
import { CLASSIFIER, tinyModel } from '../../support/tiny-model';

const SCENE = project('media', 'demo', 'scenes', 'cat-and-dog.png');
const METHODS: readonly MethodName[] = ['group-cam', 'guided-backpropagation'];

function paramsOf(rest: Partial<SanityParams>): SanityParams {
  const methods = METHODS.map((method) => ({ ...DEFAULT_CHOICE, method }));
  return {
    view: 'test',
    image: { path: SCENE },
    model: {},
    target: 'top',
    device: 'cpu',
    methods,
    randomisations: ['cascading'],
    steps: 5,
    seeds: [0, 1],
    ...rest,
  };
}

describe('sanity checks', () => {
  const folder = testFolder();
  const service = createService();

  async function run(rest: Partial<SanityParams>, signal = new AbortController().signal, told: SanityProgress[] = []) {
    return service.sanity(paramsOf(rest), {
      signal,
      emit: (_event, progress) => told.push(progress as SanityProgress),
    });
  }

  /** Group-CAM's maps fall apart with the upper layers; those of guided backpropagation hardly change. */
  function assertAsKnown({ methods, layers }: SanityResult): void {
    const upper = methods.map(({ steps }) => {
      const means = steps.flatMap(({ mean, depth }) => (mean && depth <= layers / 2 + 1 ? [mean.spearman] : []));
      assert.ok(means.length > 0);
      return means.reduce((sum, value) => sum + value, 0) / means.length;
    }) as [number, number];
    assert.ok(upper[1] > 0.8 && upper[0] < upper[1] - 0.25, `Group-CAM ${upper[0]}, guided ${upper[1]}`);
    const last = methods[0]!.steps.at(-1)!;
    assert.equal(last.depth, layers);
    if (last.mean) assert.ok(last.mean.spearman < 0.4, `${last.mean.spearman} with all layers drawn`);
    assert.match(methods[1]!.verdict, /^Guided Backpropagation fails/);
    assert.match(methods[0]!.verdict, /^Group-CAM passes/);
  }

  it('is of one layer', () =>
    assert.rejects(run({ model: { layer: ['/layer2/relu', '/layer3/relu'] } }), {
      code: 'bad-option',
      message: /^layer .*: must be one layer for a sanity check\.$/,
    }));

  it('the demo model: Group-CAM falls apart, guided backpropagation hardly', async () => {
    const told: SanityProgress[] = [];
    const result = await run({}, undefined, told);
    assertAsKnown(result);
    assert.deepEqual([result.class.label, result.layers], ['cat', 11]);
    // Two seeds, five depths, two methods; each is told as it comes, and the result has all.
    assert.deepEqual(
      told.map(({ done, total }) => [done, total]),
      told.map((_, i) => [i + 1, 20]),
    );
    const maps = result.methods.flatMap(({ maps }) => maps);
    assert.deepEqual(new Set(told.map(({ map }) => map)), new Set(maps));
    for (const { similarity, blank } of maps) assert.equal(similarity === undefined, blank !== undefined);
  });

  it('MobileNet v2: Group-CAM falls apart, guided backpropagation hardly', async function () {
    const path = shared('models', 'mobilenet_v2.onnx');
    needs(this, path, 'MobileNet v2');
    const image = { path: shared('images', 'imagenet', 'ILSVRC2012_val_00000073.JPEG') };
    assertAsKnown(await run({ model: { path }, image, seeds: [0] }));
  });

  it('a seed decides the maps, and a layer is drawn alike in a cascade and alone', async () => {
    const both = { randomisations: ['cascading', 'independent'], steps: 2 } as const;
    const [first, again] = [await run({ ...both, seeds: [3] }), await run({ ...both, seeds: [3] })];
    assert.deepEqual(first, again);
    const { maps } = first.methods[0]!;
    // The cascade starts with the layer of the logits, alone.
    const [cascade, alone] = maps.filter(({ depth }) => depth === 1);
    assert.deepEqual(cascade!.frame, alone!.frame);
    const other = await run({ ...both, seeds: [4] });
    assert.notDeepEqual(other.methods[0]!.maps[0]!.frame, maps[0]!.frame);
  });

  it('writes nothing beside the model, and leaves it as it is', async () => {
    const path = folder.write('net.onnx', tinyModel(CLASSIFIER));
    const result = await run({ model: { path }, methods: [{ ...DEFAULT_CHOICE, method: 'grad-cam' }] });
    assert.equal(result.layers, 2);
    assert.deepEqual(readdirSync(folder.at('')), ['net.onnx']);
    assert.deepEqual(new Uint8Array(readFileSync(path)), tinyModel(CLASSIFIER));
  });

  it('a network without weights is refused', async () => {
    const path = folder.write(
      'net.onnx',
      tinyModel({
        nodes: [
          ['Relu', 'image', 'relu'],
          ['GlobalAveragePool', 'relu', 'pooled'],
          ['Flatten', 'pooled', 'logits'],
        ],
        outputs: ['logits'],
      }),
    );
    await assert.rejects(run({ model: { path } }), { code: 'no-weights', message: /net\.onnx/ });
  });

  it('is cancelled between two chunks', async () => {
    const abort = new AbortController();
    const told: SanityProgress[] = [];
    const running = service.sanity(paramsOf({}), {
      signal: abort.signal,
      emit: (_event, progress) => {
        if (told.push(progress as SanityProgress) === 2) abort.abort();
      },
    });
    await assert.rejects(running, { code: 'cancelled' });
    assert.equal(told.length, 2);
  });
});
