import { strict as assert } from 'node:assert';
import { channelWeights, denoise, groupMaps, percentile, unitWeights } from '../../../src/core/cam/split';

/** K channels of one pixel each, so that a map is a number. */
const features = (...values: number[]) => ({
  data: Float32Array.from(values),
  channels: values.length,
  height: 1,
  width: 1,
});
const values = (maps: readonly Float32Array[]) => maps.map((map) => map[0]);

describe('split', () => {
  it('weights channels by the mean of their gradient', () => {
    assert.deepEqual([...channelWeights(Float32Array.of(1, 2, 3, 6, -1, 0), 3)], [1.5, 4.5, -0.5]);
  });

  describe('groups as torch.chunk makes them', () => {
    // [K, G, sizes of the chunks], from torch.chunk(torch.ones(K), G).
    const table: [number, number, number[]][] = [
      [6, 3, [2, 2, 2]],
      [7, 3, [3, 3, 1]],
      [10, 4, [3, 3, 3, 1]],
      [64, 48, new Array(32).fill(2)],
      [5, 32, [1, 1, 1, 1, 1]],
      [5, 1, [5]],
      [9, 5, [2, 2, 2, 2, 1]],
      [6, 4, [2, 2, 2]],
    ];
    for (const [channels, groups, sizes] of table) {
      it(`${channels} channels in ${groups} groups`, () => {
        const ones = features(...new Array(channels).fill(1));
        assert.deepEqual(values(groupMaps(ones, unitWeights(channels), groups)), sizes);
      });
    }
  });

  it('sums before the ReLU, so that a negative channel takes from its group', () => {
    assert.deepEqual(values(groupMaps(features(1, 2, 3, 4), Float64Array.of(1, -1, -1, 1), 2)), [0, 1]);
  });

  it('percentiles as numpy.percentile gives them', () => {
    const sample = Float32Array.of(9, 1, 4, 4, 0, 7);
    // numpy.percentile([9, 1, 4, 4, 0, 7], q)
    for (const [q, expected] of [
      [0, 0],
      [10, 0.5],
      [37, 3.55],
      [50, 4],
      [70, 5.5],
      [100, 9],
    ] as const) {
      assert.ok(Math.abs(percentile(sample, q) - expected) < 1e-12, `${q}: ${percentile(sample, q)}`);
    }
    assert.equal(percentile(Float32Array.of(3), 70), 3);
  });

  it('removes values not greater than the percentile, and keeps the input', () => {
    const map = Float32Array.of(0, 1, 2, 3, 4);
    assert.deepEqual([...denoise(map, 50)], [0, 0, 0, 3, 4]);
    assert.deepEqual([...denoise(map, 100)], [0, 0, 0, 0, 0]);
    assert.deepEqual([...denoise(map, 0)], [0, 1, 2, 3, 4]);
    assert.deepEqual([...map], [0, 1, 2, 3, 4]);
    assert.deepEqual([...denoise(Float32Array.of(5, 5, 5), 0)], [0, 0, 0], 'a plateau goes as a whole');
  });
});
