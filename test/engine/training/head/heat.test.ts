/** Heat in a region that should not decide, while the last layer is fitted. */
import assert from 'node:assert/strict';
import { DataType, makeTensor } from '../../../../src/core/onnx/tensors';
import { createRandom } from '../../../../src/core/random';
import { createService } from '../../../../src/engine/service';
import type { SweptImage } from '../../../../src/protocol/requests';
import type { TrainingImage } from '../../../../src/protocol/training';
import { testFolder } from '../../../support/folder';
import type { TinyModel } from '../../../support/tiny-model';
import { LEARNER, tinySet } from '../../../support/tiny-training';
import { trainWith } from '../../../support/train';

/** The learner with the means of its map in place of the whole. */
function pooled(): TinyModel {
  const random = createRandom(5);
  const nodes = LEARNER.nodes.map((node): TinyModel['nodes'][number] =>
    node[0] === 'Flatten' ? ['Flatten', 'pooled', 'row'] : node,
  );
  const fc = makeTensor(
    'fc',
    DataType.FLOAT,
    [3, 8],
    Array.from({ length: 24 }, () => random.normal()),
  );
  return {
    ...LEARNER,
    nodes: [...nodes.slice(0, -2), ['GlobalAveragePool', 'map', 'pooled'], ...nodes.slice(-2)],
    initializers: LEARNER.initializers!.map((one) => (one.name === 'fc' ? fc : one)),
  };
}

/** The left half of the map, in which images of the first class are bright. */
const CELLS = { height: 4, width: 4, chosen: Uint8Array.from({ length: 16 }, (_, i) => (i % 4 < 2 ? 1 : 0)) };

describe('the heat of a training of the last layer', () => {
  const folder = testFolder();

  async function trained(model: TinyModel, heat: number, arm: 'head' | 'plain' = 'head') {
    const { model: choice, images } = await tinySet(folder, 8, model);
    const service = createService();
    const left = images.filter(({ truth }) => truth[0] === 0);
    const hidden = left.slice(2).map((image): TrainingImage => ({ ...image, suspect: true, pasted: { cells: CELLS } }));
    const output = folder.at(`${arm}-${heat}.onnx`);
    const { notes, trained: result } = await trainWith(service, {
      ...{ model: choice, output, checkpoint: folder.at(`${arm}-${heat}`) },
      train: [...images.slice(6), ...hidden],
      heldOut: images.slice(0, 6),
      options: { arm, heat, epochs: 1, rate: 1e-6, headFirst: arm === 'plain' },
    });
    const swept: SweptImage[] = [];
    await service.sweep(
      {
        model: { path: output },
        device: 'cpu',
        images: left.map(({ id, path }) => ({ id, path, truth: [], class: 0 })),
        ...{ top: 1, maps: true },
      },
      { signal: { aborted: false }, emit: (event, data) => event === 'swept' && swept.push(data as SweptImage) },
    );
    const shares = swept.map(({ map }) => {
      const { map: values, offset } = map!;
      const heatOf = (i: number) => Math.max(values[i]! - offset, 0);
      let [inside, all] = [0, 0];
      for (let i = 0; i < values.length; i++) {
        all += heatOf(i);
        if (CELLS.chosen[i] === 1) inside += heatOf(i);
      }
      return all > 0 ? inside / all : 0;
    });
    return {
      share: shares.reduce((sum, one) => sum + one, 0) / shares.length,
      notes: [...notes, ...result.notes],
    };
  }

  it("Grad-CAM's share in the region falls by the penalty, and the more the larger it is", async () => {
    const [none, some, much] = [await trained(pooled(), 0), await trained(pooled(), 3), await trained(pooled(), 100)];
    const told = `${none.share}, ${some.share}, ${much.share}`;
    assert.ok(some.share < none.share && much.share < some.share, told);
    const left = much.notes.filter((note) => note.includes('not penalised'));
    assert.deepEqual(left, []);
  });

  it('counts as well where the last layer is fitted before all weights are trained', async () => {
    const [none, much] = [await trained(pooled(), 0, 'plain'), await trained(pooled(), 100, 'plain')];
    assert.ok(much.share < none.share, `${none.share}, ${much.share}`);
  });

  it('is left alone, with a note, where the last layer does not read means', async () => {
    const { notes } = await trained(LEARNER, 3);
    assert.ok(notes.some((note) => /was not penalised, since the last layer does not read the mean/.test(note)));
  });
});
