/** Files of annotated datasets as their programs lay them out, and what is listed of them, written by hand. */

export const BOX = '0.5 0.5 0.5 0.5';
export const CLASSES = 'cat\ndog\nbird\n';

/** A dataset's files, all of which are written; an empty text stands for an image. */
export type Files = Readonly<Record<string, string>>;

const voc = (image: string, ...names: readonly string[]) =>
  `<annotation><filename>${image}</filename><size><width>8</width><height>8</height></size>${names
    .map(
      (name) =>
        `<object><name>${name}</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>4</xmax><ymax>4</ymax></bndbox></object>`,
    )
    .join('')}</annotation>`;

const coco = (files: Readonly<Record<string, readonly number[]>>) =>
  JSON.stringify({
    images: Object.keys(files).map((file_name, id) => ({ id, file_name, width: 8, height: 8 })),
    categories: ['cat', 'dog', 'bird'].map((name, id) => ({ id, name })),
    annotations: Object.values(files).flatMap((found, image_id) =>
      found.map((category_id) => ({ image_id, category_id, bbox: [0, 0, 4, 4] })),
    ),
  });

interface Case {
  readonly files: Files;
  /** By default the folder that all files are in. */
  readonly source?: string;
  readonly items: readonly (readonly string[])[];
  readonly categories?: readonly string[];
  readonly notes?: readonly string[];
  /** The dataset's root, if it is not that of all files. */
  readonly root?: string;
}

const TWO_SPLITS: Files = {
  'images/train/1.jpg': '',
  'images/train/2.jpg': '',
  'images/val/3.jpg': '',
  'labels/train/1.txt': `0 ${BOX}\n1 ${BOX}\n0 ${BOX}\n`,
  'labels/val/3.txt': `2 ${BOX}\n`,
};
const OF_TWO_SPLITS = [
  ['images/train/1.jpg', 'cat|dog', 'train'],
  ['images/train/2.jpg', '', 'train'],
  ['images/val/3.jpg', 'bird', 'val'],
];
const NAMES = ['cat', 'dog', 'bird'];
const DATA = 'names:\n  0: cat\n  1: dog\n  2: bird\n';

