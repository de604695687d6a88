/** The same dataset, drawn at random and written in each form, is listed as the same. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { createRandom, type Random } from '../../../src/core/random';
import { listDataset } from '../../../src/files/datasets/listed';
import { testFolder } from '../../support/folder';

const CLASSES = ['cat', 'hot dog', 'Crème_brûlée', 'n01440764', 'dog'];
const SPLITS = ['train', 'val', 'test'];

interface Truth {
  readonly name: string;
  readonly split: string;
  /** Indices into the classes, in the order of objects, each once. */
  readonly classes: readonly number[];
}

type Write = (name: string, content: string | object) => string;

/** Writes the images in `images/<split>` and the dataset, and gives what to list. */
type Form = (truth: readonly Truth[], write: Write) => string;

const imageOf = ({ name, split }: Truth) => `images/${split}/${name}.jpg`;
const namesOf = ({ classes }: Truth) => classes.map((index) => CLASSES[index]!);
const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
const lines = (rows: readonly string[]) => `${rows.join('\n')}\n`;

const csv =
  (delimiter: string, header: string, end = '\n'): Form =>
  (truth, write) => {
    const rows = truth.map((item) => [imageOf(item), namesOf(item).join('|'), item.split].map(quoted).join(delimiter));
    return write('list.csv', [header.replaceAll(',', delimiter), ...rows, ''].join(end));
  };

const yoloTexts = (truth: readonly Truth[], write: Write) => {
  for (const item of truth)
    if (item.classes.length > 0 || item.name.length % 2 === 0)
      write(
        `labels/${item.split}/${item.name}.txt`,
        lines(item.classes.map((index) => `${index} 0.5 0.5 0.25 ${index % 2 ? '0.25' : '0.25 0.75 0.75'}`)),
      );
};

const FORMS: Readonly<Record<string, Form>> = {
  'CSV with commas': csv(',', 'image,labels,split'),
  'CSV with semicolons of Windows': csv(';', 'Path,Class,Set', '\r\n'),
  'CSV with tabs': csv('\t', 'file_name,category,subset'),
  JSONL: (truth, write) =>
    write(
      'list.jsonl',
      lines(truth.map((item) => JSON.stringify({ image: imageOf(item), labels: namesOf(item), split: item.split }))),
    ),
  YOLO: (truth, write) => {
    yoloTexts(truth, write);
    return path.dirname(
      write('data.yaml', { train: 'images/train', val: 'images/val', test: 'images/test', names: CLASSES }),
    );
  },
  'YOLO without a description': (truth, write) => {
    yoloTexts(truth, write);
    return path.dirname(write('classes.txt', lines(CLASSES)));
  },
  VOC: (truth, write) => {
    const box = '<bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox>';
    const files = truth.map((item) =>
      write(
        `Annotations/${item.split}/${item.name}.xml`,
        `<annotation><filename>${item.name}.jpg</filename><size><width>4</width><height>4</height></size>${namesOf(item)
          .map((name) => `<object><name>${name}</name>${box}</object>`)
          .join('')}</annotation>`,
      ),
    );
    return path.join(files[0]!, '../../..');
  },
  COCO: (truth, write) =>
    write('set.json', {
      categories: CLASSES.map((name, id) => ({ id: id + 7, name })),
      images: truth.map((item, id) => ({ id, file_name: imageOf(item), width: 4, height: 4 })),
      annotations: truth.flatMap(({ classes }, image_id) =>
        classes.map((index) => ({ image_id, category_id: index + 7, bbox: [0, 0, 1, 1] })),
      ),
    }),
};

/** COCO's form has no splits. */
const WITHOUT_SPLITS: ReadonlySet<string> = new Set(['COCO']);

function draw(random: Random): Truth[] {
  const count = 3 + random.below(30);
  const truth = Array.from({ length: count }, (_, i): Truth => {
    const classes = CLASSES.map((_name, index) => index).filter(() => random.uniform() < 0.3);
    const name = `${['img', 'Ä photo', 'x.y'][random.below(3)]}${random.below(1000)}-${i}`;
    // The first three are one of each split, so that no folder is missing.
    return { name, split: SPLITS[i] ?? SPLITS[random.below(3)]!, classes };
  });
  return truth;
}

describe('forms of datasets', () => {
  const folder = testFolder();

  for (const [form, write] of Object.entries(FORMS))
    it(`${form} lists what was written`, async () => {
      for (let seed = 0; seed < 8; seed++) {
        const truth = draw(createRandom(seed));
        const into: Write = (name, content) => folder.write(path.join(`${seed}`, name), content);
        for (const item of truth) into(imageOf(item), 'x');
        const source = write(truth, into);
        const dataset = await listDataset(source);
        const withSplits = !WITHOUT_SPLITS.has(form);
        const found = [...dataset.items].map((item) => [item.path, [...item.categories].sort(), item.split]);
        const wanted = truth.map((item) => [imageOf(item), namesOf(item).sort(), withSplits ? item.split : undefined]);
        wanted.sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));
        assert.deepEqual(found, wanted, `seed ${seed}`);
        assert.deepEqual(dataset.notes, [], `seed ${seed}`);
      }
    });

  it('folders of classes list what was written', async () => {
    for (let seed = 0; seed < 8; seed++) {
      const truth = draw(createRandom(seed)).map((item, i) => ({ ...item, classes: [i % CLASSES.length] }));
      const nameOf = (item: Truth) => `${item.split}/${namesOf(item)[0]}/${item.name}.jpg`;
      for (const item of truth) folder.write(`${seed}/${nameOf(item)}`, 'x');
      const { items } = await listDataset(folder.at(`${seed}`));
      const wanted = truth.map((item) => [nameOf(item), namesOf(item), item.split]);
      wanted.sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));
      assert.deepEqual(
        [...items].map((item) => [item.path, item.categories, item.split]),
        wanted,
        `seed ${seed}`,
      );
    }
  });
});
