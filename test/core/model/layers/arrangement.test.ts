import assert from 'node:assert/strict';
import fc from 'fast-check';
import { mapsOf, tensorOf } from '../../../../src/core/model/layers/arrangement';

const counting = (length: number) => Float32Array.from({ length }, (_, i) => i);

describe('arrangements of a layer', () => {
  it('maps are themselves', () => {
    const tensor = counting(12);
    assert.equal(mapsOf(tensor, { arrangement: 'NCHW', skip: 0, channels: 2, height: 2, width: 3 }), tensor);
  });

  it('channels last come first', () => {
    const layer = { arrangement: 'NHWC', skip: 0, channels: 2, height: 2, width: 3 } as const;
    assert.deepEqual([...mapsOf(counting(12), layer)], [0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11]);
  });

  it('of tokens only the patches are taken, and only they change', () => {
    const layer = { arrangement: 'tokens', skip: 2, channels: 2, height: 1, width: 3 } as const;
    const tensor = counting(12);
    const maps = mapsOf(tensor, layer);
    assert.deepEqual([...maps], [4, 6, 8, 5, 7, 9]);
    const changed = tensorOf(
      maps.map((value) => -value),
      layer,
      tensor,
    );
    assert.deepEqual([...changed], [0, 1, 2, 3, -4, -5, -6, -7, -8, -9, 10, 11]);
    assert.deepEqual(tensor, counting(12), 'the tensor itself stays');
  });

  it('there and back is the same', () => {
    const layers = fc.record({
      arrangement: fc.constantFrom('NCHW', 'NHWC', 'tokens' as const),
      skip: fc.nat(3),
      channels: fc.integer({ min: 1, max: 5 }),
      height: fc.integer({ min: 1, max: 5 }),
      width: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(layers, fc.nat(2), (given, after) => {
        const layer = { ...given, skip: given.arrangement === 'tokens' ? given.skip : 0 };
        const others = given.arrangement === 'tokens' ? layer.skip + after : 0;
        const tensor = counting((layer.height * layer.width + others) * layer.channels);
        const maps = mapsOf(tensor, layer);
        assert.equal(maps.length, layer.channels * layer.height * layer.width);
        assert.deepEqual(tensorOf(maps, layer, tensor), tensor);
      }),
    );
  });
});
