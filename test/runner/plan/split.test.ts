import assert from 'node:assert/strict';
import { type Candidate, split } from '../../../src/runner/plan/split';

const hashOf = (number: number): string => ((number * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, '0');
const candidate = (item: number, truth: readonly number[] = [item % 2], more: Partial<Candidate> = {}): Candidate => ({
  item,
  truth,
  hash: hashOf(item),
  failed: false,
  ...more,
});
const many = (count: number, from = 1) => Array.from({ length: count }, (_, i) => candidate(from + i));
const ids = (some: readonly Candidate[]) => some.map(({ item }) => item);

describe('runner: images of a training', () => {
  it('what can not be learned from is left out and counted', () => {
    const { train, heldOut, notes } = split(
      [
        candidate(1),
        candidate(2, []),
        candidate(3, [], {}),
        candidate(5, [0], { failed: true }),
        candidate(6, [1], { hash: undefined }),
      ],
      [candidate(7), candidate(8, [])],
    );
    assert.deepEqual([ids(train), ids(heldOut)], [[1], [7]]);
    assert.deepEqual(notes, [
      '2 of the training images are left out: no class of the model is right for them.',
      '1 of the training images is left out: the model could not be run on them.',
      '1 of the training images is left out: the file can not be read, or has changed since the dataset was listed.',
      '1 of the held-out images is left out: no class of the model is right for them.',
    ]);
  });

  it('what is held out is not trained on, nor are other files with the same bytes', () => {
    const { train, heldOut, notes } = split(
      [candidate(1), candidate(2), candidate(3, [1], { hash: hashOf(9) }), candidate(4)],
      [candidate(2), candidate(9)],
    );
    assert.deepEqual(
      [ids(train), ids(heldOut)],
      [
        [1, 4],
        [2, 9],
      ],
    );
    assert.deepEqual(notes, [
      '1 image of both queries is held out, and not trained on.',
      '1 of the training images is left out: a held-out image has the same bytes.',
    ]);
  });

  it('a fifth of each class is held out by content, in whatever order the images come', () => {
    const images = [...many(100), ...many(20).map((one) => ({ ...one, item: one.item + 1000 }))];
    const found = split(images, undefined);
    // 100 different files: the copies are on the side of the originals.
    assert.equal(new Set(found.heldOut.map(({ hash }) => hash)).size, 20);
    assert.equal(found.train.length + found.heldOut.length, 120);
    const held = new Set(found.heldOut.map(({ hash }) => hash));
    assert.ok(found.train.every(({ hash }) => !held.has(hash)));
    for (const index of [0, 1]) {
      const of = found.heldOut.filter(({ truth }) => truth[0] === index);
      assert.equal(new Set(of.map(({ hash }) => hash)).size, 10);
    }
    const other = split([...images].reverse(), undefined);
    assert.deepEqual(new Set(ids(other.heldOut)), new Set(ids(found.heldOut)));
    const [two] = [split(many(2), undefined)];
    assert.deepEqual([two.train.length, two.heldOut.length], [1, 1]);
  });
});
