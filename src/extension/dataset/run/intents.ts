/**
 * The sweeps that the user wants, kept in the workspace's memory: when the window is loaded again, or the runner has
 * ended, they go on. A sweep that was paused, cancelled or finished is no longer wanted. Pure.
 */
import * as v from 'valibot';
import { read } from '../../../core/schema';
import type { VersionId } from '../../../protocol/dataset';

export interface Intents {
  /** The versions of a run file whose sweep is wanted. */
  of(run: string): readonly VersionId[];
  set(run: string, version: VersionId, wanted: boolean): void;
}

/** The part of `vscode.Memento` that is needed. */
export interface Memory {
  get<T>(key: string): T | undefined;
  update(key: string, value: unknown): PromiseLike<void>;
}

const KEY = 'sweeps';
const MOST = 200;
const KEPT = v.array(v.tuple([v.string(), v.number()]));

export function createIntents(memory: Memory): Intents {
  const found = read(KEPT, memory.get<unknown>(KEY) ?? []);
  let kept = 'value' in found ? found.value : [];
  return {
    of: (run) => kept.filter(([file]) => file === run).map(([, version]) => version),
    set(run, version, wanted) {
      const isKept = kept.some(([file, one]) => file === run && one === version);
      if (isKept === wanted) return;
      kept = wanted
        ? [...kept, [run, version] as [string, number]].slice(-MOST)
        : kept.filter(([file, one]) => file !== run || one !== version);
      void memory.update(KEY, kept);
    },
  };
}
