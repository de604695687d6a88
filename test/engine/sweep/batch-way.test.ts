/** Sweeps whose maps are made by one graph, which is forced on the CPU here, against single passes. */
import { strict as assert } from 'node:assert';
import sharp from 'sharp';
import { saliencyOf } from '../../../src/core/saliency';
import { createService } from '../../../src/engine/service';
import type { Rival } from '../../../src/engine/sessions/one-graph';
import type { ModelChoice, SweepImage } from '../../../src/protocol/requests';
import { testFolder } from '../../support/folder';
import { largestDifference } from '../../support/reference';
import { project } from '../../support/shared';
import { imagesOf, sweepWith } from '../../support/sweep';
import { type Form, LAYER, networkModel, noise } from '../../support/tiny-network';

/** A service with graphs on the CPU. */
function forced(known?: Rival) {
  const kept = new Map<string, Rival>();
  const asked: string[] = [];
  const memory = {
    recall: async (key: string) => {
      asked.push(key);
      return known ?? kept.get(key);
    },
    keep: async (key: string, won: Rival) => void kept.set(key, won),
  };
  return { kept, asked, service: createService({ isOffered: () => true, memory }) };
}

describe('a sweep by one graph', () => {
  const folder = testFolder();
  const single = createService();

  async function pictures(count: number, rest: (id: number) => Partial<SweepImage> = () => ({})) {
    const paths: string[] = [];
    for (let i = 0; i < count; i++) {
      const data = Uint8Array.from(noise(16 * 12 * 3, i + 1), (value) => 127 + 127 * value);
      const png = await sharp(data, { raw: { width: 16, height: 12, channels: 3 } })
        .png()
        .toBuffer();
      paths.push(folder.write(`${i}.png`, png));
    }
    return imagesOf(paths).map((image) => ({ ...image, ...rest(image.id) }));
  }

  async function bothWays(model: ModelChoice, images: readonly SweepImage[], known?: Rival, used = known) {
    const graph = forced(known);
    const [expected, found] = [
      await sweepWith(single, { model, images }),
      await sweepWith(graph.service, { model, images }),
    ];
    assert.deepEqual(found.order, expected.order);
    assert.equal(found.failed.length, 0);
    assert.equal(expected.way, undefined);
    if (used) assert.equal(found.way, used);
    let blank = 0;
    for (const [i, { map, top, blank: why, embedding }] of found.swept.entries()) {
      const other = expected.swept[i]!;
      const inputSize = { height: 48, width: 48 };
      const maps = [map!, other.map!].map((frame) => saliencyOf({ ...frame, inputSize }).map);
      assert.ok(largestDifference(maps[0]!, maps[1]!) <= 1e-4, `${i}`);
      assert.ok(
        largestDifference(map!.map, other.map!.map) <= 1e-4 * Math.max(...other.map!.map.map(Math.abs)),
        `${i}`,
      );
      assert.deepEqual(
        top.map(([index]) => index),
        other.top.map(([index]) => index),
      );
      assert.ok(largestDifference(embedding, other.embedding) <= 1e-5);
      assert.equal(why, other.blank);
      if (why !== undefined) blank += 1;
    }
    assert.ok(blank < images.length, 'all maps are blank');
    return graph;
  }

  const vit = { path: project('test', 'data', 'gradients', 'vit.onnx') };

  it('a transformer: the maps of single passes, of the most probable classes and of others', async () => {
    await bothWays(vit, await pictures(7), 'one graph');
    await bothWays(vit, await pictures(7, (id) => (id % 2 === 0 ? { class: id % 3 } : {})), 'one graph');
  });

  const forms: Readonly<Record<string, Form>> = {
    'a layer that is no cut of the graph': { around: 'map' },
    'a layer that is no cut of the graph, behind none': { around: 'image' },
    'channels last': { layout: 'NHWC', around: 'map' },
    'operator set 7': { opset: 7, around: 'map' },
    'one image at a time': { batch: 1, around: 'map' },
    'a softmax in the graph': { ending: ['Softmax'], around: 'map' },
    'two layers behind the pooling': { ending: ['Sigmoid'], around: 'map' },
  };
  for (const [name, form] of Object.entries(forms))
    it(`${name}: the same`, async () => {
      const model = { path: folder.write('model.onnx', networkModel(form)), layer: LAYER };
      await bothWays(model, await pictures(6), 'one graph');
    });

  it('goes on with single passes where the model takes one image only', async () => {
    const model = {
      path: folder.write('model.onnx', networkModel({ fixedInside: true, around: 'map' })),
      layer: LAYER,
    };
    for (const known of ['one graph', undefined] as const) await bothWays(model, await pictures(6), known, 'passes');
  });

  it('is measured on the first batch and remembered', async () => {
    const { kept, asked, service } = await bothWays(vit, await pictures(7));
    assert.equal(kept.size, 1);
    assert.equal(asked.length, 1);
    const { way } = await sweepWith(service, { model: vit, images: await pictures(3) });
    assert.deepEqual([...kept.values()], [way]);
    assert.equal(asked.length, 1);
  });

  it('no way is chosen on a CPU, without maps, or behind a linear head', async () => {
    const { asked, service } = forced('one graph');
    await sweepWith(service, { model: vit, images: await pictures(2), maps: false });
    const demo = { path: project('media', 'demo', 'demo-objects.onnx') };
    assert.equal((await sweepWith(service, { model: demo, images: await pictures(2) })).way, undefined);
    assert.deepEqual(asked, []);
  });
});
