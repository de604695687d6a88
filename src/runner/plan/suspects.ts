/** Finds the image on which the engine dies. Pure. */

/** Images of which one may have killed the engine. */
export interface Group<T> {
  readonly images: readonly T[];
  /** How often the engine died on this group, or on the group that it is a half of. */
  readonly deaths: number;
}

export interface AfterDeath<T> {
  /** Groups to try next, in this order. */
  readonly retry: readonly Group<T>[];
  /** The image on which the engine has died again and again. */
  readonly guilty?: T;
}

/** Deaths after which a group is halved. The first may have had another cause, such as a lack of memory. */
const DEATHS = 2;

/** @param group the images that had no answer when the engine died, with its deaths before */
export function afterDeath<T>({ images, deaths }: Group<T>): AfterDeath<T> {
  if (images.length === 0) return { retry: [] };
  if (deaths + 1 < DEATHS) return { retry: [{ images, deaths: deaths + 1 }] };
  if (images.length === 1) return { retry: [], guilty: images[0]! };
  const half = Math.ceil(images.length / 2);
  // One more death on a half tells as much as two deaths of the whole.
  return { retry: [images.slice(0, half), images.slice(half)].map((part) => ({ images: part, deaths: DEATHS - 1 })) };
}
