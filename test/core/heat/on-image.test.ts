import assert from 'node:assert/strict';
import { place, transformOf } from '../../../src/core/geometry';
import { mapOnImage } from '../../../src/core/heat/on-image';

describe('a map at the image’s size', () => {
  const input = { width: 4, height: 4 };
  /** A plane, which bilinear interpolation keeps: 10 x + y at the middle of each pixel. */
  const plane = Float32Array.from({ length: 16 }, (_, i) => 10 * ((i % 4) + 0.5) + Math.floor(i / 4) + 0.5);

  for (const [what, image, fit] of [
    ['stretched', { width: 8, height: 12 }, 'stretch'],
    ['cropped', { width: 16, height: 8 }, 'crop'],
  ] as const)
    it(`${what}: a plane stays one, and what the input does not show is 0`, () => {
      const transform = transformOf(image, place(image, input, fit, 4));
      const map = mapOnImage(plane, input, transform);
      assert.equal(map.length, image.width * image.height);
      let outside = 0;
      for (let y = 0; y < image.height; y++)
        for (let x = 0; x < image.width; x++) {
          const [u, v] = [
            (x + 0.5 - transform.offsetX) / transform.scaleX,
            (y + 0.5 - transform.offsetY) / transform.scaleY,
          ];
          const clamp = (at: number) => Math.min(Math.max(at, 0.5), 3.5);
          const shown = u >= 0 && u <= 4 && v >= 0 && v <= 4;
          outside += Number(!shown);
          const expected = shown ? 10 * clamp(u) + clamp(v) : 0;
          assert.ok(Math.abs(map[y * image.width + x]! - expected) < 1e-4, `${x}, ${y}`);
        }
      assert.equal(outside > 0, fit === 'crop');
    });

  it('an input that is the image keeps its values', () => {
    const transform = transformOf(input, place(input, input, 'none', 4));
    assert.deepEqual([...mapOnImage(plane, input, transform)], [...plane]);
  });
});
