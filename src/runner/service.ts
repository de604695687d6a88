/** The runner's answers to all requests. */
import type { Engine } from '../client/engine';
import type { VersionId } from '../protocol/dataset';
import type { RunnerRequests, RunnerService } from '../protocol/runner';
import { atlasOf } from './atlas';
import { createRunnerEngine } from './engine';
import { createKeptModels } from './models/kept';
import { createPlaces, type Place } from './models/places';
import { openRunFile } from './open-file';
import { prepared, writePrepared } from './prepare';
import { rememberedIn } from './remembered';
import { clusterRequests } from './requests/clusters';
import { distributeRequest } from './requests/distribute';
import { createRepairs } from './requests/repairs';
import { abortSignal, goOnOrStart, type Tools, versionOf } from './requests/tools';
import { versionRequests } from './requests/versions';
import { createRunFiles, type OpenRun } from './run-files';
import { writeSheet } from './sheet';
import type { OpenRunFile, RunFile } from './store/form';
import { picturesOf, THUMBNAIL } from './thumbnails';
import { computeMaps } from './work/maps';
import { type SweepTask, sweep } from './work/sweep';
import { createWorks } from './work/works';

export interface RunnerOptions {
  /** Folder of the files with thumbnails; without it none are made while images are computed. */
  readonly thumbnails?: string | undefined;
  /** Folder of the copies of models, and the bytes of all of them; without it none are kept. */
  readonly models?: { readonly folder: string; readonly limit: number } | undefined;
  /** Milliseconds between two looks at the file of a model that is watched; by default a second. */
  readonly watchInterval?: number;
  /** Gets the lines that the engine's process writes. */
  readonly log: (line: string) => void;
  /** Gets what happens to a queue, in words for people; by default as `log`. */
  readonly say?: (line: string) => void;
  /** Whether people do something else meanwhile, so that the engine gets the lowest priority. */
  readonly inBackground?: boolean;
  /** The engine's bundle; by default beside this one. */
  readonly engine?: string;
  /** Whether files are only read, so that others may write to them meanwhile. */
  readonly onlyReads?: boolean;
  readonly openRunFile?: OpenRunFile;
}

const WATCH_INTERVAL = 1000;

export interface Runner {
  readonly service: RunnerService;
  readonly engine: Engine;
  /** Ends all work, closes all files, and ends the engine. */
  dispose(): Promise<void>;
}

