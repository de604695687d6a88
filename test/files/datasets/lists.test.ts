/** Lists of images as CSV, JSON and text, in the dialects that programs write. */
import assert from 'node:assert/strict';
import { listDataset } from '../../../src/files/datasets/listed';
import { testFolder } from '../../support/folder';
import { needs, shared } from '../../support/shared';
import { brief } from './brief';

const LABELS = ['tench, Tinca tinca', 'cat', 'crane', 'dog', 'crane'];

type Case = readonly (readonly [name: string, text: string, items: readonly (readonly string[])[]])[];

const CAT = ['a.jpg', 'cat'];
const DOG = ['sub/b.jpg', 'dog'];
const CAT_DOG = [CAT, DOG];

const READ: Case = [
  ['plain.csv', 'image,class\nsub/b.jpg,dog\na.jpg,cat\n', CAT_DOG],
  [
    'columns.csv',
    'id,Label,split,File_Name\n7,cat,train,a.jpg\n8,dog,val,sub/b.jpg\n',
    [
      [...CAT, 'train'],
      [...DOG, 'val'],
    ],
  ],
  ['semicolon.csv', 'image;class\na.jpg;cat\nsub/b.jpg;dog\n', CAT_DOG],
  ['tab.csv', 'path\tcategory\na.jpg\tcat\nsub/b.jpg\tdog\n', CAT_DOG],
  ['tab.tsv', 'path\ttarget\na.jpg\tcat\nsub/b.jpg\tdog\n', CAT_DOG],
  ['quotes.csv', '"Image","Class"\n"a.jpg","cat"\n"sub/b.jpg","dog"\n', CAT_DOG],
  ['mark.csv', '\uFEFFfilename,label\r\na.jpg,cat\r\nsub/b.jpg,dog\r\n', CAT_DOG],
  ['no header.csv', 'a.jpg,cat\nsub/b.jpg,dog\n', CAT_DOG],
  ['no header turned.csv', 'cat,a.jpg\ndog,sub/b.jpg\n', CAT_DOG],
  [
    'one column.csv',
    'image\na.jpg\nsub/b.jpg\n',
    [
      ['a.jpg', ''],
      ['sub/b.jpg', ''],
    ],
  ],
  [
    'one column without header.csv',
    'a.jpg\nsub/b.jpg\n',
    [
      ['a.jpg', ''],
      ['sub/b.jpg', ''],
    ],
  ],
  [
    'several.csv',
    'image,labels\na.jpg,cat|dog\nsub/b.jpg,dog; cat\nc d.jpg,\n',
    [
      ['a.jpg', 'cat|dog'],
      ['c d.jpg', ''],
      ['sub/b.jpg', 'dog|cat'],
    ],
  ],
  ['comma in a label.csv', 'image,class\na.jpg,"tench, Tinca tinca"\n', [['a.jpg', 'tench, Tinca tinca']]],
  ['comma in a path.csv', 'image,class\n"e,f.jpg",cat\n', [['e,f.jpg', 'cat']]],
  ['blank rows.csv', 'image,class,\na.jpg,cat,\n\n,,\nsub/b.jpg,dog,\n', CAT_DOG],
  ['a quoted line break.csv', 'image,note,class\na.jpg,"two\nlines",cat\nsub/b.jpg,,dog\n', CAT_DOG],
  ['twice.csv', 'image,class\na.jpg,cat\n./a.jpg,dog\nsub/../a.jpg,cat\n', [['a.jpg', 'cat|dog']]],
  ['backslash.csv', 'image,class\nsub\\b.jpg,dog\n', [DOG]],
  [
    'exported.csv',
    "image,true,predicted,p\na.jpg,cat,dog,0.5\nsub/b.jpg,cat|dog,dog,0.25\n'=1.jpg,,dog,1\n",
    [['=1.jpg', ''], CAT, ['sub/b.jpg', 'cat|dog']],
  ],
  ['indices.csv', 'image,class\na.jpg,1\nsub/b.jpg,3\nc d.jpg,4\n', [CAT, ['c d.jpg', '4'], DOG]],
  [
    'indices beyond the model.csv',
    'image,class\na.jpg,1\nsub/b.jpg,5\n',
    [
      ['a.jpg', '1'],
      ['sub/b.jpg', '5'],
    ],
  ],
  ['numbers and names.csv', 'image,class\na.jpg,1\nsub/b.jpg,dog\n', [['a.jpg', '1'], DOG]],
  [
    'plain.jsonl',
    '{"image": "a.jpg", "class": "cat"}\n\n{"path": "sub/b.jpg", "label": "dog", "split": "val"}\n',
    [CAT, [...DOG, 'val']],
  ],
  [
    'several.jsonl',
    '{"file": "a.jpg", "labels": ["cat", "dog"]}\n{"filename": "sub/b.jpg", "labels": []}\n',
    [
      ['a.jpg', 'cat|dog'],
      ['sub/b.jpg', ''],
    ],
  ],
  [
    'indices.ndjson',
    '{"image": "a.jpg", "label": 1}\n{"image": "sub/b.jpg", "label": [3, 1]}\n',
    [CAT, ['sub/b.jpg', 'dog|cat']],
  ],
  [
    'exported.jsonl',
    '{"image":"a.jpg","true":["cat"],"predicted":"dog","p":0.5,"top":[{"label":"dog","p":0.5}]}\n{"image":"sub/b.jpg","true":[]}\n',
    [CAT, ['sub/b.jpg', '']],
  ],
  [
    'exported.json',
    '{"image":"a.jpg","true":["cat"],"predicted":"dog"}\n{"image":"sub/b.jpg","true":["dog"]}\n',
    CAT_DOG,
  ],
  [
    'paths.txt',
    'a.jpg\n\nsub/b.jpg\r\n./c d.jpg\n',
    [
      ['a.jpg', ''],
      ['c d.jpg', ''],
      ['sub/b.jpg', ''],
    ],
  ],
  ['val.txt', 'a.jpg 1\nsub/b.jpg 3\nc d.jpg 0\n', [CAT, ['c d.jpg', 'tench, Tinca tinca'], DOG]],
  [
    'labels.txt',
    'a.jpg cat\nsub/b.jpg dog\nc d.jpg tench, Tinca tinca\n',
    [CAT, ['c d.jpg', 'tench, Tinca tinca'], DOG],
  ],
  ['several indices.txt', 'a.jpg 1 3\nsub/b.jpg 3\n', [['a.jpg', 'cat|dog'], DOG]],
  ['tabs.txt', 'a.jpg\tcat\nsub/b.jpg\tdog\n', CAT_DOG],
  ['commas.txt', 'a.jpg,cat\nsub/b.jpg,dog\n', CAT_DOG],
];

