import assert from 'node:assert/strict';
import type { ImageTransform, Size } from '../../../src/core/geometry';
import { contourLevel, contourPath, drawDifference, drawHeat } from '../../../src/core/heat/overlay';
import { type Saliency, saliencyOf } from '../../../src/core/saliency';
import { DEFAULT_STYLE, type HeatStyle } from '../../../src/core/style';

const GREY: HeatStyle = { ...DEFAULT_STYLE, colormap: 'grey' };
const square = (length: number): Size => ({ width: length, height: length });
const saliency = (map: ArrayLike<number>, signed = false): Saliency => {
  return { map: Float32Array.from(map), signed, min: 0, max: 1, zero: false };
};

/** A map of n * n with one pixel of 1. */
function spot(n: number, x: number, y: number): Saliency {
  const map = new Float32Array(n * n);
  map[y * n + x] = 1;
  return saliency(map);
}

/** Where an image of 200 x 100 is seen by a network of 20 x 20. */
const IMAGE: Size = { width: 200, height: 100 };
const FITS: Record<string, ImageTransform> = {
  stretch: { scaleX: 10, scaleY: 5, offsetX: 0, offsetY: 0, image: IMAGE },
  // The centre 100 x 100.
  crop: { scaleX: 5, scaleY: 5, offsetX: 50, offsetY: 0, image: IMAGE },
  // The input covers 200 x 200, 50 above and below the image.
  pad: { scaleX: 10, scaleY: 10, offsetX: 0, offsetY: -50, image: IMAGE },
};

/** Centre of gravity of a grey picture, in pixel edges. */
function centre(rgba: Uint8ClampedArray, size: Size) {
  let sum = 0;
  let x = 0;
  let y = 0;
  for (let i = 0; i < size.width * size.height; i++) {
    const value = rgba[4 * i]!;
    sum += value;
    x += value * ((i % size.width) + 0.5);
    y += value * (Math.floor(i / size.width) + 0.5);
  }
  return { x: x / sum, y: y / sum };
}

