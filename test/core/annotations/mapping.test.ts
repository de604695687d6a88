/** The mapping that ships, and mappings as users write them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mappingByName, parseMapping } from '../../../src/core/annotations/mapping';
import { parseLabels } from '../../../src/core/model/classes/labels';
import { needs, project, shared } from '../../support/shared';

const LABELS = ['tabby, tabby cat', 'tench', 'crane', 'dog', 'crane'];

describe('mapping of classes', () => {
  const parse = (categories: unknown) => parseMapping(JSON.stringify({ categories }), 'm.json', LABELS);

  it('takes indices and labels', () => {
    assert.deepEqual(
      [...parse({ cat: ['tabby cat'], fish: [1], bird: [2, '4'] })],
      [
        ['cat', [0]],
        ['fish', [1]],
        ['bird', [2, 4]],
      ],
    );
  });

  it('takes categories with the names of properties that every object has', () => {
    const text = '{"categories": {"constructor": [0], "__proto__": [1], "toString": ["dog"]}}';
    assert.deepEqual(
      [...parseMapping(text, 'm.json', LABELS)],
      [
        ['constructor', [0]],
        ['__proto__', [1]],
        ['toString', [3]],
      ],
    );
  });

  it('without a file a category is the class of its name, if there is one such class', () => {
    assert.deepEqual(
      [...mappingByName(['dog', 'cat', 'crane', 'tabby'], LABELS)],
      [
        ['dog', [3]],
        ['tabby', [0]],
      ],
    );
  });

  const refused: readonly (readonly [what: string, categories: unknown, code: string, message: RegExp])[] = [
    ['no lists', { cat: 0 }, 'mapping-invalid', /m\.json: .*categories\.cat: must be a list of classes, found 0/],
    ['no categories', ['cat'], 'mapping-invalid', /m\.json: .*categories: must be an object/],
    [
      'neither index nor label',
      { cat: [null] },
      'mapping-invalid',
      /categories\.cat\[0\]: must be the index or a label of a class, found null/,
    ],
    ['an index beyond the classes', { cat: [5] }, 'unknown-class', /"5"/],
    ['a label of two classes', { bird: ['crane'] }, 'ambiguous-class', /2, 4/],
  ];
  for (const [what, categories, code, message] of refused) {
    it(`refuses ${what}`, () => assert.throws(() => parse(categories), { code, message }));
  }
});

describe('media/imagenet-to-coco.json', () => {
  const file = project('media', 'imagenet-to-coco.json');
  const labelsFile = shared('models', 'imagenet_labels.txt');
  const classesFile = shared('images', 'coco128', 'classes.txt');

  it('names categories of COCO and classes of ImageNet, each class once', function () {
    needs(this, labelsFile, 'the labels of ImageNet');
    const labels = parseLabels(readFileSync(labelsFile, 'utf8'));
    const categories = parseLabels(readFileSync(classesFile, 'utf8'));
    const mapping = parseMapping(readFileSync(file, 'utf8'), file, labels);
    assert.deepEqual(
      [...mapping.keys()].filter((category) => !categories.includes(category)),
      [],
    );
    const classes = [...mapping.values()].flat();
    assert.equal(new Set(classes).size, classes.length);
    assert.ok([...mapping.values()].every((list) => list.length > 0));
    assert.ok(mapping.size >= 50, `${mapping.size} categories`);
  });

  it('maps every dog and bird, and no label that only contains such a word', function () {
    needs(this, labelsFile, 'the labels of ImageNet');
    const labels = parseLabels(readFileSync(labelsFile, 'utf8'));
    const mapping = parseMapping(readFileSync(file, 'utf8'), file, labels);
    const categoryOf = (label: string, index = labels.findIndex((l) => l.split(', ').includes(label))) =>
      [...mapping].find(([, classes]) => classes.includes(index))?.[0];
    const known = {
      Chihuahua: 'dog',
      'Mexican hairless': 'dog',
      dalmatian: 'dog',
      dingo: undefined,
      'timber wolf': undefined,
      tabby: 'cat',
      'Egyptian cat': 'cat',
      cougar: undefined,
      'Madagascar cat': undefined,
      cock: 'bird',
      albatross: 'bird',
      kite: 'bird',
      'water ouzel': 'bird',
      sorrel: 'horse',
      zebra: 'zebra',
      'African elephant': 'elephant',
      'ice bear': 'bear',
      koala: undefined,
      'sports car': 'car',
      'passenger car': 'train',
      'car wheel': undefined,
      'school bus': 'bus',
      'trailer truck': 'truck',
      'street sign': undefined,
      'Windsor tie': 'tie',
      'computer mouse': 'mouse',
      mousetrap: undefined,
      'Granny Smith': 'apple',
      'Dutch oven': undefined,
      forklift: undefined,
      pot: undefined,
      'hand blower': 'hair drier',
      teddy: 'teddy bear',
    } as const;
    for (const [label, category] of Object.entries(known)) assert.equal(categoryOf(label), category, label);
    // Two classes are called crane: the bird and the machine.
    assert.deepEqual([categoryOf('', 134), categoryOf('', 517)], ['bird', undefined]);
    assert.equal(mapping.get('dog')!.length, 118);
    assert.equal(mapping.get('bird')!.length, 59);
  });
});