export function createRunnerService(options: RunnerOptions): Runner {
  const engine = createRunnerEngine(options.log, options.inBackground ?? false, options.engine);
  const kept = options.models && createKeptModels(options.models.folder, options.models.limit, engine);
  const places = createPlaces(engine, kept, options.log);
  const repairs = createRepairs(() => tools);
  const workChanged = (file: string): void => {
    files.workChanged(file);
    repairs.workChanged(file);
  };
  const works = createWorks(workChanged, options.log);
  const files = createRunFiles({
    openRunFile: options.openRunFile ?? openRunFile,
    works: () => works,
    thumbnails: options.thumbnails,
    onlyReads: options.onlyReads ?? false,
    kept,
    log: options.log,
  });

  /** What the work on a version needs. */
  function taskOf(run: OpenRun, version: VersionId, device: SweepTask['device']): Omit<SweepTask, keyof Place> {
    return {
      file: run.writable(),
      version: versionOf(run, version),
      device,
      engine,
      shown: () => run.shown(version),
      ...(options.thumbnails !== undefined && { thumbnail: THUMBNAIL }),
      committed: () => run.rowsChanged(version),
    };
  }

  async function prepare(
    params: RunnerRequests['prepare']['params'],
    { signal, emit }: Parameters<RunnerService['prepare']>[1],
  ) {
    const found = await prepared(
      params,
      await rememberedIn(files, params),
      engine,
      (images) => emit('listed', images),
      abortSignal(signal),
    );
    const run = await files.open(params.run, true);
    try {
      const entered = await run.writable().enter(found.dataset, signal);
      const versions = await works.between(run.path, () => {
        const written = writePrepared(run.writable(), found, entered);
        run.listedAgain();
        return written;
      });
      await run.lookAtModels();
      run.infoChanged();
      return { ...run.info(), prepared: versions };
    } finally {
      await files.close(params.run);
    }
  }

  const startSweep: Tools['sweep'] = (run, version, device, urgent) =>
    goOnOrStart(
      works,
      run,
      (work) => work.kind === 'sweep' && work.version === version,
      () => {
        const task = taskOf(run, version, device);
        return works.add({
          run: run.path,
          kind: 'sweep',
          version,
          total: run.info().items,
          ...urgent,
          async perform(control) {
            try {
              await places.keep(run, version, control.signal);
              const sweepBy = (place: Place) => sweep({ ...task, ...place }, control);
              // Who is urgent follows a file that may be overwritten at any time.
              await places.withModel(run, version, control.signal, sweepBy, urgent !== undefined);
            } finally {
              void run.lookAtModels().then(run.infoChanged);
            }
          },
        });
      },
    );

  function startMaps({ run: name, version, device, method, of }: RunnerRequests['compute']['params']) {
    const run = files.get(name);
    const task = taskOf(run, version, device);
    const items = task.file.itemsOf(version, of);
    const work = works.add({
      run: run.path,
      kind: 'maps',
      version,
      method: method.method,
      total: items.length,
      perform: (control) =>
        places.withModel(run, version, control.signal, (place) =>
          computeMaps({ ...task, ...place, method, items }, control),
        ),
    });
    return { work };
  }

  const tools: Tools = {
    engine,
    files,
    works,
    places,
    kept,
    watchInterval: options.watchInterval ?? WATCH_INTERVAL,
    taskOf,
    sweep: startSweep,
  };

  /** Passes a request on to the run file. */
  const ask = <R>(name: string, answer: (file: RunFile) => R | Promise<R>): Promise<R> =>
    Promise.resolve(answer(files.get(name).file));
  /** The same for what changes it. Followers know of the change before the answer comes. */
  const change = async <R>(name: string, act: (file: RunFile) => R | Promise<R>): Promise<R> => {
    const run = files.get(name);
    const result = await act(run.writable());
    run.userChanged();
    return result;
  };

  const service: RunnerService = {
    prepare,
    open: async ({ run: name }) => {
      const run = await files.open(name, false);
      void run.lookAtModels();
      return run.info();
    },
    close: async ({ run }) => {
      await files.close(run);
      return {};
    },
    follow: async ({ run }, context) => {
      await files.get(run).follow(context);
      return {};
    },
    list: ({ run, ...params }, context) => ask(run, (file) => file.list(params, context)),
    rows: ({ run, ...params }, context) => ask(run, (file) => file.rows(params, context)),
    row: ({ run, ...params }, context) => ask(run, (file) => file.row(params, context)),
    pictures: ({ run, version, items, maps }, { signal }) =>
      ask(run, (file) => picturesOf(file, engine, version, items, maps, abortSignal(signal))),
    histograms: ({ run, ...params }, context) => ask(run, (file) => file.histograms(params, context)),
    classes: ({ run, ...params }, context) => ask(run, (file) => file.classes(params, context)),
    atlas: ({ run, version, by, indices }, { signal }) =>
      ask(run, (file) => atlasOf(file, engine, version, by, indices, abortSignal(signal))),
    sweep: async ({ run, version, device }) => startSweep(files.get(run), version, device),
    compute: async (params) => startMaps(params),
    ...distributeRequest(tools, options.say ?? options.log),
    ...clusterRequests(tools),
    ...versionRequests(tools),
    ...repairs.requests,
    pause: async ({ run, work }) => {
      works.pause(files.get(run).path, work);
      return {};
    },
    resume: async ({ run, work }) => {
      works.resume(files.get(run).path, work);
      return {};
    },
    cancel: async ({ run, work }) => {
      await works.cancel(files.get(run).path, work);
      return {};
    },
    show: async ({ run, version, items }) => {
      files.get(run).show(version, items);
      return {};
    },
    tag: ({ run, ...params }, context) => change(run, (file) => file.tag(params, context)),
    undo: ({ run, ...params }, context) => change(run, (file) => file.undo(params, context)),
    tagKey: ({ run, ...params }, context) => change(run, (file) => file.tagKey(params, context)),
    saveView: ({ run, ...params }, context) => change(run, (file) => file.saveView(params, context)),
    removeView: ({ run, ...params }, context) => change(run, (file) => file.removeView(params, context)),
    importTags: ({ run, ...params }, context) => change(run, (file) => file.importTags(params, context)),
    export: ({ run: name, version, of, kind, output }, { signal }) => {
      const run = files.get(name);
      if (kind !== 'sheet') return run.file.export(version, of, kind, output, signal);
      return writeSheet(run, engine, versionOf(run, version), of, output, abortSignal(signal));
    },
  };
  return {
    service,
    engine,
    dispose: async () => {
      await files.closeAll();
      engine.dispose();
    },
  };
}
