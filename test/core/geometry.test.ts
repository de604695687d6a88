import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  boxToImage,
  boxToInput,
  FITS,
  identityTransform,
  type Placement,
  place,
  pointToImage,
  pointToInput,
  type Size,
  transformOf,
  visibleWindow,
} from '../../src/core/geometry';

const size = (width: number, height: number): Size => ({ width, height });

describe('core/geometry: placing the input', () => {
  const input = size(224, 224);
  const cases: readonly [string, Placement, Placement][] = [
    ['stretch', place(size(500, 375), input, 'stretch', 256), { resized: input, left: 0, top: 0 }],
    // torchvision: 256 * 500 / 375 = 341.33, round(58.5) = 58 as Python rounds
    ['crop, landscape', place(size(500, 375), input, 'crop', 256), { resized: size(341, 256), left: 58, top: 16 }],
    // 256 * 500 / 433 = 295.6, (295 - 224) / 2 = 35.5 -> 36
    ['crop, portrait', place(size(433, 500), input, 'crop', 256), { resized: size(256, 295), left: 16, top: 36 }],
    ['crop, smaller image', place(size(32, 32), input, 'crop', 256), { resized: size(256, 256), left: 16, top: 16 }],
    [
      'crop beyond the image',
      place(size(50, 50), input, 'crop', 200),
      { resized: size(200, 200), left: -12, top: -12 },
    ],
    ['pad, landscape', place(size(400, 100), input, 'pad', 224), { resized: size(224, 56), left: 0, top: -84 }],
    ['pad, portrait', place(size(100, 400), input, 'pad', 224), { resized: size(56, 224), left: -84, top: 0 }],
    // 223 rows are added, the smaller half of them above
    ['pad, a line', place(size(1000, 1), input, 'pad', 224), { resized: size(224, 1), left: 0, top: -111 }],
    ['pad and crop', place(size(400, 100), input, 'pad', 256), { resized: size(256, 64), left: 16, top: -80 }],
    ['squash', place(size(500, 375), input, 'squash', 256), { resized: size(256, 256), left: 16, top: 16 }],
    [
      'squash, in the proportions of the input',
      place(size(500, 375), size(100, 50), 'squash', 60),
      { resized: size(120, 60), left: 10, top: 5 },
    ],
    ['none', place(size(500, 375), input, 'none', 256), { resized: size(500, 375), left: 138, top: 76 }],
  ];
  for (const [name, placed, expected] of cases) it(name, () => assert.deepEqual(placed, expected));

  it('shows the part of a padded input that holds the image', () => {
    const placed = place(size(400, 100), input, 'pad', 224);
    assert.deepEqual(visibleWindow(input, placed), { left: 0, top: 84, width: 224, height: 56 });
  });
});

describe('core/geometry: from the input to the image and back', () => {
  it('maps corners exactly: a crop', () => {
    const image = size(512, 256);
    const t = transformOf(image, place(image, size(224, 224), 'crop', 256));
    assert.deepEqual(boxToImage({ left: 0, top: 0, width: 224, height: 224 }, t), {
      left: 144,
      top: 16,
      width: 224,
      height: 224,
    });
  });

  it('maps corners exactly: a padded input reaches beyond the image', () => {
    const image = size(400, 100);
    const t = transformOf(image, place(image, size(200, 200), 'pad', 200));
    assert.deepEqual(boxToImage({ left: 0, top: 0, width: 200, height: 200 }, t), {
      left: 0,
      top: -150,
      width: 400,
      height: 400,
    });
    assert.deepEqual(boxToInput({ left: 0, top: 0, ...image }, t), { left: 0, top: 75, width: 200, height: 50 });
  });

  it('is the identity for an input that is its own image', () => {
    assert.deepEqual(pointToImage({ x: 3.5, y: 7 }, identityTransform(size(32, 16))), { x: 3.5, y: 7 });
  });

  it('holds no pixels of a picture that is given as its size', () => {
    const picture = { ...size(4, 4), data: new Uint8Array(48) };
    const t = transformOf(picture, place(picture, size(2, 2), 'stretch', 2));
    assert.deepEqual(t.image, size(4, 4));
  });

  const side = fc.integer({ min: 1, max: 4000 });
  const sizes = fc.record({ width: side, height: side });
  const inputs = fc.record({ width: fc.integer({ min: 8, max: 640 }), height: fc.integer({ min: 8, max: 640 }) });
  const placements = fc.record({
    image: sizes,
    input: inputs,
    fit: fc.constantFrom(...FITS),
    resize: fc.integer({ min: 8, max: 800 }),
    x: fc.double({ min: 0, max: 1, noNaN: true }),
    y: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  const near = (a: number, b: number, tolerance: number) => Math.abs(a - b) <= tolerance;

  it('goes there and back for every point and box', () => {
    fc.assert(
      fc.property(placements, ({ image, input, fit, resize, x, y }) => {
        const t = transformOf(image, place(image, input, fit, resize));
        const point = { x: x * input.width, y: y * input.height };
        const back = pointToInput(pointToImage(point, t), t);
        const box = { left: point.x, top: point.y, width: 10, height: 20 };
        const boxBack = boxToInput(boxToImage(box, t), t);
        return (
          near(back.x, point.x, 1e-6) &&
          near(back.y, point.y, 1e-6) &&
          near(boxBack.left, box.left, 1e-6) &&
          near(boxBack.height, box.height, 1e-6)
        );
      }),
    );
  });

  it('puts the middle of the input on the middle of the image, to half a pixel of the input', () => {
    fc.assert(
      fc.property(placements, ({ image, input, fit, resize }) => {
        const t = transformOf(image, place(image, input, fit, resize));
        const middle = pointToInput({ x: image.width / 2, y: image.height / 2 }, t);
        return near(middle.x, input.width / 2, 0.5 + 1e-6) && near(middle.y, input.height / 2, 0.5 + 1e-6);
      }),
    );
  });

  it('pads so that the whole image is inside, and touches two sides', () => {
    fc.assert(
      fc.property(sizes, inputs, (image, input) => {
        const placed = place(image, input, 'pad', Math.min(input.width, input.height));
        const { left, top, width, height } = visibleWindow(input, placed);
        const inside = left >= 0 && top >= 0 && left + width <= input.width && top + height <= input.height;
        const whole = width === placed.resized.width && height === placed.resized.height;
        return inside && whole && (width === input.width || height === input.height);
      }),
    );
  });

  it('crops within the image where the shorter side is no smaller than the input', () => {
    fc.assert(
      fc.property(sizes, inputs, fc.integer({ min: 0, max: 200 }), (image, input, more) => {
        const placed = place(image, input, 'crop', Math.max(input.width, input.height) + more);
        const window = visibleWindow(input, placed);
        assert.deepEqual(window, { left: 0, top: 0, ...input });
        return placed.left >= 0 && placed.left + input.width <= placed.resized.width;
      }),
    );
  });
});
