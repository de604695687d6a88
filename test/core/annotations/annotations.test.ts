/** Readers of annotations: what they read, and that each slip is named with its place. */
import assert from 'node:assert/strict';
import { type Annotations, regionsIn } from '../../../src/core/annotations/annotations';
import { parseCoco } from '../../../src/core/annotations/coco';
import { decompressRuns, maskOf } from '../../../src/core/annotations/outline';
import { parseVoc } from '../../../src/core/annotations/voc';
import { parseYolo } from '../../../src/core/annotations/yolo';

const COCO = {
  images: [{ id: 7, file_name: 'a.jpg', width: 4, height: 3 }],
  categories: [
    { id: 18, name: 'dog' },
    { id: 90, name: 'toothbrush' },
  ],
  annotations: [{ id: 1, image_id: 7, category_id: 18, bbox: [1, 0, 2, 2.5] }],
};

const VOC = `<?xml version="1.0"?>
<annotation>
  <folder>VOC2007</folder>
  <filename>2007</filename>
  <size><width>50</width><height>40</height><depth>3</depth></size>
  <object>
    <name>dog</name>
    <bndbox><xmin>1</xmin><ymin>11</ymin><xmax>20</xmax><ymax>40</ymax></bndbox>
  </object>
</annotation>`;

describe('annotations', () => {
  it('COCO: sizes, categories by id, boxes', () => {
    const read: Annotations = parseCoco(JSON.stringify(COCO), 'c.json');
    assert.deepEqual(read, {
      categories: ['dog', 'toothbrush'],
      images: [
        {
          file: 'a.jpg',
          size: { width: 4, height: 3 },
          regions: [{ category: 'dog', box: { left: 1, top: 0, width: 2, height: 2.5 } }],
        },
      ],
    });
  });

  const outlined = (segmentation: unknown) => {
    const annotations = [{ ...COCO.annotations[0], segmentation }];
    const { regions } = parseCoco(JSON.stringify({ ...COCO, annotations }), 'c.json').images[0]!;
    return [...maskOf(regions[0]!.outline!, { width: 4, height: 3 })].join('');
  };

  it('COCO: runs go down the columns', () => {
    assert.equal(outlined({ size: [3, 4], counts: [1, 3, 8] }), ['0100', '1000', '1000'].join(''));
  });

  it('COCO: compressed runs, worked out by hand after rleToString of its maskApi.c', () => {
    assert.equal(outlined({ size: [3, 4], counts: '138' }), ['0100', '1000', '1000'].join(''));
    // 40 takes two groups; the fourth run, 2, is written as the difference to the second, -1.
    assert.deepEqual(decompressRuns('13X1O'), [1, 3, 40, 2]);
  });

  it('COCO: polygons cover the pixels whose centres they hold, and join', () => {
    assert.equal(outlined([[1, 0, 3, 0, 3, 2, 1, 2]]), ['0110', '0110', '0000'].join(''));
    const triangles = [
      [0, 0, 4, 0, 0, 3],
      [4, 3, 4, 1, 3, 3],
    ];
    assert.equal(outlined(triangles), ['1110', '1100', '1001'].join(''));
  });

  it('YOLO: boxes and polygons in fractions, then in pixels', () => {
    const text = '1 0.5 0.5 0.5 0.25\n\n0 0 0 1 0 1 0.5\r\n';
    const image = { file: 'x', size: { width: 1, height: 1 }, regions: parseYolo(text, 'x.txt', ['cat', 'dog']) };
    assert.deepEqual(regionsIn(image, { width: 200, height: 100 }), [
      { category: 'dog', box: { left: 50, top: 37.5, width: 100, height: 25 } },
      {
        category: 'cat',
        box: { left: 0, top: 0, width: 200, height: 50 },
        outline: {
          polygons: [
            [
              { x: 0, y: 0 },
              { x: 200, y: 0 },
              { x: 200, y: 50 },
            ],
          ],
        },
      },
    ]);
  });

  it('VOC: pixels are counted from 1, and the last belongs to the box', () => {
    assert.deepEqual(parseVoc(VOC, 'v.xml'), {
      file: '2007',
      size: { width: 50, height: 40 },
      regions: [{ category: 'dog', box: { left: 0, top: 10, width: 20, height: 30 } }],
    });
  });

  it('annotations of another size than the image are refused', () => {
    const image = parseVoc(VOC, 'v.xml');
    assert.equal(regionsIn(image, { width: 50, height: 40 }), image.regions);
    assert.throws(() => regionsIn(image, { width: 40, height: 50 }), /2007: .*50 x 40, and it has 40 x 50/);
  });

  const coco = (change: object) => () => parseCoco(JSON.stringify({ ...COCO, ...change }), 'c.json');
  const yolo = (text: string) => () => parseYolo(text, 'l/a.txt', ['cat']);
  const voc = (from: string | RegExp, to: string) => () => parseVoc(VOC.replace(from, to), 'v.xml');
  const entry = COCO.annotations[0]!;
  const refused: readonly (readonly [what: string, read: () => unknown, message: RegExp])[] = [
    ['COCO that is no JSON', () => parseCoco('{\n"images": [\n{,', 'c.json'), /^c\.json:3: .*not JSON/],
    ['COCO that is cut short', () => parseCoco('{\n"images": [\n', 'c.json'), /^c\.json:3: .*not JSON/],
    ['COCO without images', coco({ images: undefined }), /^c\.json: .*images: is missing, must be a list/],
    [
      'an image without size',
      coco({ images: [{ id: 7, file_name: 'a' }] }),
      /^c\.json, images\[0\]: .*width: is missing, must be a number/,
    ],
    [
      'an unknown category',
      coco({ annotations: [entry, { ...entry, category_id: 19 }] }),
      /^c\.json, annotations\[1\]: .*category_id: .* found 19/,
    ],
    [
      'a box of three numbers',
      coco({ annotations: [{ ...entry, bbox: [1, 2, 3] }] }),
      /annotations\[0\]: .*bbox: must be \[left, .* found \[1,2,3\]/,
    ],
    [
      'a polygon of two points',
      coco({
        annotations: [
          {
            ...entry,
            segmentation: [
              [0, 0, 1, 0, 1, 1],
              [0, 0, 1, 1],
            ],
          },
        ],
      }),
      /annotations\[0\]: .*segmentation\[1\]: must be a polygon .* found \[0,0,1,1\]/,
    ],
    [
      'a segmentation that is none',
      coco({ annotations: [{ ...entry, segmentation: 'x' }] }),
      /annotations\[0\]: .*segmentation: must be polygons or runs, found "x"/,
    ],
    [
      'runs of another image',
      coco({ annotations: [{ ...entry, segmentation: { counts: [5, 6] } }] }),
      /annotations\[0\]: .*segmentation: .*12 pixels/,
    ],
    [
      'runs cut short',
      coco({ annotations: [{ ...entry, segmentation: { counts: '1P' } }] }),
      /annotations\[0\]: .*cut short/,
    ],
    ['YOLO with three numbers', yolo('0 0 0 1 1\n0 0.5 0.5'), /^l\/a\.txt:2: .*"class x y width height"/],
    ['YOLO in pixels', yolo('0 320 240 10 10'), /^l\/a\.txt:1: .*fractions/],
    ['YOLO of a class without name', yolo('\n1 0 0 1 1'), /^l\/a\.txt:2: .*class 1 is not one of the 1/],
    ['VOC that is no XML', voc('</size>', ''), /^v\.xml:\d+: .*not XML/],
    ['VOC without size', voc(/<size>.*<\/size>/, ''), /^v\.xml:2: .*<size>/],
    ['VOC with an object without name', voc('<name>dog</name>', ''), /^v\.xml:6: .*<name>/],
    ['VOC with half a box', voc(/<xmax>20<\/xmax>/, ''), /^v\.xml:8: .*<bndbox>/],
  ];
  for (const [what, read, message] of refused) {
    it(`refuses ${what}, and says where`, () => assert.throws(read, { code: 'annotations-invalid', message }));
  }
});