const REFUSED: readonly (readonly [name: string, text: string, code: string, message: RegExp])[] = [
  [
    'no image.csv',
    'id,class\n7,cat\n',
    'list-invalid',
    /no image\.csv:1: .*no column for the image.*image, path, file, filename/,
  ],
  ['empty cell.csv', 'image,class\na.jpg,cat\n,dog\n', 'list-invalid', /empty cell\.csv:3: .*no image in this line/],
  ['torn.csv', 'image,class\n"a.jpg,cat\n', 'list-invalid', /torn\.csv: .*[Qq]uote/],
  ['empty.csv', '', 'list-invalid', /empty\.csv: .*names no image/],
  ['header.csv', 'image,class\n', 'list-invalid', /header\.csv: .*names no image/],
  ['torn.jsonl', '{"image": "a.jpg"}\n{"image": \n', 'list-invalid', /torn\.jsonl:2: .*not JSON/],
  ['no key.jsonl', '{"class": "cat"}\n', 'list-invalid', /no key\.jsonl:1: .*no key for the image/],
  ['a number.jsonl', '{"image": 7}\n', 'list-invalid', /a number\.jsonl:1: .*image: must be the path/],
  [
    'an object.jsonl',
    '{"image": "a.jpg", "label": {"a": 1}}\n',
    'list-invalid',
    /an object\.jsonl:1: .*label: must be a label, an index/,
  ],
  [
    'nowhere.txt',
    'x.jpg\ny.jpg\n',
    'dataset-invalid',
    /nowhere\.txt: .*none of the images.*2 images that are not there were left out: x\.jpg, y\.jpg/,
  ],
  ['a.jpg', 'x', 'dataset-invalid', /a\.jpg: .*give a folder of images/],
];

