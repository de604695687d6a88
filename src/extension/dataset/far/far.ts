/**
 * Sweeps that the workers of a queue compute. Which these are is kept in the workspace's memory, and the queue's address in the
 * secret storage alone, so that the editor follows them again after a reload of the window or a crash. Pure.
 */
import * as v from 'valibot';
import { fields, read } from '../../../core/schema';
import type { VersionId } from '../../../protocol/dataset';
import type { RunnerRequests } from '../../../protocol/runner';
import type { Intents, Memory } from '../run/intents';
import type { CallRunner } from '../run/runner-call';

/** The part of `vscode.SecretStorage` that is needed. */
export interface Secrets {
  get(key: string): PromiseLike<string | undefined>;
  store(key: string, value: string): PromiseLike<void>;
  delete(key: string): PromiseLike<void>;
}

export interface Far {
  /** The address that was given last, for any run file. */
  last(): Promise<string | undefined>;
  /** From now on the sweep of this version is the workers' work. */
  set(run: string, version: VersionId, shared: string, address: string): Promise<void>;
  forget(run: string, version: VersionId): void;
  /** The sweep was shared, and this command line starts a worker. */
  shared(run: string, version: VersionId, worker: string): void;
  worker(run: string, version: VersionId): string | undefined;
  /** Where the sweep is shared, if it is the workers' work. */
  of(run: string, version: VersionId): Promise<{ readonly shared: string; readonly queue: string } | undefined>;
}

const KEY = 'far';
const LAST = 'queue';
const MOST = 50;
const KEPT = v.array(fields({ run: v.string(), version: v.number(), shared: v.string() }));

const workerOf = (run: string, version: VersionId): string => `${version} of ${run}`;
const secretOf = (run: string): string => `${LAST} of ${run}`;

export function createFar(memory: Memory, secrets: Secrets): Far {
  const found = read(KEPT, memory.get<unknown>(KEY) ?? []);
  let kept = 'value' in found ? found.value : [];
  const workers = new Map<string, string>();
  const keep = (next: typeof kept): void => {
    kept = next.slice(-MOST);
    void memory.update(KEY, kept);
  };
  const others = (run: string, version: VersionId) => kept.filter((one) => one.run !== run || one.version !== version);
  return {
    last: async () => secrets.get(LAST),
    async set(run, version, shared, address) {
      await secrets.store(secretOf(run), address);
      await secrets.store(LAST, address);
      keep([...others(run, version), { run, version, shared }]);
    },
    forget(run, version) {
      const left = others(run, version);
      if (left.length === kept.length) return;
      keep(left);
      if (!left.some((one) => one.run === run)) void secrets.delete(secretOf(run));
    },
    shared: (run, version, worker) => void workers.set(workerOf(run, version), worker),
    worker: (run, version) => workers.get(workerOf(run, version)),
    async of(run, version) {
      const one = kept.find((each) => each.run === run && each.version === version);
      const queue = one && (await secrets.get(secretOf(run)));
      return one && queue !== undefined ? { shared: one.shared, queue } : undefined;
    },
  };
}

/** Calls of the runner, in which a sweep that is the workers' work is shared instead. */
export function farCall(call: CallRunner, far: Pick<Far, 'of' | 'shared'>): CallRunner {
  return async (name, params, options) => {
    if (name !== 'sweep') return call(name, params, options);
    const { run, version } = params as RunnerRequests['sweep']['params'];
    const shared = await far.of(run, version);
    if (!shared) return call(name, params, options);
    // The version and the list of images are as they were made: with their labels, mapping and limit.
    const wanted = { run, what: { version }, ...shared };
    const { work, worker } = await call('distribute', wanted, { signal: options?.signal });
    far.shared(run, version, worker);
    // TypeScript can't tell that this is the result of a sweep.
    return { work } as RunnerRequests[typeof name]['result'];
  };
}

/** Intents that forget who computes a sweep which nobody wants any more. */
export function forgettingIntents(intents: Intents, far: Pick<Far, 'forget'>): Intents {
  return {
    of: intents.of,
    set(run, version, wanted, what) {
      if (!wanted && (what ?? 'sweep') === 'sweep') far.forget(run, version);
      intents.set(run, version, wanted, what);
    },
  };
}
