import assert from 'node:assert/strict';
import { fromHalf, toHalf } from '../../../src/core/onnx/tensors';

describe('half precision', () => {
  it('every number comes back as it was', () => {
    for (let bits = 0; bits < 0x10000; bits++) {
      const value = fromHalf(bits);
      if (!Number.isNaN(value)) assert.equal(toHalf(value), bits);
    }
  });

  it('rounds to the nearest, ties to even', () => {
    // IEEE 754 binary16: 1 is 0x3c00 and the next number is 1 + 2^-10.
    const cases: [number, number][] = [
      [1 + 2 ** -11, 0x3c00],
      [1 + 3 * 2 ** -11, 0x3c02],
      [1 + 2 ** -11 + 2 ** -20, 0x3c01],
      [0.1, 0x2e66],
      [2047.5, 0x6800],
      [65504, 0x7bff],
      [65519, 0x7bff],
      [65520, 0x7c00],
      [-1e9, 0xfc00],
      [2 ** -24, 1],
      [2 ** -25, 0],
      [3 * 2 ** -26, 1],
      [2 ** -14 - 2 ** -26, 0x0400],
      [-0, 0x8000],
      [Number.POSITIVE_INFINITY, 0x7c00],
    ];
    for (const [value, bits] of cases) assert.equal(toHalf(value), bits, `${value}`);
    assert.ok(Number.isNaN(fromHalf(toHalf(Number.NaN))));
  });
});
