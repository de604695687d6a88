import assert from 'node:assert/strict';
import { colorTables, differenceTable } from '../../../src/core/heat/colormaps';

const entry = (table: Uint8ClampedArray, i: number) => Array.from(table.slice(4 * i, 4 * i + 4));

/** Published: matplotlib's _cm_listed.py, d3-scale-chromatic's turbo polynomial, MATLAB's jet. */
const PUBLISHED: [keyof typeof colorTables, number, number[]][] = [
  ['viridis', 0, [0x44, 0x01, 0x54, 255]],
  ['viridis', 128, [0x21, 0x91, 0x8c, 255]],
  ['viridis', 255, [0xfd, 0xe7, 0x25, 255]],
  ['magma', 0, [0x00, 0x00, 0x04, 255]],
  ['magma', 255, [0xfc, 0xfd, 0xbf, 255]],
  ['turbo', 0, [35, 23, 27, 255]],
  ['turbo', 255, [144, 12, 0, 255]],
  ['jet', 0, [0, 0, 128, 255]],
  ['jet', 255, [128, 0, 0, 255]],
  ['grey', 0, [0, 0, 0, 255]],
  ['grey', 100, [100, 100, 100, 255]],
  ['grey', 255, [255, 255, 255, 255]],
];

describe('colormaps', () => {
  for (const [name, i, rgba] of PUBLISHED) {
    it(`${name}[${i}] is the published colour`, () => assert.deepEqual(entry(colorTables[name], i), rgba));
  }

  it('every table has 256 different, opaque entries', () => {
    for (const [name, table] of Object.entries(colorTables)) {
      assert.equal(table.length, 4 * 256, name);
      const colors = new Set(Array.from({ length: 256 }, (_, i) => entry(table, i).join()));
      assert.ok(colors.size > 250, `${name}: ${colors.size} colours`);
      assert.ok(
        table.every((value, i) => i % 4 !== 3 || value === 255),
        name,
      );
    }
  });

  it('a difference is blue below zero, clear at zero and red above', () => {
    const [red, , blue, alpha] = entry(differenceTable, 0);
    assert.ok(blue! > red! + 50 && alpha === 255);
    const [red1, , blue1, alpha1] = entry(differenceTable, 255);
    assert.ok(red1! > blue1! + 50 && alpha1 === 255);
    assert.ok(entry(differenceTable, 127)[3]! < 8 && entry(differenceTable, 128)[3]! < 8);
  });
});
