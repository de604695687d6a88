/** What is said of a cluster, for one image, several and none, and for names as models have them. */
import assert from 'node:assert/strict';
import {
  elsewhereText,
  hiddenText,
  inQuotes,
  outsideText,
  pastedText,
  type Reach,
  risesText,
} from '../../../src/core/clusters/words';

const reach = (made: number, images = 50, gain = made / 10): Reach => ({ images, made, rate: made / images, gain });

describe('the words of a cluster', () => {
  it('say how many images a region turns into the class', () => {
    for (const [own, same, wanted] of [
      [
        reach(48),
        reach(18),
        'Pasted into 50 images of other classes, this cluster\'s hot region turns 48 of them into "mug"; the same place of other "mug" images turns 18.',
      ],
      [
        reach(1, 1),
        reach(0, 1),
        'Pasted into 1 image of another class, this cluster\'s hot region turns it into "mug"; the same place of other "mug" images turns none.',
      ],
      [
        reach(-1),
        undefined,
        'Pasted into 50 images of other classes, this cluster\'s hot region turns none of them into "mug". There are no other "mug" images to compare with.',
      ],
    ] as const)
      assert.equal(pastedText('mug', own, same), wanted);
  });

  it('say what raises the score and what lowers it', () => {
    assert.equal(
      risesText('mug', reach(0, 50, 4.21), reach(0, 50, -0.04)),
      'On average the region raises the score of "mug" by 4.2; the same place of other "mug" images lowers it by 0.0.',
    );
    assert.equal(
      risesText('mug', reach(0, 50, -1), reach(0, 50, 0)),
      'On average the region lowers the score of "mug" by 1.0; the same place of other "mug" images raises it by 0.0.',
    );
  });

  it('say what other regions of the class do, and what is left without the region', () => {
    assert.equal(
      elsewhereText('mug', reach(18), reach(0)),
      'The hot regions of other "mug" images turn at least 18 of 50 images into "mug"; the same places of this cluster\'s images turn none.',
    );
    const hidden = (still: number, images: number) => hiddenText('mug', still, images);
    assert.deepEqual(
      [hidden(45, 50), hidden(1, 1), hidden(0, 2)],
      [
        'With the hot region blurred, 45 of 50 images of this cluster are still recognised as "mug".',
        'With the hot region blurred, 1 of 1 image of this cluster is still recognised as "mug".',
        'With the hot region blurred, none of 2 images of this cluster is still recognised as "mug".',
      ],
    );
  });

  it('name a class by its first name, in quotes', () => {
    assert.deepEqual(['ice cream, icecream', 'teddy_bear', ', odd'].map(inQuotes), [
      '"ice cream"',
      '"teddy_bear"',
      '", odd"',
    ]);
    assert.match(outsideText('goldfish, Carassius auratus', 0.8, 0.301), /; of all "goldfish" images 30 % does\.$/);
  });
});
