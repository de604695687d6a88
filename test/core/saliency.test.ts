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

  it('shows nothing where all places are alike, whatever rounding leaves', () => {
    for (const signed of [false, true]) {
      // As a transformer has it for an image of one colour: 0.1 and its neighbours.
      const map = Float32Array.from(noise(16, 3), (value) => 0.1 * (1 + Math.round(2 * value) * 2 ** -23));
      assert.ok(new Set(map).size > 2);
      const { map: shown, zero } = saliencyOf({ ...SIZE, signed, map, offset: 0 });
      assert.ok(zero && shown.every((value) => value === 0));
    }
  });

  it('shows places that differ by a ten-thousandth', () => {
    const map = Float32Array.from(noise(16, 3), (value) => 0.1 * (1 + 1e-4 * value));
    const { map: shown, zero } = saliencyOf({ ...SIZE, map, offset: 0, inputSize: { height: 4, width: 4 } });
    assert.ok(!zero && Math.max(...shown) === 1 && Math.min(...shown) === 0);
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