describe('lists as datasets', () => {
  const folder = testFolder();
  beforeEach(() => {
    for (const name of ['a.jpg', 'sub/b.jpg', 'c d.jpg', 'e,f.jpg', '=1.jpg']) folder.write(name, 'x');
  });

  for (const [name, text, items] of READ)
    it(`as ${name}`, async () => {
      const dataset = await listDataset(folder.write(name, text), { labels: LABELS });
      assert.deepEqual(brief(dataset), items);
      assert.equal(dataset.root, folder.at(''));
    });

  for (const [name, text, code, message] of REFUSED)
    it(`refuses ${name}`, async () => {
      await assert.rejects(listDataset(folder.write(name, text)), (error: Error & { code: string }) => {
        assert.equal(error.code, code);
        assert.match(error.message, message);
        assert.ok(!error.message.includes('\n'));
        return true;
      });
    });

  it('name images elsewhere, by paths that tell them apart', async () => {
    const list = folder.write('lists/deep/er/all.txt', `../../../a.jpg\n${folder.at('sub', 'b.jpg')}\n`);
    folder.write('lists/near.txt', '../a.jpg\n');
    assert.deepEqual(brief(await listDataset(folder.at('lists', 'near.txt'))), [['../a.jpg', '']]);
    assert.deepEqual(brief(await listDataset(list)), [
      ['../../../a.jpg', ''],
      ['../../../sub/b.jpg', ''],
    ]);
    const deeper = folder.write('lists/very/deep/er/all.txt', `${folder.at('a.jpg')}\n`);
    assert.deepEqual(brief(await listDataset(deeper)), [[folder.at('a.jpg'), '']]);
  });

  it('name images that are not there: the others are listed, and these are counted', async () => {
    const list = folder.write('some.csv', 'image,class\ngone.jpg,cat\na.jpg,cat\nsub,cat\n');
    const { notes, items } = await listDataset(list);
    assert.equal(items.length, 1);
    assert.deepEqual(notes, [
      '1 image that is not there was left out: gone.jpg.',
      "1 image that can't be read was left out: sub (a folder).",
    ]);
  });

  it('have indices without a model as names, and are told apart from labels with one', async () => {
    const list = folder.write('all.txt', 'a.jpg 1\nsub/b.jpg 3\n');
    assert.deepEqual(brief(await listDataset(list)), [
      ['a.jpg', '1'],
      ['sub/b.jpg', '3'],
    ]);
    const { notes } = await listDataset(list, { labels: LABELS });
    assert.deepEqual(notes, ["The list's classes are numbers, and were taken for indices of the model's classes."]);
  });

  it('reads lists as other programs write them', async function () {
    const at = (name: string) => shared('cases', 'data', 'csv', name);
    needs(this, at('bom-crlf.csv'), 'lists of people');
    const all: Readonly<Record<string, readonly (readonly string[])[]>> = {
      'backslash.csv': [['sub/e.png', 'cat']],
      'bom-crlf.csv': [
        ['a b.png', 'cat'],
        ['c,d.png', 'dog'],
        ['sub/e.png', 'cat'],
      ],
      'filename-label.csv': [['a b.png', 'cat']],
      'imageclass-index.csv': [
        ['a b.png', 'cat'],
        ['sub/e.png', 'dog'],
      ],
      'noheader.csv': [
        ['a b.png', 'cat'],
        ['sub/e.png', 'dog'],
      ],
      'quoted-header.csv': [['a b.png', 'cat']],
      'semicolon.csv': [
        ['a b.png', 'cat'],
        ['sub/e.png', 'dog'],
      ],
      'tab.csv': [['a b.png', 'cat']],
      'trailing-empty.csv': [['a b.png', 'cat']],
      'utf16.csv': [['a b.png', 'cat']],
    };
    for (const [name, items] of Object.entries(all))
      assert.deepEqual(brief(await listDataset(at(name), { labels: ['cat', 'dog'] })), items, name);
  });
});
