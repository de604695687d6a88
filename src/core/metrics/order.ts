/** Pixels in the order of their saliency, and pictures in which pixels are replaced in that order. */

/**
 * Indices of pixels, the most salient first; equal ones in the order of their indices. This is a radix sort, which
 * takes less time than one pass of a small network; a comparison sort takes several times as long.
 */
export function bySaliency(map: Float32Array): Uint32Array {
  // Adding 0 turns -0 into 0, since the two are equal but have different bits.
  const keys = new Uint32Array(map.map((value) => value + 0).buffer);
  const indices = new Uint32Array(keys.length);
  for (let i = 0; i < keys.length; i++) {
    indices[i] = i;
    // Maps floats to integers in reverse order: smaller values get larger keys.
    if (keys[i]! < 0x8000_0000) keys[i] = ~keys[i]! & 0x7fff_ffff;
  }
  return sortedBy(keys, 16, sortedBy(keys, 0, indices));
}

/** One stable pass of the radix sort, by the 16 bits of the keys from `shift` on. */
function sortedBy(keys: Uint32Array, shift: number, indices: Uint32Array): Uint32Array {
  const starts = new Uint32Array(0x1_0001);
  for (let i = 0; i < keys.length; i++) starts[((keys[i]! >>> shift) & 0xffff) + 1]! += 1;
  for (let digit = 1; digit < starts.length; digit++) starts[digit]! += starts[digit - 1]!;
  const sorted = new Uint32Array(indices.length);
  for (let at = 0; at < indices.length; at++) {
    const i = indices[at]!;
    sorted[starts[(keys[i]! >>> shift) & 0xffff]!++] = i;
  }
  return sorted;
}

export interface Replaced {
  /** Number of pixels replaced so far. */
  readonly count: number;
  /** The image, in a new array on each access. */
  readonly image: Float32Array;
  drawTo(place: Float32Array): void;
}

/**
 * Images in which the first pixels of an order come from `to` and the others from `from`. Each image only replaces the
 * pixels that the one before has not replaced, so it is fastest to draw them in order.
 *
 * @param from planes, [channels, height, width], as `to`
 * @param counts how many pixels are replaced in each image, in rising order
 */
export function* replaced(
  from: Float32Array,
  to: Float32Array,
  order: Uint32Array,
  counts: Iterable<number>,
): Generator<Replaced> {
  const pixels = order.length;
  const current = from.slice();
  let done = 0;
  const drawTo = (place: Float32Array, count: number) => {
    if (count < done) {
      current.set(from);
      done = 0;
    }
    for (; done < count; done++) {
      for (let at = order[done]!; at < current.length; at += pixels) current[at] = to[at]!;
    }
    place.set(current);
  };
  for (const count of counts) {
    yield {
      count,
      get image() {
        const image = new Float32Array(from.length);
        drawTo(image, count);
        return image;
      },
      drawTo: (place) => drawTo(place, count),
    };
  }
}

/**
 * The same for a picture on the screen: the RGBA pixels of `from`, with the first `count` pixels of the order replaced
 * by those of `to`. Both have the network's input size.
 */
export function mixedPixels(
  from: Uint8ClampedArray,
  to: Uint8ClampedArray,
  order: Uint32Array,
  count: number,
): Uint8ClampedArray<ArrayBuffer> {
  const mixed = new Uint8ClampedArray(from);
  for (let i = 0; i < count; i++) {
    const at = order[i]! * 4;
    mixed.set(to.subarray(at, at + 4), at);
  }
  return mixed;
}
