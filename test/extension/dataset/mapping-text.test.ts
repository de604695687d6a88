import assert from 'node:assert/strict';
import { parseMapping } from '../../../src/core/annotations/mapping';
import { mappingText } from '../../../src/extension/dataset/page/mapping-text';

describe('the mapping that is proposed', () => {
  const read = (text: string, labels: readonly string[]) => Object.fromEntries(parseMapping(text, 'm.json', labels));
  const version = { name: 'net "2"', labels: ['cat', 'tench, Tinca tinca', 'crane', 'crane', '7', 'dog'] };

  it('says what the classes of the dataset mean now, whatever their names are', () => {
    const categories = ['kitty', 'cat', '"x"', '__proto__', 'constructor', 'all'];
    const classes = [[], [0], [1], [2], [4, 5], [0, 1, 2, 3, 4, 5]];
    const text = mappingText({ categories }, { ...version, classes });
    assert.deepEqual(
      categories.map((name) => Object.getOwnPropertyDescriptor(read(text, version.labels), name)?.value),
      classes,
    );
    assert.match(text, /^ {4}"kitty": \[\],$/m);
    assert.match(text, /^ {4}"cat": \["cat"\],$/m);
    assert.match(text, /"classes of net \\"2\\"": \[\n {4}"cat",\n {4}"tench, Tinca tinca",/);
  });

  it('has indices where a label is no name, or the model has none', () => {
    const text = mappingText({ categories: ['a', 'b'] }, { ...version, labels: [], classes: [[3], []] });
    assert.deepEqual(JSON.parse(text).categories, { a: [3], b: [] });
    assert.doesNotMatch(text, /classes of net/);
  });
});
