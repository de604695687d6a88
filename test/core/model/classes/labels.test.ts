import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { checkLabels, findClass, namesByIndex, parseLabels } from '../../../../src/core/model/classes/labels';
import { read } from '../../../../src/core/schema';
import { needs, shared } from '../../../support/shared';

describe('labels', () => {
  it('are lines, whatever ends them', () => {
    assert.deepEqual(parseLabels('\uFEFFtench, Tinca tinca\r\n goldfish \r\n\r\n'), ['tench, Tinca tinca', 'goldfish']);
    assert.deepEqual(parseLabels('a\n\nc\n'), ['a', '', 'c']);
  });

  it('must be one a class, and an empty one is its index', () => {
    assert.deepEqual(checkLabels(['a', '', 'c'], 3, 'labels.txt'), ['a', '1', 'c']);
    assert.throws(() => checkLabels(['a', 'b'], 3, 'labels.txt'), {
      code: 'labels-length',
      message: /labels\.txt: 2 labels for 3 classes/,
    });
  });

  it('of an object go by its keys, not by its order', () => {
    const names = (json: object) => read(namesByIndex, json);
    assert.deepEqual(names({ '2': 'c', '0': 'a', '1': 'b' }), { value: ['a', 'b', 'c'] });
    for (const wrong of [{ '0': 'a', '2': 'c' }, { '0': 'a', '1': 7 }, { cat: '0' }, {}, ['a']])
      assert.ok('flaw' in names(wrong), JSON.stringify(wrong));
  });
});

describe('a class by its name', () => {
  let labels: readonly string[];
  before(function () {
    const file = shared('models', 'imagenet_labels.txt');
    needs(this, file, 'classes by name');
    labels = parseLabels(readFileSync(file, 'utf8'));
  });

  it('is an index, else a full label, else one of its names', () => {
    assert.equal(findClass(labels, { index: 281 }), 281);
    assert.equal(findClass(labels, { label: '281' }), 281);
    assert.equal(findClass(labels, { label: '#281' }), 281);
    assert.equal(findClass(['one', '#0'], { label: '#0' }), 1, 'a name comes first');
    assert.equal(findClass(labels, { label: 'tench, Tinca tinca' }), 0);
    assert.equal(findClass(labels, { label: 'man-eater' }), 2);
    assert.equal(findClass(labels, { label: ' Carassius auratus ' }), 1);
  });

  it('a full label counts before a name of another', () => {
    assert.equal(findClass(labels, { label: 'maillot' }), 638);
    assert.equal(findClass(['maillot, tank suit', 'maillot'], { label: 'maillot' }), 1);
  });

  it('that two classes share is an error with both indices', () => {
    assert.throws(() => findClass(labels, { label: 'crane' }), { code: 'ambiguous-class', message: /134, 517/ });
    assert.throws(() => findClass(['cat, pet', 'dog, pet'], { label: 'pet' }), {
      code: 'ambiguous-class',
      message: /0, 1/,
    });
  });

  it('that none has is an error with near ones', () => {
    const near = (label: string) => () => findClass(['tabby, tabby cat', 'tiger cat', 'goldfish'], { label });
    assert.throws(near('taby'), { code: 'unknown-class', message: /Near: tabby \(0\)/ });
    assert.throws(near('Goldfish'), { code: 'unknown-class', message: /goldfish \(2\)/ });
    assert.throws(near('cat'), { code: 'unknown-class', message: /tabby cat \(0\), tiger cat \(1\)/ });
    assert.throws(near('xylophone'), {
      code: 'unknown-class',
      message: /Its indices run from 0 to 2, their names are tabby, tiger cat, goldfish\.$/,
    });
  });

  it('that is a number outside the classes is an error with the range', () => {
    assert.throws(() => findClass(labels, { label: '1000' }), { code: 'unknown-class', message: /0 to 999/ });
  });

  for (const index of [-1, 1000, 1.5])
    it(`index ${index} of 1000 is an error with the range`, () => {
      const outside = { code: 'unknown-class', message: /0 to 999/ };
      assert.throws(() => findClass(labels, { index }), outside);
    });
});
