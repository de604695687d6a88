/** Which training images get a suspicious region pasted in. Pure. */
import type { Random } from '../../core/random';
import { shuffled } from '../../core/training/order';
import { PURPOSES, randomAt } from '../../core/training/seeds';
import type { Usable } from './split';

/** A cluster whose region is pasted. */
export interface Source {
  /** The class that its images are taken for. */
  readonly class: number;
  has(item: Usable['item']): boolean;
}

export interface Paste {
  /** An image of another class. */
  readonly image: Usable;
  /** The member of the cluster whose region it gets. */
  readonly from: Usable;
}

/** Added images are at most this part of the training images. */
const MOST = 1 / 4;

/**
 * For each source as many images of other classes as it has members, evenly over classes, each with a member: counter-examples,
 * from which a training learns that the region does not make the class. Only training images are used.
 *
 * @returns by source
 */
export function pastes(
  train: readonly Usable[],
  sources: readonly Source[],
  seed: number,
): readonly (readonly Paste[])[] {
  const members = sources.map((source) => train.filter(({ item }) => source.has(item)));
  const all = members.reduce((sum, { length }) => sum + length, 0);
  const share = Math.min(1, (MOST * train.length) / Math.max(all, 1));
  return sources.map((source, k) => {
    const own = members[k]!;
    const others = train.filter(({ item, truth }) => !truth.includes(source.class) && !source.has(item));
    const random = randomAt(seed, PURPOSES.pasting, k);
    const chosen = byTurns(others, random).slice(0, Math.floor(share * own.length));
    const from = shuffled(Uint32Array.from(own.keys()), random);
    return chosen.map((image, i) => ({ image, from: own[from[i % from.length]!]! }));
  });
}

/**
 * The other half of counter-examples: members of the class itself, whose region is hidden, so that the class no longer needs it.
 *
 * @param count as many as images of other classes get the region, if there are so many
 */
export function hidden(train: readonly Usable[], source: Source, count: number): readonly Usable[] {
  return train.filter(({ item, truth }) => source.has(item) && truth.includes(source.class)).slice(0, count);
}

/** All images, one of each class in turn as long as it has some. */
function byTurns(images: readonly Usable[], random: Random): readonly Usable[] {
  const classes = new Map<string, Usable[]>();
  for (const image of images) {
    const key = image.truth.toSorted((a, b) => a - b).join();
    const known = classes.get(key);
    if (known) known.push(image);
    else classes.set(key, [image]);
  }
  const mixed = [...classes.values()].map((own) =>
    Array.from(shuffled(Uint32Array.from(own.keys()), random), (index) => own[index]!),
  );
  const longest = mixed.reduce((most, { length }) => Math.max(most, length), 0);
  return Array.from({ length: longest }, (_, turn) => mixed.flatMap((own) => own[turn] ?? [])).flat();
}
