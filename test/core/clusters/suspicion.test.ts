import assert from 'node:assert/strict';
import { type Answer, questionsAbout, suspicionsOf } from '../../../src/core/clusters/suspicion';

const [height, width] = [8, 8];

/** A mean map whose heat lies in one cell. */
const at = (y: number, x: number): Float64Array => {
  const map = new Float64Array(height * width);
  map[y * width + x] = 1;
  return map;
};

/** Two clusters, with the heat of the first in a corner; what a region turns depends on whether it is that corner's own. */
function judge(made: { readonly own: number; readonly others: number }) {
  const shapes = [
    { members: [0, 1], mean: at(0, 7) },
    { members: [2, 3], mean: at(4, 4) },
  ];
  const questions = questionsAbout(shapes, [4, 5], { height, width });
  const answers = questions.map(({ cluster, from }): Answer => {
    const after = cluster === 0 && from === 0 ? made.own : cluster === 0 ? made.others : 10;
    return { images: 100, before: 0, after, margin: [-4, after / 10 - 4] };
  });
  return suspicionsOf(shapes, questions, answers, { label: 'mug', height, width, every: at(4, 4) });
}

describe('the suspicion of a cluster', () => {
  it('is there where its region turns other images, and that of the other images of the class does not', () => {
    const [corner, middle] = judge({ own: 80, others: 2 });
    assert.ok(corner!.suspicious);
    assert.match(corner!.reasons[0]!, /makes 80 of them mug; the same place of the class's other images makes 2\./);
    assert.ok(!middle!.suspicious && middle!.score < corner!.score);
  });

  it('does not come of the place of its heat alone', () => {
    const [corner] = judge({ own: 7, others: 4 });
    assert.ok(corner!.score > 1.5, `${corner!.score}: all of its heat is elsewhere, and at the border`);
    assert.ok(!corner!.suspicious);
  });
});
