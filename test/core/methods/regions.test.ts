import assert from 'node:assert/strict';
import fc from 'fast-check';
import { rankRegions, regionsOf } from '../../../src/core/methods/regions';
import { assertClose } from './run';

const PIXELS = 12;
const region = fc.uniqueArray(fc.integer({ min: 0, max: PIXELS - 1 }), { minLength: 1 });
const attributions = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: PIXELS, maxLength: PIXELS });

const mean = (pixels: readonly number[], values: readonly number[]) =>
  pixels.reduce((sum, at) => sum + values[at]!, 0) / pixels.length;

/** The definition: before each choice, the mean over the remaining pixels of every region is computed again. */
function byDefinition(
  regions: readonly (readonly number[])[],
  values: readonly number[],
  fast: boolean,
  least: number,
) {
  const map = new Array<number | undefined>(PIXELS).fill(undefined);
  let left = regions.map((pixels) => ({ pixels, first: mean(pixels, values) }));
  for (;;) {
    left = left
      .map((item) => ({ ...item, pixels: item.pixels.filter((at) => map[at] === undefined) }))
      .filter(({ pixels }) => pixels.length >= least);
    if (left.length === 0) break;
    const worth = left.map(({ pixels, first }) => (fast ? first : mean(pixels, values)));
    const best = left[worth.indexOf(Math.max(...worth))]!;
    for (const at of best.pixels) map[at] = mean(best.pixels, values);
    left = left.filter((item) => item !== best);
  }
  const rest = [...map.keys()].filter((at) => map[at] === undefined);
  return map.map((value) => value ?? mean(rest, values));
}

describe('ranking of regions', () => {
  for (const order of ['full', 'fast'] as const) {
    it(`${order}: as by the definition`, () => {
      fc.assert(
        fc.property(
          fc.array(region, { maxLength: 8 }),
          attributions,
          fc.integer({ min: 1, max: 4 }),
          (regions, values, least) => {
            // Equal means would leave the order open: every pixel has its own fraction.
            const distinct = values.map((value, i) => value + Math.fround(Math.SQRT2 ** i / 1000));
            const map = rankRegions(
              regions.map((pixels) => Uint32Array.from(pixels)),
              Float32Array.from(distinct),
              order,
              least,
            );
            assertClose(map, byDefinition(regions, [...Float32Array.from(distinct)], order === 'fast', least), 1e-4);
          },
        ),
      );
    });

    it(`${order}: the map sums to the attributions`, () => {
      fc.assert(
        fc.property(fc.array(region, { maxLength: 8 }), attributions, (regions, values) => {
          const map = rankRegions(
            regions.map((pixels) => Uint32Array.from(pixels)),
            Float32Array.from(values),
            order,
            1,
          );
          const sum = (list: Iterable<number>) => [...list].reduce((a, b) => a + b, 0);
          assert.ok(Math.abs(sum(map) - sum(values)) < 1e-3);
        }),
      );
    });
  }

  it('full ranks regions anew by what is not shown yet, and fast ranks them once: numbers worked out by hand', () => {
    const regions = [
      [0, 1],
      [1, 2],
      [2, 3],
    ].map((pixels) => Uint32Array.from(pixels));
    const values = Float32Array.of(10, 8, -4, 1);
    // [0, 1]: 9, then what is left: [2] is -4, [2, 3] is -1.5.
    assertClose(rankRegions(regions, values, 'full', 1), [9, 9, -1.5, -1.5]);
    // In the order of the means 9, 2, -1.5: [0, 1], then of [1, 2] pixel 2, then 3.
    assertClose(rankRegions(regions, values, 'fast', 1), [9, 9, -4, 1]);
  });

  it('regions of a picture cover all of it at every scale, with overlaps', () => {
    const [height, width] = [56, 56];
    const data = Float32Array.from(
      { length: 3 * height * width },
      (_, i) => Math.sin((i % width) / 6) + Math.cos(Math.floor(i / width) / 9),
    );
    const regions = regionsOf({ data, channels: 3, height, width });
    const covers = new Uint8Array(height * width);
    for (const pixels of regions) for (const at of pixels) covers[at]! += 1;
    // Six scales.
    assert.ok(covers.every((count) => count >= 6));
    assert.ok(covers.some((count) => count > 6));
    assert.ok(regions.length > 6);
  });
});
