/** Pairs of versions, the queries that their page leads to, and what it says. */
import assert from 'node:assert/strict';
import { parseQuery } from '../../../src/core/query/parse';
import { printQuery } from '../../../src/core/query/print';
import { FLIPS } from '../../../src/protocol/versions';
import { chipText } from '../../../webview/dataset/query/chip-text';
import { chipsOf, hasFlag, isLive, toggleFlag } from '../../../webview/dataset/query/edit';
import { pairOf, withSide } from '../../../webview/dataset/versions/pair';
import { flipQuery, shiftQuery } from '../../../webview/dataset/versions/queries';
import { accuraciesOf, keptText, points, summaryOf } from '../../../webview/dataset/versions/texts';
import { comparisonOf, versionsOf } from './support/versions';

const SET = { items: 1_000, classes: 10, versions: 3 };
const versions = versionsOf(SET);

describe('the versions that are compared', () => {
  const ids = (chosen?: readonly [number, number]) => {
    const pair = pairOf(versions, chosen);
    return pair && [pair.a.id, pair.b.id];
  };
  it('are the newest and the one before, unless others were chosen that are there', () => {
    assert.deepEqual(ids(), [2, 3]);
    assert.deepEqual(ids([3, 1]), [3, 1]);
    for (const gone of [
      [1, 9],
      [9, 1],
      [2, 2],
    ] as const)
      assert.deepEqual(ids(gone), [2, 3]);
    assert.equal(pairOf(versions.slice(0, 1), undefined), undefined);
  });
  it('swap when one is chosen for the other side', () => {
    const pair = pairOf(versions, [1, 3])!;
    assert.deepEqual(withSide(pair, 'a', 2), [2, 3]);
    assert.deepEqual(withSide(pair, 'b', 2), [1, 2]);
    assert.deepEqual(withSide(pair, 'a', 3), [3, 1]);
    assert.deepEqual(withSide(pair, 'b', 1), [3, 1]);
  });
});

describe('queries of versions', () => {
  const pair = { a: { name: 'net' }, b: { name: 'net@2' } };
  it('name both versions, and are read as they are printed', () => {
    assert.equal(printQuery(flipQuery('a', pair)), 'correct in net and wrong in "net@2"');
    assert.equal(
      printQuery(flipQuery('b', pair, 'ice cream')),
      'true = "ice cream" and wrong in net and correct in "net@2"',
    );
    assert.equal(
      printQuery(shiftQuery('net@2', { from: 0.5 })),
      'shift from "net@2" >= 0.5 order by shift from "net@2" desc',
    );
    assert.equal(printQuery(shiftQuery('net', {})), 'order by shift from net desc');
    const all = [...FLIPS.map((flip) => flipQuery(flip, pair, 'cat')), shiftQuery('net@2', { from: 0.1, to: 0.4 })];
    for (const query of all) assert.deepEqual(parseQuery(printQuery(query)), query);
  });
  it('are chips in words, and may change with what is computed', () => {
    const { a, b } = { a: flipQuery('a', pair), b: shiftQuery('net@2', { from: 0.5 }) };
    assert.deepEqual(chipsOf(a).map(chipText), ['correct in net', 'wrong in net@2']);
    assert.deepEqual(chipsOf(b).map(chipText), ['shift from net@2 >= 0.5']);
    assert.ok(isLive(a) && isLive({ where: b.where! }));
  });
  it('are not taken for the flags of the version that is shown', () => {
    const query = parseQuery('wrong in net');
    assert.ok(!hasFlag(query, 'wrong'));
    assert.equal(printQuery(toggleFlag(query, 'wrong')), 'wrong in net and wrong');
    assert.equal(printQuery(toggleFlag(toggleFlag(query, 'wrong'), 'wrong')), 'wrong in net');
  });
});

const SOME = { categories: ['cat'] };
const PAIR = { a: { ...versions[0]!, name: 'net' }, b: { ...versions[1]!, name: 'net@2' } };

describe('versions in words', () => {
  const of = (both: number, a: number, b: number, neither: number) => ({
    ...comparisonOf(SET, 1, 2),
    flips: { both, a, b, neither },
    rows: both + a + b + neither,
  });
  it('say how many images got worse and better, and how many are right', () => {
    assert.equal(
      summaryOf(of(8_000, 31, 57, 1_912), PAIR, SOME),
      '31 images got worse, 57 better. 80.31 % of 10,000 images are right by net, 80.57 % by net@2.',
    );
    assert.match(summaryOf(of(1, 1, 0, 0), PAIR, SOME), /^1 image got worse, 0 better\. 100\.00 % of 2 images/);
    assert.match(summaryOf(of(3, 0, 0, 1), PAIR, SOME), /^No image got worse or better\. 75\.00 %/);
  });
  it('say why no image is right or wrong by both', () => {
    const none = (a: object, b: object, info: { categories: string[] } = SOME) =>
      summaryOf(of(0, 0, 0, 0), { a: { ...PAIR.a, ...a }, b: { ...PAIR.b, ...b } }, info);
    assert.match(none({}, {}, { categories: [] }), /no class is known of the images/);
    assert.match(none({ done: 5, classes: [[0]] }, { done: 0, classes: [[]] }), /net@2 has computed no image yet/);
    assert.match(
      none({ done: 5, classes: [[0]] }, { done: 5, classes: [[]] }),
      /no class of the dataset means a class of net@2; say which they mean by --mapping/,
    );
    assert.match(none({ done: 5, classes: [[0]] }, { done: 5, classes: [[0]] }), /no image with a class is computed/);
  });
  it('have shares of right images and points between them', () => {
    assert.equal(accuraciesOf({ both: 0, a: 0, b: 0, neither: 0 }), undefined);
    assert.deepEqual(
      [0.0125, -0.5, 0].map((share) => points(share, 1)),
      ['+1.3', '-50.0', '0.0'],
    );
  });
  it('say what is left of a model', () => {
    const [version] = versions;
    assert.equal(keptText({ ...version!, kept: 1_101_824 }), 'copy of the model kept, 1.1 MB');
    assert.equal(keptText({ ...version!, pinned: true }), 'copy of the model kept, 1.1 MB, pinned');
    const { kept: _, ...bare } = version!;
    assert.equal(keptText(bare), 'no copy of the model');
    assert.equal(keptText({ ...bare, unavailable: 'x is gone' }), 'weights gone: stored maps only');
  });
});
