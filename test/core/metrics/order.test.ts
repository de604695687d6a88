import assert from 'node:assert/strict';
import fc from 'fast-check';
import { bySaliency, mixedPixels, replaced } from '../../../src/core/metrics/order';

describe('order of saliency', () => {
  it('the most salient pixel comes first, of equal ones the lower index', () => {
    assert.deepEqual([...bySaliency(Float32Array.of(0.5, 1, 0.5, 0, -0, -2, 1))], [1, 6, 0, 2, 3, 4, 5]);
  });

  it('is that of a stable sort by comparison, whatever the values', () => {
    const value = fc.float({ noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.oneof(value, fc.constantFrom(0, -0, 1)), { maxLength: 60 }), (values) => {
        const map = Float32Array.from(values);
        // Infinities of the same sign are equal, though their difference is no number.
        const compare = (a: number, b: number) => (map[a]! < map[b]! ? 1 : map[a]! > map[b]! ? -1 : 0);
        assert.deepEqual([...bySaliency(map)], [...map.keys()].sort(compare));
      }),
    );
  });

  it('images on the way hold the first pixels of one and the others of the other, in every channel', () => {
    const from = Float32Array.of(1, 2, 3, 4, 5, 6);
    const to = from.map((value) => -value);
    const images = [...replaced(from, to, Uint32Array.of(2, 0, 1), [0, 1, 3])];
    const expected = [
      [1, 2, 3, 4, 5, 6],
      [1, 2, -3, 4, 5, -6],
      [-1, -2, -3, -4, -5, -6],
    ];
    assert.deepEqual(
      images.map(({ image }) => [...image]),
      expected,
    );
    // In any order, and again.
    for (const k of [1, 0, 2, 2, 1]) {
      const place = new Float32Array(6);
      images[k]!.drawTo(place);
      assert.deepEqual([...place], expected[k]);
    }
  });

  it('pictures on the way hold the first pixels of one and the others of the other, too', () => {
    const from = Uint8ClampedArray.from({ length: 12 }, (_, i) => i);
    const to = from.map((value) => 100 + value);
    const mixed = mixedPixels(from, to, Uint32Array.of(1, 0, 2), 1);
    assert.deepEqual([...mixed], [0, 1, 2, 3, 104, 105, 106, 107, 8, 9, 10, 11]);
  });
});
