/** What a frame shows. */
import { strict as assert } from 'node:assert';
import { saliencyOf } from '../../src/core/saliency';
import { noise } from '../support/tiny-network';

const SIZE = { height: 4, width: 4, inputSize: { height: 16, width: 16 }, signed: false };

/** A frame of one mask with a score: its share of L is score * (M - lo) / (hi - lo). */
function frameOf(mask: readonly number[], score: number) {
  const [lo, hi] = [Math.min(...mask), Math.max(...mask)];
  const scale = score / (hi - lo);
  return { ...SIZE, map: Float32Array.from(mask, (value) => scale * value), offset: scale * lo };
}

describe('saliency', () => {
  const masks = Array.from({ length: 50 }, (_, seed) => noise(16, seed + 1).map((value) => value + 20));

  it('shows nothing where each mask lowers the score, whatever rounding leaves', () => {
    for (const mask of masks) {
      const { map, zero } = saliencyOf(frameOf(mask, -0.3));
      assert.ok(zero && map.every((value) => value === 0));
    }
  });

  it('shows what raises the score a little', () => {
    for (const mask of masks) {
      const against = frameOf(mask, -0.3);
      // One pixel of the layer is evidence for the class, of a ten-thousandth of what speaks against it.
      const map = against.map.map((value, i) => (i === 5 ? against.offset + 3e-5 : value));
      const shown = saliencyOf({ ...against, map, inputSize: { height: 4, width: 4 } });
      assert.ok(!shown.zero && Math.max(...shown.map) === 1);
    }
  });
});
