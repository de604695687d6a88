/** Pixels in the order of their saliency, and pictures on the way from one to another in that order. */

/**
 * Indices of pixels, the most salient first; of equal ones the lower index first. A radix sort, which takes less time than
 * one pass of a small network; a sort by comparison takes several times that.
 */
export function bySaliency(map: Float32Array): Uint32Array {
  // Adding 0 makes 0 of -0, which is equal to it.
  const keys = new Uint32Array(map.map((value) => value + 0).buffer);
  const indices = new Uint32Array(keys.length);
  for (let i = 0; i < keys.length; i++) {
    indices[i] = i;
    // The order of floats as that of whole numbers, turned round: falling values have rising keys.
    if (keys[i]! < 0x8000_0000) keys[i] = ~keys[i]! & 0x7fff_ffff;
  }
  return sortedBy(keys, 16, sortedBy(keys, 0, indices));
}

/** Stable, by the 16 bits of the keys from `shift` on. */
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
  /** Pixels replaced so far. */
  readonly count: number;
  /** A new array each time it is asked for. */
  readonly image: Float32Array;
  drawTo(place: Float32Array): void;
}

/**
 * Images in which the first pixels of an order come from `to` and the others from `from`. What is replaced in one is not
 * replaced again in the next, so they are best drawn one after the other.
 *
 * @param from planes, [channels, height, width], as `to`
 * @param counts how many pixels are replaced in each, rising
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
 * The same of a picture that is shown: RGBA with the first `count` pixels of `to` in the place of those of `from`, all of
 * the network's size.
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
