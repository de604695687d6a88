/** Rows and pictures that are packed for the page are what they were. */
import assert from 'node:assert/strict';
import type { Row, TilePicture } from '../../src/protocol/dataset';
import { packed, packPictures, packRows } from '../../src/protocol/packed/pack';
import { unpackPictures, unpackRows } from '../../src/protocol/packed/unpack';

const row = (item: number, more: Partial<Row> = {}): Row => ({
  item,
  path: `später/${item} "…".jpg`,
  categories: [1],
  state: 'done',
  tags: [],
  ...more,
});
const map = { method: 'grad-cam', layer: 'features', class: 3 } as const;

describe('packed rows', () => {
  it('are equal to the originals once they are unpacked', () => {
    const rows = [row(7, { map, top: [[3, 0.25]], correct: false }), row(2 ** 31, { state: 'waiting' })];
    const found = packRows(rows);
    assert.deepEqual(unpackRows(found), rows);
    assert.deepEqual([...found.items], [7, 2 ** 31]);
  });

  it('look alike only if they have the same state and a map of the same method, layer and class', () => {
    const rows = [
      row(1),
      row(2, { state: 'failed', error: 'truncated' }),
      row(3, { map }),
      row(4, { map: { ...map, class: 4 } }),
      row(5, { map: { ...map, layer: 'other' } }),
      row(6, { map: { ...map, method: 'group-cam' } }),
      row(7, { map: { ...map, border: 0.5 }, tags: ['a'] }),
    ];
    const { looks } = packRows(rows);
    assert.equal(new Set(looks.slice(0, 6)).size, 6);
    assert.equal(looks[6], looks[2]);
    assert.ok(looks.every(Number.isSafeInteger));
  });

  it('of ten thousand classes, two methods and two layers have no look in common by chance', () => {
    const looks = ['grad-cam', 'group-cam'].flatMap((method) =>
      ['features', 'layer4'].flatMap((layer) =>
        Array.from({ length: 10_000 }, (_, i) =>
          row(i, { map: { method, layer, class: i } as NonNullable<Row['map']> }),
        ),
      ),
    );
    assert.equal(new Set(packRows(looks).looks).size, looks.length);
  });
});

describe('packed pictures', () => {
  const values = (salt: number, length: number) => Uint8Array.from({ length }, (_, i) => (salt * 31 + i * 7) % 256);
  const stored = { height: 1, width: 3, lo: -1.5, hi: 2, offset: 0.5, signed: true };

  it('are what they were, with or without thumbnails and maps', () => {
    const pictures: TilePicture[] = [
      {
        item: 1,
        thumbnail: values(1, 50),
        map: { ...stored, values: values(2, 3) },
        inputSize: { width: 2, height: 3 },
      },
      { item: 2 },
      { item: 3, map: { ...stored, values: values(3, 3) } },
      // The thumbnail is a part of a larger buffer, as those are that come from another process.
      { item: 4, thumbnail: values(4, 100).subarray(10, 20) },
    ];
    const found = packPictures(pictures);
    assert.equal(found.bytes.length, 50 + 3 + 3 + 10);
    assert.deepEqual(unpackPictures(found), pictures);
    assert.deepEqual([...found.items], [1, 2, 3, 4]);
  });

  it('and rows are the only answers that are packed', () => {
    const info = { list: 1, count: 2 };
    assert.equal(packed('list', info), info);
    assert.equal(packed('toString', info), info);
    assert.deepEqual(packed('rows', [row(1)]), packRows([row(1)]));
    assert.deepEqual(packed('pictures', [{ item: 1 }]), packPictures([{ item: 1 }]));
  });
});
