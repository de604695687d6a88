/** Which classes of a model the categories of a dataset mean. */
import assert from 'node:assert/strict';
import { parseMapping } from '../../../src/core/annotations/mapping';
import { classesOfCategories } from '../../../src/files/datasets/classes';

const LABELS = ['tabby, house cat', 'crane', 'dog', 'crane', 'cat'];

describe('classes of categories', () => {
  it('are found by name, in the spellings that folders have', () => {
    assert.deepEqual(classesOfCategories(['dog', 'cats', 'House_Cat'], LABELS), {
      classes: [[2], [4], [0]],
      notes: ['Categories taken for classes: cats for cat, House_Cat for tabby, house cat.'],
    });
  });

  it('names categories that no class, or more than one, matches', () => {
    assert.deepEqual(classesOfCategories(['elk', 'dog', 'crane'], LABELS), {
      classes: [[], [2], []],
      notes: [
        'crane means no class, since several have this name (1, 3). Say which is meant: --mapping of group-cam dataset, or Map Class Names in VS Code.',
        '1 of 3 categories mean no class of this model: elk. Say which classes they mean: --mapping of group-cam dataset, or Map Class Names in VS Code.',
      ],
    });
  });

  it('by index', () => {
    assert.deepEqual(classesOfCategories(['0', '4'], LABELS).classes, [[0], [4]]);
  });

  it('of a mapping come first, and nothing is said of categories that it gives no class on purpose', () => {
    const mapping = parseMapping('{"categories": {"crane": [1, 3], "dog": []}}', 'm.json', LABELS);
    assert.deepEqual(classesOfCategories(['crane', 'dog', 'cat'], LABELS, mapping), {
      classes: [[1, 3], [], [4]],
      notes: [],
    });
  });

  it('are those of the mapping alone if it has to be complete', () => {
    const mapping = parseMapping('{"categories": {"crane": [1, 3]}}', 'm.json', LABELS);
    assert.deepEqual(classesOfCategories(['crane', 'cat'], LABELS, mapping, true), {
      classes: [[1, 3], []],
      notes: [
        '1 of 2 categories mean no class of this model: cat. Say which classes they mean: --mapping of group-cam dataset, or Map Class Names in VS Code.',
      ],
    });
  });
});
