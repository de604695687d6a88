import assert from 'node:assert/strict';
import { type Answer, questionsAbout, suspicionsOf } from '../../../src/core/clusters/suspicion';

const [height, width] = [8, 8];

/** A mean map whose heat lies in one cell. */
const at = (y: number, x: number): Float64Array => {
  const map = new Float64Array(height * width);
  map[y * width + x] = 1;
  return map;
};

interface Made {
  readonly own: number;
  readonly others: number;
  /** What the other images make where they are hot themselves, and what the first cluster's make there. */
  readonly theirs?: number;
  readonly ownThere?: number;
  /** How many of 100 images stay the class when the region is hidden. */
  readonly stay?: number;
  /** By how much the regions of both raise the class's score at the first cluster's place; by default a tenth of the others made. */
  readonly rise?: readonly [own: number, others: number];
  readonly size?: number;
  /** The mean maps of the cluster and of all classes. */
  readonly place?: Float64Array;
  readonly every?: Float64Array;
}

/** Two clusters, with the heat of the first in a corner; what a region turns depends on whether it is that corner's own. */
function judge({
  own,
  others,
  theirs = 10,
  ownThere = 0,
  stay = 0,
  rise = [own / 10, others / 10],
  size = 20,
  place = at(0, 7),
  every = at(4, 4),
}: Made) {
  const shapes = [
    { members: Array.from({ length: size }, (_, i) => i), mean: place },
    { members: Array.from({ length: 20 }, (_, i) => size + i), mean: at(4, 4) },
  ];
  const questions = questionsAbout(shapes, [1000, 1001], { height, width });
  const answers = questions.map(({ cluster, from }): Answer => {
    if (from === undefined) return { images: 100, before: 100, after: stay, margin: [4, 4] };
    const made = [
      [own, others],
      [ownThere, theirs],
    ];
    const after = made[cluster]![from]!;
    const raised = cluster === 0 ? rise[from]! : after / 10;
    return { images: 100, before: 0, after, margin: [-4, raised - 4] };
  });
  return suspicionsOf(shapes, questions, answers, { label: 'mug', height, width, every });
}

describe('the suspicion of a cluster', () => {
  it('is there where its region turns other images, and that of the other images of the class does not', () => {
    const [corner, middle] = judge({ own: 80, others: 2 });
    assert.ok(corner!.suspicious);
    assert.match(
      corner!.reasons[0]!,
      /^Pasted into 100 images of other classes, this cluster's hot region turns 80 of them into "mug"; the same place of other "mug" images turns 2\.$/,
    );
    assert.ok(!middle!.suspicious && middle!.score < corner!.score);
  });

  it('does not come of the place of its heat alone', () => {
    const [corner] = judge({ own: 7, others: 4, theirs: 4 });
    assert.ok(corner!.score > 1.5, `${corner!.score}: all of its heat is elsewhere, and at the border`);
    assert.ok(!corner!.suspicious);
  });

  it('is not raised by an object whose place differs, if the hot regions of other images turn as many images', () => {
    const [moved, marked] = [80, 30].map(
      (theirs) => judge({ own: 80, others: 2, theirs, place: at(3, 3), every: at(3, 3) })[0]!,
    );
    assert.ok(!moved!.suspicious && marked!.suspicious);
    assert.equal(moved!.score, marked!.score);
    assert.match(
      moved!.reasons.join(' '),
      /The hot regions of other "mug" images turn at least 80 of 100 images into "mug"; the same places of this cluster's images turn none\./,
    );
  });

  it('is raised by a mark beside an object that turns as many, if the images have that too and stay the class without the mark', () => {
    const chair = { own: 69, others: 2, theirs: 72, ownThere: 56, stay: 95, place: at(3, 3), every: at(3, 3) };
    const judged = [chair, { ...chair, stay: 75 }, { ...chair, stay: 74 }, { ...chair, ownThere: 50 }].map(
      (made) => judge(made)[0]!,
    );
    assert.deepEqual(
      judged.map(({ suspicious }) => suspicious),
      [true, true, false, false],
      'the last ones depend on their region, and lack 31 % of the rise where the others are hot',
    );
    assert.ok(judged.every(({ score }) => score === judged[0]!.score));
    assert.ok(judged[0]!.reasons.every((reason) => !reason.startsWith('Its score is high')));
    assert.equal(
      judged[2]!.reasons[0],
      "Its score is high, but the regions where the class's other images are hot do as much.",
    );
  });

  it('needs a rise of the score that the same place of the other images does not give', () => {
    const [object, mark] = [3, 2.5].map((others) => judge({ own: 39, others: 17, rise: [3.7, others] })[0]!);
    assert.ok(object!.score > 1.5, `${object!.score}: its heat is elsewhere, and it turns 22 more`);
    assert.deepEqual([object!.suspicious, mark!.suspicious], [false, true]);
    assert.equal(
      object!.reasons[0],
      "Its score is high, but the same place of the class's other images gives 81 % of the rise in score.",
    );
    assert.ok(mark!.reasons.every((reason) => !reason.startsWith('Its score is high')));
  });

  it('does not come of a few images', () => {
    assert.deepEqual(
      [9, 10].map((size) => judge({ own: 80, others: 2, size })[0]!.suspicious),
      [false, true],
    );
  });
});
