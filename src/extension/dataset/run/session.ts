/**
 * An open run file: what the runner has told about it, and the requests of its pages. When the runner's process ends,
 * the file is opened again, lists are made again, and sweeps, maps, searches for clusters and repairs go on. Pure.
 */
import { type ExplainError, errors, toExplainError } from '../../../core/errors';
import type { ClusteredBy } from '../../../protocol/clusters';
import type { MapChoice, RunInfo, Selection, VersionId, Work } from '../../../protocol/dataset';
import type { Asked, ToDatasetPage } from '../../../protocol/dataset-page';
import type { DeviceChoice } from '../../../protocol/devices';
import type { RunnerRequests } from '../../../protocol/runner';
import type { RepairInfo } from '../../../protocol/training';
import { createFinding } from './finding';
import type { Intents } from './intents';
import { createLists, type Lists, withNumbers } from './lists';
import { createOpening } from './opening';
import { createRepairing } from './repairing';
import { type CallRunner, hasEnded, type RunnerEvents, type RunnerName } from './runner-call';
import { createSweeping } from './sweeping';
import { createWantedMaps, type MapIntents } from './wanted-maps';
import { createWatching } from './watching';

/** What a session tells its pages. */
export type Told = Extract<
  ToDatasetPage,
  { type: 'info' | 'work' | 'rows' | 'repair' | 'added' | 'notice' | 'broken' }
>;

type Params<N extends RunnerName> = Omit<RunnerRequests[N]['params'], 'run'>;
type FirstRows = RunnerRequests['list']['events']['first'];

export interface Session {
  readonly run: string;
  /** Undefined until the file is open. */
  readonly info: RunInfo | undefined;
  readonly work: readonly Work[];
  /** Why the file can't be used. */
  readonly broken: string | undefined;
  readonly lists: Pick<Lists, 'find'>;
  /** The repairs of which something was told, by their numbers. */
  readonly repairs: ReadonlyMap<number, RepairInfo>;
  /** Calls the listener with everything that is told from now on, until the returned function is called. */
  listen(listener: (told: Told) => void): () => void;
  /** Resolves when the file is open; rejects if it can't be used. */
  ready(): Promise<RunInfo>;
  /** A request about this run file. The lists in it have our numbers. */
  call<N extends RunnerName>(name: N, params: Params<N>, on?: RunnerEvents<N>): Promise<RunnerRequests[N]['result']>;
  /** A request of a page. */
  ask(asked: Asked, first?: (rows: FirstRows) => void): Promise<unknown>;
  /** Starts the sweep of a version, or goes on with it. */
  sweep(version: VersionId): Promise<void>;
  /** Starts to find the clusters of some classes, or of all. */
  findClusters(version: VersionId, by: ClusteredBy, classes?: readonly number[]): Promise<void>;
  /** Starts to compute maps of rows by a method. */
  compute(version: VersionId, of: Selection | 'all' | 'wrong', method: MapChoice): Promise<void>;
  /** Watches the files of its models, or leaves them, as is wanted now. */
  watchAgain(): void;
  /** Opens the file again if it could not be used. */
  retry(): void;
  /** The file can't be used any more: the work on it stops, and pages say why. */
  fail(error: ExplainError): void;
  close(): void;
}

export interface SessionOptions {
  readonly run: string;
  readonly call: CallRunner;
  readonly intents: Intents;
  readonly mapIntents: MapIntents;
  device(): DeviceChoice;
  /** Whether the files of its models are to be watched. */
  watches(): boolean;
  log(line: string): void;
}

/** How often in a row the process may end while nothing is done, before it is left alone. */
const MOST_ENDS = 3;
const RESTARTED = 'The process that computes had ended and was started again. What was done before is kept.';
/** Requests that may have taken effect before the process ended: they are not sent twice. */
const ONCE: readonly RunnerName[] = ['undo', 'repair', 'goOn'];

