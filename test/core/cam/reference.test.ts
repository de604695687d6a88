/** Split and merge alone, from the stored activations, gradients and scores. */
import { strict as assert } from 'node:assert';
import type { FeatureMaps } from '../../../src/core/cam/features';
import { isConstant, makeMask, normalised } from '../../../src/core/cam/masks';
import { merge } from '../../../src/core/cam/merge';
import { channelWeights, denoise, groupMaps } from '../../../src/core/cam/split';
import { resizeMap } from '../../../src/core/resize';
import { saliencyOf } from '../../../src/core/saliency';
import { largestDifference, REFERENCE, type ReferenceCase, referenceCases } from '../../support/reference';
import { needs } from '../../support/shared';

describe('split, transform and merge against PyTorch', () => {
  let cases: { reference: ReferenceCase; features: FeatureMaps; height: number; width: number }[] = [];

  before(function () {
    needs(this, REFERENCE, 'no reference outputs to compare with');
    cases = referenceCases().map((reference) => {
      const { data, shape } = reference.array('activation');
      const [, channels, u, v] = shape as [number, number, number, number];
      const [, , height, width] = reference.array('input').shape as [number, number, number, number];
      return { reference, features: { data, channels, height: u, width: v }, height, width };
    });
  });

  it('weights are the gradients’ means', () => {
    for (const { reference, features } of cases) {
      const weights = channelWeights(reference.array('gradient').data, features.channels);
      near(weights, reference.array('weights').data, 1e-7, reference);
    }
  });

  it('group maps, before and after de-noising', () => {
    for (const { reference, features } of cases) {
      const weights = Float64Array.from(reference.array('weights').data);
      const maps = groupMaps(features, weights, reference.groups);
      const scale = Math.max(...reference.array('group_maps_raw').data);
      near(flat(maps), reference.array('group_maps_raw').data, 1e-5 * scale, reference);
      const denoised = maps.map((map) => denoise(map, reference.theta));
      near(flat(denoised), reference.array('group_maps').data, 1e-5 * scale, reference);
    }
  });

  it('masks, which are stored as half floats', () => {
    for (const { reference, features, height, width } of cases.filter((one) => one.reference.has('masks'))) {
      const masks = storedMasks(reference, features, height, width);
      const { data } = reference.array('masks');
      masks.forEach((mask, l) => {
        const expected = data.subarray(l * height * width, (l + 1) * height * width);
        assert.equal(isConstant(mask), reference.constantMasks.includes(l), `${reference.name} mask ${l}`);
        if (isConstant(mask)) return;
        near(resizeMap(normalised(mask), features.height, features.width, height, width), expected, 1e-3, reference);
      });
    }
  });

  it('saliency from the stored masks and scores', () => {
    for (const { reference, features, height, width } of cases) {
      const { height: u, width: v } = features;
      const scores = reference
        .array('scores')
        .data.map((score, l) => (reference.constantMasks.includes(l) ? 0 : score));
      const image = { width, height };
      const { map } = saliencyOf({
        ...merge(storedMasks(reference, features, height, width), scores, 'paper'),
        ...{ height: u, width: v, signed: false, inputSize: image },
      });
      near(map, reference.array('saliency').data, 1e-5, reference);
    }
  });
});

function storedMasks(reference: ReferenceCase, features: FeatureMaps, height: number, width: number) {
  const { data, shape } = reference.array('group_maps');
  const pixels = features.height * features.width;
  return Array.from({ length: shape[0]! }, (_, l) =>
    makeMask(data.slice(l * pixels, (l + 1) * pixels), features, height, width),
  );
}

function flat(maps: readonly Float32Array[]): number[] {
  return maps.flatMap((map) => [...map]);
}

function near(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  { name }: ReferenceCase,
): void {
  const difference = largestDifference(actual, expected);
  assert.ok(difference <= tolerance, `${name}: differs by ${difference}, more than ${tolerance}`);
}
