/**
 * The sweeps, clusters and repairs that the user wants, kept in the workspace's memory: when the window is loaded again, or the
 * runner has ended, they go on. What was paused, cancelled or finished is no longer wanted. Pure.
 */
import * as v from 'valibot';
import { read } from '../../../core/schema';
import type { VersionId } from '../../../protocol/dataset';

/** What is computed of a version: a sweep, or the clusters of its classes by `ClusteredBy`; or a repair, by its number. */
export const WANTED = ['sweep', 'clusters by predicted', 'clusters by true', 'repair'] as const;
export type Wanted = (typeof WANTED)[number];

export interface Intents {
  /** The versions of a run file of which something is wanted, or the numbers of its repairs. */
  of(run: string, what?: Wanted): readonly VersionId[];
  set(run: string, version: VersionId, wanted: boolean, what?: Wanted): void;
}

/** The part of `vscode.Memento` that is needed. */
export interface Memory {
  get<T>(key: string): T | undefined;
  update(key: string, value: unknown): PromiseLike<void>;
}

const KEY = 'sweeps';
const MOST = 200;
/** Sweeps stand without a word, as they did when there was nothing else. */
const KEPT = v.array(
  v.union([v.strictTuple([v.string(), v.number()]), v.strictTuple([v.string(), v.number(), v.picklist(WANTED)])]),
);
type Kept = v.InferOutput<typeof KEPT>[number];

export function createIntents(memory: Memory): Intents {
  const found = read(KEPT, memory.get<unknown>(KEY) ?? []);
  let kept = 'value' in found ? found.value : [];
  const isAbout = ([file, , what = 'sweep']: Kept, run: string, wanted: Wanted) => file === run && what === wanted;
  return {
    of: (run, what = 'sweep') => kept.filter((one) => isAbout(one, run, what)).map(([, version]) => version),
    set(run, version, wanted, what = 'sweep') {
      const isIt = (one: Kept) => isAbout(one, run, what) && one[1] === version;
      if (kept.some(isIt) === wanted) return;
      const added: Kept = what === 'sweep' ? [run, version] : [run, version, what];
      kept = wanted ? [...kept, added].slice(-MOST) : kept.filter((one) => !isIt(one));
      void memory.update(KEY, kept);
    },
  };
}