export function createSession(options: SessionOptions): Session {
  const { run, call, intents, mapIntents, device, watches, log } = options;
  const listeners = new Set<(told: Told) => void>();
  const opening = createOpening();
  const lists = createLists(
    () => opening.process,
    (version, query) => call('list', { run, version, query, first: 0 }),
  );
  const finding = createFinding({ run, intents, device, log, call: (params) => call('findClusters', params) });
  const notice = (text: string) => tell({ type: 'notice', text });
  const maps = createWantedMaps({ run, intents: mapIntents, lists, call, device, notice, log });
  let following = new AbortController();
  let isClosed = false;
  const sweeping = createSweeping({
    ...{ run, intents, log, isClosed: () => isClosed },
    call: (version) => call('sweep', { run, version, device: device() }),
  });
  const repairing = createRepairing({ run, intents, call, device, log, tell });
  let info: RunInfo | undefined;
  let work: readonly Work[] = [];
  let broken: string | undefined;
  let ends = 0;

  function tell(told: Told): void {
    for (const listener of listeners) listener(told);
  }

  const watching = createWatching({
    ...{ run, call, device, watches, log },
    tell(told) {
      // The runner sweeps it; should its process end meanwhile, the sweep goes on.
      if (told.type === 'added') intents.set(run, told.version, true);
      tell(told);
    },
  });

  function takeInfo(next: RunInfo): void {
    info = next;
    tell({ type: 'info', info });
  }

  function takeWork(next: readonly Work[]): void {
    if (next.some(({ id, done }) => done > (work.find((one) => one.id === id)?.done ?? done))) ends = 0;
    work = next;
    finding.took(work);
    sweeping.took(work);
    maps.told(work);
    tell({ type: 'work', work });
  }

  /**
   * Follows the file in one process, until that ends or nobody follows any more.
   *
   * @param again aborted when the file is to be opened anew
   */
  async function follow(outer: AbortSignal, again: AbortController): Promise<void> {
    const signal = AbortSignal.any([outer, again.signal]);
    const found = await call('open', { run }, { signal });
    broken = undefined;
    takeInfo(found);
    opening.opened();
    // Another process may hold it, such as the runner of this window before it was loaded again: what is wanted waits.
    if (found.readOnly === undefined || !isAnyWanted()) resume(found);
    if (found.readOnly === undefined) watching.begin(signal);
    const on: RunnerEvents<'follow'> = {
      work: takeWork,
      rows: (rows) => tell({ type: 'rows', ...rows }),
      info: takeInfo,
      repair: repairing.told,
      free: () => again.abort(),
    };
    await call('follow', { run }, { signal, timeout: Number.POSITIVE_INFINITY, on });
  }

  /** Goes on with what is wanted. */
  function resume(found: RunInfo): void {
    void maps.resume(found);
    sweeping.resume(found);
    finding.resume(found);
    void repairing.resume();
  }

  const isAnyWanted = () =>
    [sweeping.wanted(), mapIntents.of(run), finding.wanted(), repairing.wanted()].some(({ length }) => length > 0);

  /** Follows the file through every process. */
  async function live(controller: AbortController): Promise<void> {
    while (!controller.signal.aborted) {
      const again = new AbortController();
      try {
        await follow(controller.signal, again);
        return;
      } catch (thrown) {
        if (controller.signal.aborted) return;
        if (again.signal.aborted) {
          leave();
          opening.lost();
          continue;
        }
        const error = toExplainError(thrown);
        log(error.message);
        takeWork([]);
        ends += 1;
        if (!hasEnded(error.code) || ends > MOST_ENDS) return give(error);
        opening.lost();
        if (error.code !== 'cancelled') notice(RESTARTED);
      }
    }
  }

  function give(error: ExplainError): void {
    broken = error.message;
    opening.failed(error);
    tell({ type: 'broken', message: error.message });
  }

  function leave(): void {
    if (opening.isOpen) call('close', { run }).catch((thrown) => log(toExplainError(thrown).message));
  }

  async function request<N extends RunnerName>(name: N, params: Params<N>, on?: RunnerEvents<N>) {
    // TypeScript can't tell that these are the parameters of N.
    const send = async () =>
      call(name, { ...(await withNumbers(lists, params)), run } as RunnerRequests[N]['params'], on && { on });
    await opening.after(0);
    const { process } = opening;
    try {
      return await send();
    } catch (thrown) {
      const error = toExplainError(thrown);
      if (isClosed || !hasEnded(error.code) || ONCE.includes(name)) throw error;
      await opening.after(process);
      return send();
    }
  }

  /** What the pages' requests say about the work that is wanted. */
  function noteIntent({ name, params }: Asked): void {
    if (name !== 'pause' && name !== 'resume' && name !== 'cancel') return;
    for (const kind of [sweeping, finding, repairing]) kind.asked(params.work, name);
    maps.asked(params.work, name === 'resume');
  }

  void live(following);

  return {
    run,
    lists,
    repairs: repairing.known,
    get info() {
      return info;
    },
    get work() {
      return work;
    },
    get broken() {
      return broken;
    },
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async ready() {
      await opening.after(0);
      // It is told before the file counts as open.
      return info!;
    },
    call: request,
    async ask(asked, first) {
      noteIntent(asked);
      const own = repairing.ask(asked, request);
      if (own) return own;
      if (asked.name !== 'list') return request(asked.name, asked.params);
      const { version, query } = asked.params;
      const made = await request('list', asked.params, first && { first });
      return lists.add(version, query, made);
    },
    sweep: (version) => sweeping.sweep(version, (id) => request('sweep', { version: id, device: device() })),
    findClusters: (version, by, classes) =>
      finding.find({ version, by }, classes, (params) => request('findClusters', params)),
    async compute(version, of, method) {
      const started = await request('compute', { version, of, method, device: device() });
      maps.started(started.work, version, of, method);
      maps.told(work);
    },
    watchAgain: watching.update,
    retry() {
      if (broken === undefined || isClosed) return;
      broken = undefined;
      ends = 0;
      opening.lost();
      following = new AbortController();
      void live(following);
    },
    fail(error) {
      following.abort();
      leave();
      give(error);
    },
    close() {
      isClosed = true;
      following.abort();
      leave();
      listeners.clear();
      opening.failed(errors.cancelled());
    },
  };
}
