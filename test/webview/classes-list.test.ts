import assert from 'node:assert/strict';
import type { FromClasses } from '../../src/protocol/classes-view';
import { ranked, search, ticked } from '../../webview/classes/list';
import { createStore } from '../../webview/classes/store';
import { classesState } from './support/states';

const LABELS = [
  'tench',
  'crane',
  'Egyptian cat',
  'tiger cat',
  'cat',
  'catamaran',
  'lynx, catamount',
  'crane',
  'bobcat',
];
const probabilities = Float32Array.from([0.1, 0.05, 0.2, 0.3, 0.02, 0.08, 0.15, 0.06, 0.04]);
const inOrder = ranked(LABELS, undefined);

describe('the list of classes', () => {
  it('ranks by probability, and keeps the order of the model where there is none or it is equal', () => {
    assert.deepEqual(ranked(LABELS, probabilities), [3, 2, 6, 0, 5, 7, 1, 8, 4]);
    assert.deepEqual(inOrder, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    assert.deepEqual(ranked(['a', 'b', 'c'], new Float32Array(3)), [0, 1, 2]);
  });

  for (const [text, expected, why] of [
    ['', inOrder, 'nothing asked: all'],
    ['cat', [4, 5, 6, 2, 3, 8], 'whole name, start of a name, start of a word, any part'],
    ['CAT', [4, 5, 6, 2, 3, 8], 'case does not matter'],
    ['crane', [1, 7], 'classes of one name are all found'],
    ['7', [7], 'an index'],
    ['#7', [7], 'an index'],
    ['#', inOrder, 'every index begins with nothing'],
    ['catamount', [6], 'one of several names'],
    ['cat tiger', [3], 'all words, in any order'],
    ['dog', [], 'nothing'],
  ] as const) {
    it(`finds "${text}": ${why}`, () => assert.deepEqual(search(LABELS, inOrder, text), expected));
  }

  it('lists equal matches by probability', () => {
    assert.deepEqual(search(LABELS, ranked(LABELS, probabilities), 'crane'), [7, 1]);
  });

  it('finds indices by their start after a #, the whole one first', () => {
    const labels = Array.from({ length: 300 }, (_, i) => `name ${i}`);
    const found = search(labels, ranked(labels, undefined).reverse(), '#28');
    assert.deepEqual(found, [28, 289, 288, 287, 286, 285, 284, 283, 282, 281, 280]);
  });

  it('finds a name that is a number', () => {
    assert.deepEqual(search(['7', '3', '1'], [0, 1, 2], '1'), [1, 2]);
  });
});

describe('ticks', () => {
  for (const [name, shown, index, expected] of [
    ['the second is compared with the first', [3], 5, { type: 'compare', classes: [3, 5] }],
    ['a third takes the place of the older', [3, 5], 7, { type: 'compare', classes: [5, 7] }],
    ['unticking one of two shows the other', [3, 5], 3, { type: 'explain', class: 5 }],
    ['the last one stays', [3], 3, undefined],
    ['the first is explained', [], 3, { type: 'explain', class: 3 }],
  ] as const) {
    it(name, () => assert.deepEqual(ticked(shown, index), expected));
  }
});

describe('the store of the classes', () => {
  function opened(query = '') {
    const posted: FromClasses[] = [];
    const store = createStore(query, (message) => posted.push(message));
    const labels = Array.from({ length: 250 }, (_, i) => (i % 2 ? `odd ${i}` : `even ${i}`));
    store.tell({ ...classesState(), labels, probabilities: undefined, shown: [4] });
    return { ...store, posted };
  }

  it('lists a portion, and more when asked; another search or another model begins with one again', () => {
    const { listed, showMore, search, tell, told } = opened();
    const counts = [listed.value.length];
    for (const act of [showMore, showMore, () => search('odd'), showMore, () => search('')]) {
      act();
      counts.push(listed.value.length);
    }
    showMore();
    tell({ ...told.value!, probabilities: new Float32Array(250) });
    assert.deepEqual([...counts, listed.value.length], [100, 200, 250, 100, 125, 100, 200]);
    tell({ ...told.value!, labels: told.value!.labels.slice(1) });
    assert.equal(listed.value.length, 100);
  });

  it('keeps the class that keys act on while it is listed, else takes the first', () => {
    const { active, explain, search } = opened();
    explain(8);
    assert.equal(active.value, 8);
    search('odd');
    assert.equal(active.value, 1);
  });

  it('lists a class that is shown, however many are more probable', () => {
    const { listed, tell, told, search } = opened();
    tell({ ...told.value!, shown: [240] });
    assert.deepEqual([listed.value.length, listed.value.at(-1)], [101, 240]);
    search('odd');
    assert.equal(listed.value.includes(240), false);
  });

  it('says which class a third tick took out, until something else is done', () => {
    const { tick, hint, explain, search } = opened();
    tick(6);
    assert.equal(hint.value, 'Comparing even 4 and even 6.');
    tick(8);
    assert.equal(hint.value, 'Comparing even 6 and even 8. even 4 is no longer ticked: two are compared here.');
    explain(8);
    assert.equal(hint.value, 'Comparing even 6 and even 8.');
    search('nowhere');
    assert.equal(hint.value, 'No class matches “nowhere”.');
  });

  it('shows a tick before the host confirms it, and nothing without an image', () => {
    const { tick, told, tell, posted, explain } = opened();
    tick(6);
    assert.deepEqual([told.value?.shown, posted], [[4, 6], [{ type: 'compare', classes: [4, 6] }]]);
    tell({ ...told.value!, image: undefined, shown: [] });
    tick(3);
    explain(3);
    assert.deepEqual([told.value?.shown, posted.length], [[], 1]);
  });
});
