/** Labels in the forms that people have them. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { parseLabelFile } from '../../../../src/core/model/classes/label-files';
import { readWritten } from '../../../../src/files/text';
import { testFolder } from '../../../support/folder';
import { needs, shared } from '../../../support/shared';

const CAT_DOG = ['cat', 'dog'];

const READ: readonly (readonly [file: string, text: string, labels: readonly string[]])[] = [
  ['a list.json', '["cat", "dog"]', CAT_DOG],
  ['by index.json', '{"1": "dog", "0": "cat"}', CAT_DOG],
  ['by name.json', '{"dog": 1, "cat": 0}', CAT_DOG],
  ['digits by name.json', '{"7": 0, "3": 1}', ['7', '3']],
  ['keras.json', '{"0": ["n01440764", "tench"], "1": ["n01443537", "goldfish"]}', ['tench', 'goldfish']],
  [
    'config.json',
    '{"model_type": "vit", "id2label": {"0": "cat", "1": "dog"}, "label2id": {"cat": 0, "dog": 1}}',
    CAT_DOG,
  ],
  ['only label2id.json', '{"label2id": {"cat": 0, "dog": 1}}', CAT_DOG],
  ['names.yaml', 'names:\n  0: cat\n  1: dog\n', CAT_DOG],
  ['a list.yml', '- cat\n- dog\n', CAT_DOG],
  ['by index.yaml', '0: cat\n1: dog\n', CAT_DOG],
  ['by name.yaml', 'cat: 0\ndog: 1\n', CAT_DOG],
  ['data.yaml', 'path: ../set\ntrain: images/train\nval: images/val\nnc: 2\nnames: [cat, dog]\n', CAT_DOG],
  ['numbers.yaml', 'names: [0, 1, true]\n', ['0', '1', 'true']],
  ['header.csv', 'id,name\n1,dog\n0,cat\n', CAT_DOG],
  ['other header.csv', 'Class Name;Index\ncat;0\ndog;1\n', CAT_DOG],
  ['no header.csv', '0,"cat, tabby"\n1,dog\n', ['cat, tabby', 'dog']],
  ['names alone.csv', 'name\ncat\ndog\n', CAT_DOG],
  ['tabs.tsv', 'index\tlabel\n0\tcat\n1\tdog\n', CAT_DOG],
  [
    'lines.csv',
    'tench, Tinca tinca\ngoldfish, Carassius auratus\n',
    ['tench, Tinca tinca', 'goldfish, Carassius auratus'],
  ],
  ['plain.txt', 'cat\r\ndog\r\n', CAT_DOG],
  ['plain without extension', '\uFEFFcat\ndog', CAT_DOG],
  ['blank line.txt', 'cat\n\ndog\n', ['cat', '', 'dog']],
  ['numbered.txt', '0 cat\n1 dog\n', CAT_DOG],
  ['numbered with colons.txt', '0: cat\n1: dog\n', CAT_DOG],
  ['numbers that are no indices.txt', '1 cat\n2 dog\n', ['1 cat', '2 dog']],
  ['digits.txt', '0\n1\n2\n', ['0', '1', '2']],
  ['json inside.txt', '["cat", "dog"]', CAT_DOG],
  ['a dictionary of Python.txt', `{0: 'cat, tabby',\n 1: "dog's"}\n`, ['cat, tabby', "dog's"]],
  ['a list of Python.txt', `['cat',\n 'dog',]`, CAT_DOG],
  ['line ends of a Macintosh.txt', 'cat\rdog\r', CAT_DOG],
  ['the index second.csv', '"cat, tabby",0\ndog,1\n', ['cat, tabby', 'dog']],
  ['objects.json', '[{"id": 1, "name": "dog"}, {"id": 0, "name": "cat"}]', CAT_DOG],
  ['objects by index.json', '{"0": {"name": "cat"}, "1": {"name": "dog"}}', CAT_DOG],
  ['brackets.txt', '[PAD]\ncat\n', ['[PAD]', 'cat']],
];

const REFUSED: readonly (readonly [file: string, text: string, message: RegExp])[] = [
  ['torn.json', '["cat"', /^not JSON: /],
  ['torn.yaml', 'names: [cat', /^not YAML: /],
  ['a number.json', '7', /^it needs a list of names/],
  ['empty.json', '{}', /^it needs a list of names/],
  ['a gap.json', '{"0": "cat", "2": "dog"}', /^class 1 has no name; the 2 names must have the indices 0 to 1/],
  ['from one.json', '{"1": "cat", "2": "dog"}', /^class 0 has no name/],
  ['twice.json', '{"cat": 0, "dog": 0}', /^class 0 has two names, "cat" and "dog"/],
  ['written twice.json', '{"0": "cat", "00": "dog"}', /^class 0 has two names/],
  ['neither.json', '{"cat": "dog"}', /"cat" fits none of these/],
  ['no name.json', '{"0": null}', /"0" fits none of these/],
  ['a gap.csv', 'id,name\n0,cat\n2,dog\n', /^class 1 has no name/],
  ['torn.csv', '0,"cat\n1,dog', /Quote/],
];

describe('label files', () => {
  const folder = testFolder();

  for (const [file, text, labels] of READ)
    it(`of ${file}`, async () => assert.deepEqual(await parseLabelFile(text, file), labels));

  for (const [file, text, message] of REFUSED)
    it(`refuses ${file}`, () => assert.rejects(parseLabelFile(text, file), { message }));

  it('as people have them', async function () {
    needs(this, shared('cases', 'labels', 'list.json'), 'label files of people');
    for (const [name, labels] of Object.entries({
      'background.txt': ['background', 'cat', 'dog'],
      'blankmid.txt': ['cat'],
      'comma.txt': ['cat,dog'],
      'crlf.txt': CAT_DOG,
      'dup.txt': ['cat', 'cat'],
      'id2label.json': CAT_DOG,
      'imagenet_index.json': ['tabby', 'Chihuahua'],
      'keras.json': CAT_DOG,
      'labels.csv': CAT_DOG,
      'latin1.txt': ['café', 'naïve'],
      'list.json': CAT_DOG,
      'names.yaml': CAT_DOG,
      'synset.txt': ['n02123045 tabby, tabby cat', 'n02085620 Chihuahua'],
      'teachable.txt': CAT_DOG,
    })) {
      const file = shared('cases', 'labels', name);
      assert.deepEqual(await parseLabelFile(await readWritten(file), file), labels, path.basename(file));
    }
  });

  it('are read in the encodings in which programs save text', async () => {
    const wide = Buffer.from('\uFEFFcafé\r\ndog', 'utf16le');
    for (const [name, bytes] of Object.entries({
      utf8: Buffer.from('café\r\ndog'),
      mark: Buffer.from('\uFEFFcafé\r\ndog'),
      wide,
      'wide other': Buffer.from(wide).swap16(),
      latin: Buffer.from('café\r\ndog', 'latin1'),
    }))
      assert.equal(await readWritten(folder.write(name, bytes)), 'café\r\ndog', name);
  });
});
