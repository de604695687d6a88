import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { MEASURED_MAPS, METRICS } from '../../../src/core/metrics/measurement';
import { bySaliency } from '../../../src/core/metrics/order';
import { saliencyOf } from '../../../src/core/saliency';
import { createService } from '../../../src/engine/service';
import type { Explanation } from '../../../src/protocol/explanation';
import type { Events, ImageSource, MeasureParams, ModelChoice } from '../../../src/protocol/requests';
import { explainWith } from '../../support/explain';
import { largestDifference, REFERENCE, referenceCases } from '../../support/reference';
import { needs, nightly, project } from '../../support/shared';

type Event = { [E in keyof Events<'measure'>]: { readonly name: E; readonly data: Events<'measure'>[E] } };

const scene = project('media', 'demo', 'scenes', 'cat-and-dog.png');

describe('measure', () => {
  const service = createService();

  async function measure(
    what: { readonly image: ImageSource; readonly model: ModelChoice; readonly explanation: Explanation },
    rest: Partial<MeasureParams>,
    onEvent: (event: Event[keyof Event]) => void = () => {},
    signal = new AbortController().signal,
  ) {
    const params = {
      view: 'test',
      metrics: [{ metric: 'insertion' }, { metric: 'deletion' }],
      maps: ['explanation'],
      seed: 0,
      pictures: false,
      ...what,
      ...rest,
    } as const;
    return service.measure(params, { signal, emit: (name, data) => onEvent({ name, data } as Event[keyof Event]) });
  }

  async function explainScene(options = {}) {
    const what = { image: { path: scene }, model: {} };
    return { ...what, ...(await explainWith(service, { ...what, method: 'grad-cam', ...options })) };
  }

  describe('curves of the reference', () => {
    before(function () {
      needs(this, REFERENCE, 'no reference curves to compare with');
    });

    for (const [curves, map, name] of [
      ['curves_groupcam_paper', 'saliency', 'groupcam_paper'],
      ['curves_gradcam', 'gradcam', 'gradcam'],
    ] as const) {
      it(`${curves}: every point to 1e-3, areas to 5e-4`, async () => {
        const cases = referenceCases().filter((reference) => reference.has(curves));
        assert.ok(cases.length >= 16, `only ${cases.length} cases`);
        for (const reference of cases.filter((_, i) => nightly || i % 8 === 0)) {
          const image = { tensor: reference.file('input') };
          const model = { path: reference.model, layer: reference.layer };
          const target = { index: reference.class };
          const { explanation } = await explainWith(service, { image, model, target, method: 'grad-cam' });
          // The stored map in place of our own, so that nothing but the curves can differ.
          const { data, shape } = reference.array(map);
          const frame = {
            ...explanation.frame,
            height: shape[0]!,
            width: shape[1]!,
            map: data,
            offset: 0,
            signed: false,
          };
          const steps = { step: 448, unit: 'pixels' };
          const { maps } = await measure(
            { image, model, explanation: { ...explanation, frame } },
            {
              metrics: [
                { metric: 'insertion', options: steps },
                { metric: 'deletion', options: { ...steps, to: 'zero' } },
              ],
            },
          );
          const found = maps.explanation!;
          const expected = reference.array(curves).data;
          for (const [i, metric] of ['insertion', 'deletion'].entries()) {
            const points = found.curves[metric]!.probabilities;
            const difference = largestDifference(points, expected.subarray(113 * i, 113 * (i + 1)));
            assert.ok(difference <= 1e-3, `${reference.name}: ${metric} differs by ${difference}`);
          }
          const file = path.join(REFERENCE, reference.name, 'case.json');
          const areas = JSON.parse(readFileSync(file, 'utf8')).insertion_deletion[`${name}/stable`];
          for (const score of ['insertion', 'deletion', 'overall']) {
            const difference = Math.abs(found.scores[score]! - areas[score]);
            assert.ok(difference <= 5e-4, `${reference.name}: area ${score} differs by ${difference}`);
          }
        }
      });
    }
  });

  it('all metrics of all maps, with progress that only grows and each map once it is done', async () => {
    const what = await explainScene();
    const events: Event[keyof Event][] = [];
    const regions = [{ category: 'dog', box: { left: 0, top: 0, width: 200, height: 200 } }];
    const result = await measure(
      what,
      { metrics: METRICS.map((metric) => ({ metric })), maps: MEASURED_MAPS, regions },
      (event) => events.push(event),
    );
    assert.deepEqual(Object.keys(result.maps), [...MEASURED_MAPS]);
    for (const { scores } of Object.values(result.maps)) {
      assert.deepEqual(Object.keys(scores).sort(), Object.keys(result.scores).sort());
      assert.ok(Object.values(scores).every(Number.isFinite));
    }
    const shares = events.flatMap((event) => (event.name === 'progress' ? [event.data.share] : []));
    assert.deepEqual(
      shares,
      [...shares].sort((a, b) => a - b),
    );
    assert.ok(shares.every((share) => share > 0 && share <= 1));
    const known = events.flatMap((event) => (event.name === 'measured' ? [event.data.maps] : []));
    const upTo = (count: number) =>
      Object.fromEntries(MEASURED_MAPS.slice(0, count).map((map) => [map, result.maps[map]]));
    assert.deepEqual(known, [upTo(1), upTo(2), upTo(3)]);
  });

  it('the map of the dog shows the dog before a random map does', async () => {
    const { maps } = await measure(await explainScene({ method: 'group-cam' }), { maps: ['explanation', 'random'] });
    const [own, random] = [maps.explanation!.scores, maps.random!.scores];
    assert.ok(own['overall']! > random['overall']! + 0.1, `${own['overall']} and ${random['overall']}`);
  });

  it('explains another image for the same class: without noise to speak of the map stays', async () => {
    const what = await explainScene({ target: { label: 'cat' }, method: 'group-cam' });
    const at = async (radius: number) => {
      const metrics = [{ metric: 'max-sensitivity', options: { samples: 2, radius } }] as const;
      return (await measure(what, { metrics })).maps.explanation!.scores['sensitivity']!;
    };
    const [little, much] = [await at(1e-5), await at(2)];
    assert.ok(little < 0.01 && much > 0.1, `${little} and ${much}`);
  });

  it('pictures at the ends of curves are what the network was given', async () => {
    const what = await explainScene();
    const metrics = [
      { metric: 'insertion', options: { step: 50 } },
      { metric: 'deletion', options: { step: 50, to: 'black' } },
    ] as const;
    const { pictures } = await measure(what, { metrics, pictures: true });
    const pixels = async (png: Uint8Array) => sharp(png).raw().toBuffer({ resolveWithObject: true });
    const image = await pixels(pictures['deletion']!.from);
    const { width, height } = what.explanation.frame.inputSize;
    assert.deepEqual([image.info.width, image.info.height, image.info.channels], [width, height, 3]);
    assert.deepEqual((await pixels(pictures['insertion']!.to)).data, image.data);
    assert.ok((await pixels(pictures['deletion']!.to)).data.every((value) => value === 0));
    // The same mean colour, and hardly an edge left.
    const blurred = (await pixels(pictures['insertion']!.from)).data;
    const mean = (data: Uint8Array) => data.reduce((sum, value) => sum + value, 0) / data.length;
    const edges = (data: Uint8Array) => mean(data.map((value, i) => Math.abs(value - (data[i + 3] ?? value))));
    assert.ok(Math.abs(mean(blurred) - mean(image.data)) < 10);
    assert.ok(edges(blurred) < edges(image.data) / 3, `${edges(blurred)} ${edges(image.data)}`);
    assert.equal(bySaliency(saliencyOf(what.explanation.frame).map).length, width * height);
  });

  it('is cancelled between chunks', async () => {
    const abort = new AbortController();
    let events = 0;
    const cancelled = measure(
      await explainScene(),
      {},
      () => {
        events += 1;
        abort.abort();
      },
      abort.signal,
    );
    await assert.rejects(cancelled, { code: 'cancelled' });
    assert.equal(events, 1);
  });

  it('an explanation asked for meanwhile goes first, and a newer measurement of the view ends it', async () => {
    const what = await explainScene();
    let events = 0;
    let meanwhile: Promise<number> | undefined;
    await measure(what, { maps: MEASURED_MAPS }, () => {
      events += 1;
      const before = events;
      meanwhile ??= explainScene({ target: { label: 'cat' }, method: 'group-cam' }).then(() => events - before);
    });
    const chunks = await meanwhile!;
    assert.ok(chunks <= 1, `${chunks} chunks were measured before it was answered`);
    assert.ok(events > 20, `${events} in all`);

    const [older, newer] = [measure(what, {}), measure(what, { maps: [] })];
    await assert.rejects(older, { code: 'cancelled' });
    assert.deepEqual((await newer).maps, {});
  });

  it('refuses an image that is not the one explained, and options that are none', async () => {
    const what = await explainScene();
    const other = { ...what, image: { path: project('media', 'demo', 'dataset', 'cat', '01.jpg') } };
    await assert.rejects(measure(other, {}), { code: 'image-unreadable' });
    const wrong = measure(what, { metrics: [{ metric: 'deletion', options: { to: 'grey' } }] });
    await assert.rejects(wrong, { code: 'bad-option' });
  });
});
