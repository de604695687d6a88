import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { classesOfFolders } from '../../../../src/core/model/classes/class-folders';
import { IMAGENET_SYNSETS } from '../../../../src/core/model/classes/imagenet-synsets';
import { needs, shared } from '../../../support/shared';

const LABELS = ['tabby, tabby cat', 'sports car', 'dog', 'box', 'wolf', 'Crème_brûlée', 'butterfly', 'person', 'crane'];

describe('folders named after classes', () => {
  const classes = (folders: readonly string[], labels: readonly string[] = LABELS) => {
    const { classes: found, loosely } = classesOfFolders(folders, labels);
    return [Object.fromEntries(found), loosely];
  };

  it('are found by the label as it is written, by one of its names, or by the index', () => {
    assert.deepEqual(classes(['tabby', 'tabby cat', 'tabby, tabby cat', '2', '08']), [
      { tabby: 0, 'tabby cat': 0, 'tabby, tabby cat': 0, 2: 2, '08': 8 },
      [],
    ]);
  });

  it('in another case, with other spaces, in the plural or singular', () => {
    const folders = ['Dog', 'TABBY_CAT', 'Sports-Cars', 'boxes', 'wolves', 'butterflies', 'people', 'cranes'];
    // As a Mac writes it.
    const accents = 'crème brûlée'.normalize('NFD');
    const found = Object.fromEntries([...folders, accents].map((name, i) => [name, [2, 0, 1, 3, 4, 6, 7, 8, 5][i]]));
    assert.deepEqual(classes([...folders, accents]), [found, [...folders, accents]]);
    assert.deepEqual(classes(['cat', 'woman'], ['cats', 'women']), [{ cat: 0, woman: 1 }, ['cat', 'woman']]);
  });

  it('behind numbers, and without separators', () => {
    const labels = ['Black footed Albatross', 'ice cream', 'hot-dog', 'bus', '3 of a kind'];
    const folders = ['001.Black_footed_Albatross', '02-icecream', 'IceCream', 'hotdog', '4_buses', '3 of a kind'];
    const found = Object.fromEntries(folders.map((name, i) => [name, [0, 1, 1, 2, 3, 4][i]]));
    assert.deepEqual(classes(folders, labels)[0], found);
    assert.deepEqual(classes(['1_', '007', '7.8', 'hotdogs stand', 'icecream2'], labels)[0], {});
    assert.deepEqual(classes(['icecream', 'nowhere'], ['ice cream', 'i cecream', 'no where'])[0], { nowhere: 2 });
  });

  it('only where one class fits', () => {
    assert.deepEqual(classes(['Drake', 'drakes', 'train', 'do', 'dogsled'], ['drake', 'DRAKE', 'dog']), [{}, []]);
    assert.throws(() => classes(['crane'], ['crane', 'crane']), { code: 'ambiguous-class' });
    assert.deepEqual(classes(['constructor', '__proto__', '']), [{}, []]);
  });

  it('numbers that count from 1 are no indices, a label that is a number is one', () => {
    const count = LABELS.map((_, i) => `${i + 1}`);
    assert.deepEqual(classes(count), [{}, []]);
    assert.deepEqual(classes(['1', '2'], ['1', '2', '3']), [{ 1: 0, 2: 1 }, []]);
  });

  it('by the synsets that labels begin with', () => {
    const labels = ['n02123045 tabby, tabby cat', 'n02085620 Chihuahua'];
    const found = classes(['n02123045', 'n02085620-Chihuahua', 'chihuahuas', 'n01440764'], labels);
    assert.deepEqual(found[0], { n02123045: 0, 'n02085620-Chihuahua': 1, chihuahuas: 1 });
  });

  it('by synset where the labels are those of ImageNet, and nowhere else', function () {
    const file = shared('models', 'imagenet_labels.txt');
    needs(this, file, 'the labels of ImageNet');
    const labels = readFileSync(file, 'utf8').trim().split('\n');
    const indexOf = (folder: string, among: readonly string[]) => classesOfFolders([folder], among).classes.get(folder);
    // Numbers of WordNet, with what it says of them.
    for (const [synset, name] of [
      ['n01440764', 'tench'],
      ['n02123045', 'tabby'],
      ['n02510455', 'giant panda'],
      ['n04285008', 'sports car'],
      ['n07753592', 'banana'],
      ['n15075141', 'toilet tissue'],
    ] as const) {
      assert.match(labels[indexOf(synset, labels)!]!, new RegExp(name));
      assert.equal(indexOf(synset, ['background', ...labels]), indexOf(synset, labels)! + 1);
      assert.equal(indexOf(synset, labels.toReversed()), undefined);
      assert.equal(indexOf(synset, labels.slice(1)), undefined);
    }
    assert.equal(new Set(IMAGENET_SYNSETS).size, 1000);
    assert.deepEqual(IMAGENET_SYNSETS, [...IMAGENET_SYNSETS].sort());
  });
});
