import { strict as assert } from 'node:assert';
import { classNamed } from '../../../src/extension/model/class-names';

const IMAGENET = ['tabby, tabby cat', 'Gordon setter', 'crane', 'drake', 'crane', 'Egyptian_cat', 'cat'];

describe('a class in another model', () => {
  const cases: [string, readonly string[], string, number | string][] = [
    ['has the same label', IMAGENET, 'cat', 6],
    ['has the label among its names', IMAGENET, 'tabby cat', 0],
    ['has one of the names of a label', ['dog', 'tabby'], 'tabby, tabby cat', 1],
    ['is called the same but for the case', ['Dog', 'Cat'], 'cat', 1],
    ['is called the same but for the space', IMAGENET, 'Egyptian cat', 5],
    ['is not one that is called alike', ['wildcat', 'cats', 'cat flap'], 'cat', 'has no class “cat”'],
    ['is not told by an index', ['7', '8'], 'cat', 'has no class “cat”'],
    ['is not one of several with that name', IMAGENET, 'crane', 'has 2 classes called “crane”'],
    ['is the same label before a name', ['cat, dog', 'cat'], 'cat', 1],
    ['is not one of several that share a name', ['cat, puss', 'cat, kitty'], 'Cat', 'has 2 classes called “Cat”'],
  ];
  for (const [name, labels, label, expected] of cases) {
    it(name, () => assert.equal(classNamed(labels, { label }), expected));
  }

  it('is the one at the given index if two classes have the name', () => {
    assert.equal(classNamed(IMAGENET, { label: 'crane', index: 4 }), 4);
    assert.equal(classNamed(IMAGENET, { label: 'crane', index: 3 }), 'has 2 classes called “crane”');
  });
});
