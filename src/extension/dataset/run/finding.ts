/** The searches for clusters of a run file, and which of them are still wanted. Pure. */
import { CLUSTERED_BY, type ClusteredBy } from '../../../protocol/clusters';
import type { VersionId, Work } from '../../../protocol/dataset';
import type { Intents } from './intents';

interface Search {
  readonly version: VersionId;
  readonly by: ClusteredBy;
}

export interface Finding {
  /** A search for the clusters of all classes; it goes on when the window is loaded again. */
  begin(search: Search, start: () => Promise<{ readonly work: number }>): Promise<void>;
  /** Takes note of what the runner says about its work. */
  took(work: readonly Work[]): void;
  /** Takes note that work was paused, resumed or cancelled. */
  asked(work: number, name: 'pause' | 'resume' | 'cancel'): void;
  /** The searches that are wanted. */
  wanted(): readonly Search[];
}

export function createFinding(run: string, intents: Intents): Finding {
  /** By the number of their work, in the runner's process that is running. */
  const begun = new Map<number, Search>();
  let last: readonly Work[] = [];
  const want = ({ version, by }: Search, wanted: boolean) => intents.set(run, version, wanted, `clusters by ${by}`);

  function took(work: readonly Work[]): void {
    last = work;
    for (const { id, state } of work) {
      const search = begun.get(id);
      if (!search || (state !== 'done' && state !== 'failed')) continue;
      begun.delete(id);
      want(search, false);
    }
  }

  return {
    async begin(search, start) {
      want(search, true);
      try {
        const { work } = await start();
        begun.set(work, search);
        // It may be over before it is known by its number.
        took(last);
      } catch (thrown) {
        want(search, false);
        throw thrown;
      }
    },
    took,
    asked(work, name) {
      const search = begun.get(work);
      if (search) want(search, name === 'resume');
      // What is said of it from now on has nothing to do with a later search.
      if (name === 'cancel') begun.delete(work);
    },
    wanted: () =>
      CLUSTERED_BY.flatMap((by) => intents.of(run, `clusters by ${by}`).map((version) => ({ version, by }))),
  };
}
