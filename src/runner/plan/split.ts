/** Which images a training learns from, and which it holds out. Pure. */
import type { ItemId } from '../../protocol/dataset';

/** An image of a query. */
export interface Candidate {
  readonly item: ItemId;
  /** Classes of the model that are right for it. */
  readonly truth: readonly number[];
  /** SHA-256 of its file; undefined if it can't be read. */
  readonly hash: string | undefined;
  /** Whether the sweep has failed on it. */
  readonly failed: boolean;
}

export type Usable = Candidate & { readonly hash: string };

export interface Split {
  readonly train: readonly Usable[];
  readonly heldOut: readonly Usable[];
  /** What was left out, in sentences. */
  readonly notes: readonly string[];
}

/** Part of the training images that is held out if nothing else is said. */
const PART = 5;

/** @param heldOut undefined to hold out a fifth of the training images */
export function split(train: readonly Candidate[], heldOut: readonly Candidate[] | undefined): Split {
  const notes: string[] = [];
  const usable = (candidates: readonly Candidate[], name: string): readonly Usable[] => {
    const left = new Map<string, number>();
    const found = candidates.filter((candidate): candidate is Usable => {
      const why = whyNot(candidate);
      if (why !== undefined) left.set(why, (left.get(why) ?? 0) + 1);
      return why === undefined;
    });
    for (const [why, count] of left) notes.push(`${count} of the ${name} images ${be(count)} left out: ${why}.`);
    return found;
  };
  const all = usable(train, 'training');
  if (!heldOut) return { ...fifth(all), notes };
  const held = usable(heldOut, 'held-out');
  const items = new Set(held.map(({ item }) => item));
  const hashes = new Set(held.map(({ hash }) => hash));
  const apart = all.filter(({ item }) => !items.has(item));
  const left = apart.filter(({ hash }) => !hashes.has(hash));
  const [both, same] = [all.length - apart.length, apart.length - left.length];
  if (both > 0)
    notes.push(`${both} image${both === 1 ? '' : 's'} of both queries ${be(both)} held out, and not trained on.`);
  if (same > 0) notes.push(`${same} of the training images ${be(same)} left out: a held-out image has the same bytes.`);
  return { train: left, heldOut: held, notes };
}

function whyNot({ truth, hash, failed }: Candidate): string | undefined {
  if (hash === undefined) return 'the file can not be read, or has changed since the dataset was listed';
  if (failed) return 'the model could not be run on them';
  if (truth.length === 0) return 'no class of the model is right for them';
  return undefined;
}

/**
 * Of each class the images whose content has the lowest hashes, so that the choice depends on nothing but the images. Equal
 * files are on one side.
 */
function fifth(all: readonly Usable[]): Pick<Split, 'train' | 'heldOut'> {
  const byClass = new Map<string, string[]>();
  const seen = new Set<string>();
  for (const { truth, hash } of all) {
    if (seen.has(hash)) continue;
    seen.add(hash);
    const key = [...truth].sort((a, b) => a - b).join();
    const hashes = byClass.get(key) ?? [];
    byClass.set(key, hashes);
    hashes.push(hash);
  }
  const chosen = new Set(
    [...byClass.values()].flatMap((hashes) => hashes.sort().slice(0, Math.round(hashes.length / PART))),
  );
  // So few images of each class that none is a fifth.
  if (chosen.size === 0 && seen.size > 1) chosen.add([...seen].sort()[0]!);
  return {
    train: all.filter(({ hash }) => !chosen.has(hash)),
    heldOut: all.filter(({ hash }) => chosen.has(hash)),
  };
}

const be = (count: number): string => (count === 1 ? 'is' : 'are');
