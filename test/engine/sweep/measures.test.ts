/** Measures of a sweep's maps, against the metrics of an evaluation of the same maps. */
import { strict as assert } from 'node:assert';
import path from 'node:path';
import { regionsIn } from '../../../src/core/annotations/annotations';
import { createService } from '../../../src/engine/service';
import { readAnnotations } from '../../../src/files/annotations';
import { explainWith } from '../../support/explain';
import { needs, nightly, shared } from '../../support/shared';
import { sweepWith } from '../../support/sweep';

describe('measures of a sweep', () => {
  it('energy and hit on coco128 are those of the metrics for the same map', async function () {
    const annotations = shared('images', 'coco128', 'annotations.json');
    const model = { path: shared('models', 'mobilenet_v2.onnx') };
    for (const file of [annotations, model.path]) needs(this, file, 'there is nothing to measure');
    const { images, categories } = await readAnnotations(annotations);
    const annotated = images.filter(({ regions }) => regions.length > 0).slice(0, nightly ? 128 : 16);
    const paths = annotated.map(({ file }) => shared('images', 'coco128', 'images', path.basename(file)));
    const service = createService();
    // Whatever the model sees, all objects count as its class.
    const all = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [index, categories]));
    const { swept } = await sweepWith(service, {
      model,
      images: annotated.map((one, id) => ({ id, path: paths[id]!, truth: [], annotated: one })),
      categories: all,
    });
    let measuredOnes = 0;
    for (const [i, { map, measures, size }] of swept.entries()) {
      const image = { path: paths[i]! };
      const { explanation } = await explainWith(service, { model, image, method: 'grad-cam' });
      const { maps } = await service.measure(
        {
          view: 'test',
          explanation: { ...explanation, frame: { ...explanation.frame, ...map } },
          image,
          model,
          metrics: [{ metric: 'energy' }, { metric: 'pointing' }],
          maps: ['explanation'],
          seed: 0,
          pictures: false,
          regions: regionsIn(annotated[i]!, size),
        },
        silent,
      );
      const { energy, pointing } = maps.explanation!.scores;
      assert.equal(measures!.energy, energy, paths[i]);
      assert.equal(measures!.hit, pointing === undefined ? undefined : pointing === 1, paths[i]);
      if (energy !== undefined) measuredOnes += 1;
    }
    assert.ok(measuredOnes >= annotated.length / 2);
  });
});

const silent = { signal: new AbortController().signal, emit: () => {} };
