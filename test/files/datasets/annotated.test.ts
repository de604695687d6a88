/** Datasets with annotated objects: COCO, YOLO and Pascal VOC as their programs lay them out. */
import assert from 'node:assert/strict';
import { listDataset } from '../../../src/files/datasets/listed';
import { testFolder } from '../../support/folder';
import { needs, shared } from '../../support/shared';
import { BOX, CASES, CLASSES, type Files } from './annotated-cases';
import { brief } from './brief';

const REFUSED: Readonly<Record<string, { files: Files; source?: string; code?: string; message: RegExp }>> = {
  'YOLO without names': {
    files: { 'images/1.jpg': '', 'labels/1.txt': `0 ${BOX}` },
    message: /labels: .*names of its classes are not there; put a classes\.txt/,
  },
  'YOLO with two lists of names': {
    files: {
      'a/1.jpg': '',
      'a/1.txt': `0 ${BOX}`,
      'a/classes.txt': 'cat',
      'b/2.jpg': '',
      'b/2.txt': `0 ${BOX}`,
      'b/classes.txt': 'dog',
    },
    message: /b\/classes\.txt: .*other names than .*a\/classes\.txt/,
  },
  'a class that has no name': {
    files: { '1.jpg': '', '1.txt': `0 ${BOX}\n7 ${BOX}`, 'classes.txt': CLASSES },
    message: /1\.txt:2: .*class 7/,
  },
  'a description with too few names': {
    files: { 'images/1.jpg': '', 'data.yaml': 'train: images\nnc: 3\nnames: [cat]\n' },
    message: /data\.yaml: .*nc is 3, and there are 1 names/,
  },
  'a description that is no YAML': { files: { 'data.yaml': 'names: [cat' }, message: /data\.yaml: .*not YAML/ },
  'a description of folders that are gone': {
    files: { 'data.yaml': 'train: images/train\nnames: [cat]\n' },
    message: /data\.yaml: .*train was left out, since images\/train is not there/,
  },
  'a description without folders': {
    files: { 'x.yaml': 'names: [cat]\n' },
    source: 'x.yaml',
    message: /x\.yaml: .*give it train, val or test/,
  },
  'VOC that is no XML': {
    files: { 'Annotations/a.xml': '<annotation>', 'JPEGImages/a.jpg': '' },
    message: /a\.xml:1: .*not XML/,
  },
  'COCO that is no JSON': { files: { 'a.json': '{"images": [' }, source: 'a.json', message: /a\.json:1: .*not JSON/ },
  'COCO with an image of no size': {
    files: { 'a.json': JSON.stringify({ images: [{ id: 1, file_name: 'a.jpg' }], annotations: [], categories: [] }) },
    source: 'a.json',
    message: /a\.json, images\[0\]: .*width/,
  },
};

describe('annotations as datasets', () => {
  const folder = testFolder();
  const write = (files: Files) => {
    for (const [name, text] of Object.entries(files)) folder.write(name, text);
  };

  for (const [name, { files, source = '', items, categories, notes = [], root = '' }] of Object.entries(CASES))
    it(name, async () => {
      write(files);
      const dataset = await listDataset(folder.at(source));
      assert.deepEqual(brief(dataset), items);
      if (categories) assert.deepEqual(dataset.categories, categories);
      assert.deepEqual(dataset.notes, notes);
      assert.equal(dataset.root, folder.at(root));
    });

  for (const [name, { files, source = '', code = 'annotations-invalid', message }] of Object.entries(REFUSED))
    it(`refuses ${name}`, async () => {
      write(files);
      await assert.rejects(listDataset(folder.at(source)), (error: Error & { code: string }) => {
        assert.match(error.message, message);
        assert.equal(error.code, code);
        assert.ok(!error.message.includes('\n'));
        return true;
      });
    });

  it('keep what the annotations say of each object', async () => {
    write({
      'images/1.jpg': '',
      'labels/1.txt': '0 0.5 0.25 0.5 0.25\n1 0.1 0.1 0.9 0.1 0.5 0.9\n',
      'classes.txt': CLASSES,
    });
    const [item] = (await listDataset(folder.at(''))).items;
    assert.deepEqual(item!.annotated, {
      file: folder.at('images', '1.jpg'),
      size: { width: 1, height: 1 },
      regions: [
        { category: 'cat', box: { left: 0.25, top: 0.125, width: 0.5, height: 0.25 } },
        {
          category: 'dog',
          box: { left: 0.1, top: 0.1, width: 0.8, height: 0.8 },
          outline: {
            polygons: [
              [
                { x: 0.1, y: 0.1 },
                { x: 0.9, y: 0.1 },
                { x: 0.5, y: 0.9 },
              ],
            ],
          },
        },
      ],
    });
  });

  it('reads annotations as published datasets have them', async function () {
    const at = (name: string) => shared('cases', 'data', name);
    needs(this, at('yolo'), 'datasets of people');
    for (const [source, items] of Object.entries({
      yolo: [['images/val/1.png', 'cat', 'val']],
      'yolo/data.yaml': [['images/val/1.png', 'cat', 'val']],
      'yolo/labels': [['images/val/1.png', 'cat', 'val']],
      yolo2: [['1.png', 'cat']],
      yolo3: [['images/1.png', 'cat']],
      'yolo3/labels': [['images/1.png', 'cat']],
    }))
      assert.deepEqual(brief(await listDataset(at(source))), items, source);
  });

  it("COCO's first images as COCO and as YOLO have the same classes", async function () {
    const source = shared('images', 'coco128');
    needs(this, source, 'images with boxes in two formats');
    const [yolo, coco] = await Promise.all([
      listDataset(source),
      listDataset(shared('images', 'coco128', 'annotations.json')),
    ]);
    const sorted = (rows: string[][]) => rows.map(([name, names]) => [name, names!.split('|').sort()]);
    assert.equal(yolo.items.length, 128);
    assert.deepEqual(sorted(brief(yolo)), sorted(brief(coco)));
  });
});
