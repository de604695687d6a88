/** The searches for clusters of a run file, and which of them are still wanted. Pure. */
import { toExplainError } from '../../../core/errors';
import { CLUSTERED_BY, type ClusteredBy } from '../../../protocol/clusters';
import type { RunInfo, VersionId, Work } from '../../../protocol/dataset';
import type { RunnerRequests } from '../../../protocol/runner';
import type { Intents } from './intents';

interface Search {
  readonly version: VersionId;
  readonly by: ClusteredBy;
}

type Params = RunnerRequests['findClusters']['params'];
type Ask = (params: Params) => Promise<RunnerRequests['findClusters']['result']>;

export interface Finding {
  /** Starts a search for the clusters of some classes, or of all, which goes on when the window is loaded again. */
  find(search: Search, classes: readonly number[] | undefined, ask: Ask): Promise<void>;
  /** Goes on with the searches that are wanted, in a runner's process that has just begun. */
  resume(info: RunInfo): void;
  /** Takes note of what the runner says about its work. */
  took(work: readonly Work[]): void;
  /** Takes note that work was paused, resumed or cancelled. */
  asked(work: number, name: 'pause' | 'resume' | 'cancel'): void;
  /** The searches that are wanted. */
  wanted(): readonly Search[];
}

interface FindingOptions {
  readonly run: string;
  readonly intents: Intents;
  device(): Params['device'];
  log(line: string): void;
  /** Asks the process that is running. */
  readonly call: Ask;
}

export function createFinding({ run, intents, device, log, call }: FindingOptions): Finding {
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

  const wanted = () =>
    CLUSTERED_BY.flatMap((by) => intents.of(run, `clusters by ${by}`).map((version) => ({ version, by })));

  async function begin(search: Search, ask: Ask): Promise<void> {
    want(search, true);
    try {
      const { work } = await ask({ run, ...search, device: device() });
      begun.set(work, search);
      // It may be over before it is known by its number.
      took(last);
    } catch (thrown) {
      want(search, false);
      throw thrown;
    }
  }

  return {
    async find(search, classes, ask) {
      if (classes) await ask({ run, ...search, classes, device: device() });
      else await begin(search, ask);
    },
    resume({ versions }) {
      for (const search of wanted()) {
        const version = versions.find(({ id }) => id === search.version);
        if (!version || version.unavailable !== undefined) continue;
        begin(search, call).catch((thrown) => log(toExplainError(thrown).message));
      }
    },
    took,
    asked(work, name) {
      const search = begun.get(work);
      if (search) want(search, name === 'resume');
      // What is said of it from now on has nothing to do with a later search.
      if (name === 'cancel') begun.delete(work);
    },
    wanted,
  };
}
