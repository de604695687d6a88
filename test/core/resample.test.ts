import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import type { Interpolation } from '../../src/core/resample';
import { type RgbImage, resample } from '../../src/core/resample';
import { project } from '../support/shared';

/** One row whose three channels are equal. */
const row = (...values: number[]): RgbImage => ({
  width: values.length,
  height: 1,
  data: Uint8Array.from(values.flatMap((value) => [value, value, value])),
});
const redOf = ({ data }: RgbImage) => Array.from(data).filter((_, i) => i % 3 === 0);
const whole = (width: number, height: number) => ({ left: 0, top: 0, width, height });

describe('core/resample', () => {
  it('leaves an image of the wanted size as it is', () => {
    const image = { width: 3, height: 2, data: Uint8Array.from({ length: 18 }, (_, i) => i * 13) };
    assert.deepEqual(resample(image, image, whole(3, 2), 'bilinear'), image);
  });

  it('enlarges between pixel centres', () => {
    const doubled = resample(row(0, 100, 200), { width: 6, height: 1 }, whole(6, 1), 'bilinear');
    assert.deepEqual(redOf(doubled), [0, 25, 75, 125, 175, 200]);
  });

  it('shrinks with a triangle as wide as the step: weights 1, 3, 3, 1 for a half', () => {
    const halved = resample(row(8, 0, 0, 80, 0, 0), { width: 3, height: 1 }, whole(3, 1), 'bilinear');
    // borders: 3, 3, 1 of 7
    assert.deepEqual(redOf(halved), [Math.round((3 * 8) / 7), Math.round((3 * 80) / 8), Math.round((1 * 80) / 7)]);
  });

  it('shrinks a picture of a few columns and a million rows in moments, and as it would fewer rows', () => {
    const stripes = (height: number): RgbImage => ({
      width: 2,
      height,
      data: Uint8Array.from({ length: 6 * height }, (_, i) => [10, 20, 30, 210, 120, 60][i % 6]!),
    });
    const to = { width: 224, height: 224 };
    assert.deepEqual(
      resample(stripes(1_000_000), to, whole(224, 224), 'bilinear'),
      resample(stripes(500), to, whole(224, 224), 'bilinear'),
    );
  });

  it('keeps channels apart', () => {
    const image = { width: 2, height: 1, data: Uint8Array.from([0, 100, 200, 200, 100, 0]) };
    const one = resample(image, { width: 1, height: 1 }, whole(1, 1), 'bilinear');
    assert.deepEqual([...one.data], [100, 100, 100]);
  });

  const cases: readonly { interpolation: Interpolation; width: number; height: number; pixels: number[] }[] =
    JSON.parse(readFileSync(project('test', 'data', 'processors', 'resampling.json'), 'utf8'));
  for (const { interpolation, width, height, pixels } of cases)
    it(`is Pillow's ${interpolation} to the last bit, to ${width} x ${height}`, () => {
      const data = Uint8Array.from({ length: 23 * 14 * 3 }, (_, i) => {
        const [c, x, y] = [i % 3, Math.floor(i / 3) % 23, Math.floor(i / 3 / 23)];
        return (37 * x + 91 * y + 53 * c + x * y) % 256;
      });
      const image = { width: 23, height: 14, data };
      assert.deepEqual([...resample(image, { width, height }, whole(width, height), interpolation).data], pixels);
    });

  const length = fc.integer({ min: 1, max: 40 });

  it('keeps a flat image flat', () => {
    fc.assert(
      fc.property(length, length, length, length, fc.integer({ min: 0, max: 255 }), (w, h, toW, toH, value) => {
        const flat = { width: w, height: h, data: new Uint8Array(w * h * 3).fill(value) };
        return resample(flat, { width: toW, height: toH }, whole(toW, toH), 'bilinear').data.every(
          (width) => width === value,
        );
      }),
    );
  });

  it('gives for a window what the whole picture has there', () => {
    const data = fc.uint8Array({ minLength: 300, maxLength: 300 });
    fc.assert(
      fc.property(data, fc.integer({ min: 4, max: 25 }), fc.nat(3), fc.nat(3), (pixels, to, left, top) => {
        const image = { width: 10, height: 10, data: pixels };
        const all = resample(image, { width: to, height: to }, whole(to, to), 'bilinear');
        const window = { left, top, width: to - left, height: to - top };
        const part = resample(image, { width: to, height: to }, window, 'bilinear');
        return redOf(part).every((value, i) => {
          const y = top + Math.floor(i / window.width);
          return value === all.data[(y * to + left + (i % window.width)) * 3];
        });
      }),
    );
  });
});