export const CASES: Readonly<Record<string, Case>> = {
  'YOLO: a description with folders': {
    files: { ...TWO_SPLITS, 'data.yaml': `path: .\ntrain: images/train\nval: images/val\ntest:\nnc: 3\n${DATA}` },
    items: OF_TWO_SPLITS,
    categories: NAMES,
  },
  'YOLO: the description itself, with lists': {
    files: { ...TWO_SPLITS, 'data.yaml': 'train: [images/train]\nval:\n  - images/val\nnames: [cat, dog, bird]\n' },
    source: 'data.yaml',
    items: OF_TWO_SPLITS,
  },
  'YOLO: a description with text files of paths': {
    files: {
      ...TWO_SPLITS,
      'coco.yaml': `train: train.txt\nval: lists/val.txt\n${DATA}`,
      'train.txt': './images/train/1.jpg\nimages/train/2.jpg\n',
      'lists/val.txt': 'images/val/3.jpg\n',
    },
    items: OF_TWO_SPLITS,
  },
  'YOLO: a description that was moved from another machine': {
    files: {
      ...TWO_SPLITS,
      'data.yaml': `path: /content/set\ntrain: ../images/train\nval: images/val\ntest: images/test\n${DATA}`,
    },
    items: OF_TWO_SPLITS,
    notes: [
      'The path /content/set is not there; folders are looked for beside the description.',
      'test was left out, since images/test is not there.',
    ],
  },
  "YOLO: Roboflow's folders": {
    files: {
      'data.yaml': `train: ../train/images\nval: ../valid/images\n${DATA}`,
      'train/images/1.jpg': '',
      'train/labels/1.txt': `0 ${BOX}`,
      'valid/images/3.jpg': '',
      'valid/labels/3.txt': '',
    },
    items: [
      ['train/images/1.jpg', 'cat', 'train'],
      ['valid/images/3.jpg', '', 'val'],
    ],
  },
  'YOLO: without a description': {
    files: { ...TWO_SPLITS, 'classes.txt': CLASSES },
    items: OF_TWO_SPLITS,
    categories: NAMES,
  },
  'YOLO: names alone in the description': { files: { ...TWO_SPLITS, 'data.yaml': DATA }, items: OF_TWO_SPLITS },
  'YOLO: the folder of labels': {
    files: { ...TWO_SPLITS, 'classes.txt': CLASSES },
    source: 'labels',
    items: OF_TWO_SPLITS,
    root: '.',
  },
  'YOLO: a split of the folder of labels': {
    files: { ...TWO_SPLITS, 'labels/val/classes.txt': CLASSES },
    source: 'labels/val',
    items: [['images/val/3.jpg', 'bird', 'val']],
    root: '.',
  },
  'YOLO: a split of the folder of images': {
    files: { ...TWO_SPLITS, 'data.yaml': `train: images/train\n${DATA}` },
    source: 'images/train',
    items: [
      ['1.jpg', 'cat|dog'],
      ['2.jpg', ''],
    ],
    root: 'images/train',
  },
  'YOLO: labelImg, all in one folder': {
    files: { '1.jpg': '', '2.png': '', '1.txt': `1 ${BOX}`, 'classes.txt': CLASSES },
    items: [
      ['1.jpg', 'dog'],
      ['2.png', ''],
    ],
    categories: NAMES,
  },
  'YOLO: labels in a folder below the images, one of which is gone': {
    files: { '1.jpg': '', 'labels/1.txt': `0 ${BOX}`, 'labels/9.txt': `0 ${BOX}`, 'labels/classes.txt': CLASSES },
    items: [['1.jpg', 'cat']],
    notes: ['1 text file without an image was left out: labels/9.txt.'],
  },
  'YOLO: polygons': {
    files: { 'images/1.jpg': '', 'labels/1.txt': '2 0.1 0.1 0.9 0.1 0.5 0.9\n', 'classes.txt': CLASSES },
    items: [['images/1.jpg', 'bird']],
  },
  'VOC: with lists of splits': {
    files: {
      'VOC2012/Annotations/a.xml': voc('a.jpg', 'dog', 'cat', 'dog'),
      'VOC2012/Annotations/b.xml': voc('b.jpg'),
      'VOC2012/JPEGImages/a.jpg': '',
      'VOC2012/JPEGImages/b.jpg': '',
      'VOC2012/JPEGImages/c.jpg': '',
      'VOC2012/SegmentationClass/a.png': '',
      'VOC2012/ImageSets/Main/train.txt': 'a\n',
      'VOC2012/ImageSets/Main/trainval.txt': 'a\nb\n',
      'VOC2012/ImageSets/Main/cat_train.txt': 'a  1\n',
      'VOC2012/ImageSets/Main/val.txt': 'b\n',
    },
    items: [
      ['VOC2012/JPEGImages/a.jpg', 'dog|cat', 'train'],
      ['VOC2012/JPEGImages/b.jpg', '', 'val'],
      ['VOC2012/JPEGImages/c.jpg', ''],
    ],
    categories: ['cat', 'dog'],
  },
  'VOC: the folder of annotations': {
    files: { 'Annotations/a.xml': voc('a.jpg', 'cat'), 'images/a.jpg': '' },
    source: 'Annotations',
    items: [['images/a.jpg', 'cat']],
    root: '.',
  },
  'VOC: files beside the images, in folders of splits': {
    files: {
      'train/a.xml': voc('a.jpg', 'cat'),
      'train/a.jpg': '',
      'test/b.xml': voc('folder/b', 'dog'),
      'test/b.png': '',
    },
    items: [
      ['test/b.png', 'dog', 'test'],
      ['train/a.jpg', 'cat', 'train'],
    ],
  },
  'VOC: all in one folder': {
    files: { 'a.xml': voc('a.jpg', 'cat'), 'a.jpg': '', 'b.jpg': '' },
    items: [
      ['a.jpg', 'cat'],
      ['b.jpg', ''],
    ],
  },
  'COCO: beside its images': {
    files: { 'set.json': coco({ 'a.jpg': [1, 0, 1], 'deep/b.jpg': [] }), 'images/a.jpg': '', 'images/deep/b.jpg': '' },
    source: 'set.json',
    items: [
      ['images/a.jpg', 'dog|cat'],
      ['images/deep/b.jpg', ''],
    ],
    categories: NAMES,
    root: '.',
  },
  'COCO: its own folders': {
    files: {
      'annotations/instances_val2017.json': coco({ 'a.jpg': [2], 'gone.jpg': [1] }),
      'val2017/a.jpg': '',
      'train2017/gone.png': '',
    },
    source: 'annotations/instances_val2017.json',
    items: [['val2017/a.jpg', 'bird']],
    notes: ['1 image that is not there was left out: annotations/gone.jpg.'],
    root: '.',
  },
};