describe('overlay', () => {
  describe('geometry', () => {
    for (const [fit, transform] of Object.entries(FITS)) {
      for (const zoom of [1, 2, 0.5]) {
        it(`${fit} at ${zoom} of the image's size puts a hot pixel where it came from`, () => {
          const size = { width: IMAGE.width * zoom, height: IMAGE.height * zoom };
          const rgba = drawHeat(spot(20, 12, 9), square(20), transform, size, GREY);
          const found = centre(rgba, size);
          const x = (12.5 * transform.scaleX + transform.offsetX) * zoom;
          const y = (9.5 * transform.scaleY + transform.offsetY) * zoom;
          assert.ok(Math.abs(found.x - x) < 0.05 && Math.abs(found.y - y) < 0.05, JSON.stringify({ found, x, y }));
        });
      }
    }

    it('colours are at their strongest from the saturation on, of either sign', () => {
      const transform = { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0, image: { width: 5, height: 1 } };
      const size = { width: 5, height: 1 };
      const drawn = (values: readonly number[], given: Partial<Saliency>) => {
        return [...drawHeat({ ...saliency(values), ...given }, size, transform, size, GREY)];
      };
      const signed = true;
      assert.deepEqual(
        drawn([-1, -0.25, 0.125, 0.25, 1], { signed, saturation: 0.25 }),
        drawn([-1, -1, 0.5, 1, 1], { signed }),
      );
      assert.deepEqual(drawn([0, 0.2, 0.4, 0.5, 1], { saturation: 0.5 }), drawn([0, 0.4, 0.8, 1, 1], {}));
      const frame = { height: 1, width: 5, map: Float32Array.of(-8, 0, 1, 2, 4), offset: 0, inputSize: size };
      assert.equal(saliencyOf({ ...frame, signed, saturation: 2 }).saturation, 0.25);
      assert.equal(saliencyOf({ ...frame, signed: false, saturation: 2 }).saturation, 0.5);
      for (const saturation of [0, 9]) assert.equal(saliencyOf({ ...frame, signed, saturation }).saturation, undefined);
      assert.equal(saliencyOf({ ...frame, signed }).saturation, undefined);
    });

    it('is the map itself, value for value, at the size of the input', () => {
      const map = Float32Array.from({ length: 20 * 20 }, (_, i) => ((i * 37) % 256) / 255);
      const transform = { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0, image: square(20) };
      const rgba = drawHeat(saliency(map), square(20), transform, square(20), GREY);
      for (let i = 0; i < map.length; i++) assert.equal(rgba[4 * i], Math.round(255 * map[i]!));
    });

    it('interpolates values, not colours', () => {
      const transform = { scaleX: 4, scaleY: 1, offsetX: 0, offsetY: 0, image: { width: 8, height: 1 } };
      const input = { width: 2, height: 1 };
      const jet: HeatStyle = { ...GREY, colormap: 'jet' };
      const rgba = drawHeat(saliency([0, 1]), input, transform, { width: 8, height: 1 }, jet);
      // Half-way between dark blue and dark red a mean of colours is purple; jet has no purple.
      const [red, green, blue] = rgba.slice(4 * 4, 4 * 4 + 3);
      assert.ok(green! > 240, `${red} ${green} ${blue}`);
    });
  });

  describe('what is clear', () => {
    const flat = saliency(new Float32Array(400).fill(0.6));
    const opaque = (rgba: Uint8ClampedArray) => rgba.filter((_, i) => i % 4 === 3 && rgba[i] === 255).length;

    it('outside the crop', () => {
      const rgba = drawHeat(flat, square(20), FITS.crop!, IMAGE, GREY);
      for (let x = 0; x < IMAGE.width; x++) assert.equal(rgba[4 * x + 3], x >= 50 && x < 150 ? 255 : 0, `x ${x}`);
    });

    it('nothing when the image was padded', () => {
      assert.equal(opaque(drawHeat(flat, square(20), FITS.pad!, IMAGE, GREY)), 200 * 100);
    });

    it('below the threshold', () => {
      assert.equal(opaque(drawHeat(flat, square(20), FITS.stretch!, IMAGE, { ...GREY, threshold: 0.61 })), 0);
      assert.equal(opaque(drawHeat(flat, square(20), FITS.stretch!, IMAGE, { ...GREY, threshold: 0.59 })), 200 * 100);
    });

    it('a constant map', () => {
      const blank = { map: new Float32Array(400), signed: false, min: 0, max: 0, zero: true };
      assert.equal(opaque(drawHeat(blank, square(20), FITS.stretch!, IMAGE, GREY)), 0);
      assert.equal(contourPath(blank, square(20), FITS.stretch!, IMAGE, 0.5), '');
    });

    it('equal values of two maps, and differences below the threshold', () => {
      const rgba = drawDifference(
        Float32Array.from([-1, 0, 0.3, 1]),
        { width: 4, height: 1 },
        { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0, image: { width: 4, height: 1 } },
        { width: 4, height: 1 },
        0.5,
      );
      assert.deepEqual([rgba[3], rgba[7], rgba[11], rgba[15]], [255, 0, 0, 255]);
      assert.ok(rgba[2]! > rgba[0]!, 'negative is blue');
      assert.ok(rgba[12]! > rgba[14]!, 'positive is red');
    });
  });

  it('opacity is left to the composition', () => {
    const heat = (opacity: number) => drawHeat(spot(20, 3, 3), square(20), FITS.crop!, IMAGE, { ...GREY, opacity });
    assert.deepEqual(heat(0.1), heat(1));
  });

  describe('contour', () => {
    const points = (path: string) =>
      path
        .replaceAll('Z', '')
        .split(/[ML]/)
        .filter(Boolean)
        .map((pair) => pair.split(' ').map(Number) as [number, number]);

    for (const [fit, transform] of Object.entries(FITS)) {
      it(`${fit}: half of a ramp is crossed at its middle`, () => {
        // 0 at the centre of the first column to 1 at that of the last: 0.5 at x_input = 10.
        const ramp = Float32Array.from({ length: 400 }, (_, i) => (i % 20) / 19);
        const inside = points(contourPath(saliency(ramp), square(20), transform, IMAGE, 0.5)).filter(
          ([, y]) => y > 10 && y < 90,
        );
        const expected = 10 * transform.scaleX + transform.offsetX;
        const border = 20 * transform.scaleX + transform.offsetX;
        assert.ok(inside.some(([x]) => Math.abs(x - expected) < 0.1));
        for (const [x] of inside) assert.ok(Math.abs(x - expected) < 0.1 || Math.abs(x - border) < 0.1, `x ${x}`);
      });
    }

    it('runs along the threshold, or at half of the maximum', () => {
      assert.equal(contourLevel({ ...GREY, threshold: 0.7 }), 0.7);
      assert.equal(contourLevel(GREY), 0.5);
    });
  });
});

describe('a map with a sign', () => {
  const transform = { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0, image: { width: 4, height: 1 } };
  const size = { width: 4, height: 1 };
  const frame = { height: 1, width: 4, map: Float32Array.of(-4, 0, 1, 2), offset: 0, inputSize: size };

  it('keeps it and its 0, and is scaled by its largest magnitude', () => {
    const { map, zero, min, max } = saliencyOf({ ...frame, signed: true });
    assert.deepEqual([...map], [-1, 0, 0.25, 0.5]);
    assert.deepEqual([zero, min, max], [false, -4, 2]);
    assert.deepEqual([...saliencyOf({ ...frame, signed: false }).map], [0, 0, 0.5, 1]);
  });
  it('is blank where it is constant', () => {
    assert.ok(saliencyOf({ ...frame, map: new Float32Array(4), signed: true }).zero);
  });
  it('has the colours of a difference, whatever the colormap, and a threshold of magnitude', () => {
    const rgba = drawHeat(saliencyOf({ ...frame, signed: true }), size, transform, size, { ...GREY, threshold: 0.3 });
    assert.ok(rgba[2]! > rgba[0]! && rgba[3] === 255, 'negative is blue');
    assert.deepEqual([rgba[7], rgba[11]], [0, 0]);
    assert.ok(rgba[12]! > rgba[14]! && rgba[15]! > 0, 'positive is red');
  });
});
