/** The verdicts in words. Blank maps are counted but not compared. */
import assert from 'node:assert/strict';
import type { SanityMap } from '../../../src/core/sanity/types';
import { stepsOf, verdictOf } from '../../../src/core/sanity/verdict';

const map = (depth: number, spearman?: number): SanityMap => ({
  method: 'group-cam',
  randomisation: 'cascading',
  layer: `layer ${depth}`,
  depth,
  seed: 0,
  ...(spearman === undefined ? { blank: 'no evidence' } : { similarity: { spearman, ssim: spearman / 2 } }),
});

const verdict = (maps: readonly SanityMap[], blankOriginal = false) =>
  verdictOf('group-cam', stepsOf(maps), 10, blankOriginal);

describe('verdict', () => {
  it('means are over the maps that can be compared', () => {
    assert.deepEqual(stepsOf([map(1, 0.5), map(5), map(1, 0.3), map(1)]), [
      {
        randomisation: 'cascading',
        layer: 'layer 1',
        depth: 1,
        mean: { spearman: 0.4, ssim: 0.2 },
        compared: 2,
        blank: 1,
      },
      { randomisation: 'cascading', layer: 'layer 5', depth: 5, compared: 0, blank: 1 },
    ]);
  });

  it('goes by the upper half of the layers', () => {
    assert.match(verdict([map(1, 0.2), map(5, 0.1), map(10, 0.9)]), /^Group-CAM passes: .*0\.15 .*0\.90 with all/);
    assert.match(verdict([map(1, 0.95), map(5, 0.85), map(10, 0.1)]), /^Group-CAM fails: .*0\.90 .*0\.10 with all/);
    assert.match(verdict([map(1, 0.5), map(10, 0.5)]), /passes in part: .*0\.50/);
  });

  it('blank maps are reported and not compared', () => {
    assert.match(verdict([map(1, 0.1), map(5), map(10)]), /passes: .*0\.10.*2 of the cascade's 3 maps are blank/);
    assert.match(verdict([map(1), map(5), map(10, 0.1)]), /there is no verdict, since all maps.*are blank.*2 of the/);
    assert.match(verdict([map(1, 0.1)], true), /its map for the trained network is blank/);
  });

  it('needs a cascade', () => {
    assert.match(
      verdict([{ ...map(1, 0.1), randomisation: 'independent' }]),
      /no verdict without the cascading randomisation/,
    );
  });
});
