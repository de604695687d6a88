/** The requests about versions: what changed between them, and which there are. */
import { datasetErrors } from '../../core/dataset-errors';
import { classesOfCategories, withoutClasses } from '../../files/datasets/classes';
import type { RunInfo } from '../../protocol/dataset';
import type { RunnerRequests, RunnerService } from '../../protocol/runner';
import { areSame, mappingFor } from '../mapping';
import { findShift } from '../work/shift';
import { abortSignal, goOnOrStart, type Tools, versionOf } from './tools';
import { watchModels } from './watch';

type Asked =
  | 'mapClasses'
  | 'compare'
  | 'shifts'
  | 'findShift'
  | 'trend'
  | 'watch'
  | 'nameVersion'
  | 'pinVersion'
  | 'removeVersion';

export function versionRequests(tools: Tools): Pick<RunnerService, Asked> {
  const { files, works, places } = tools;

  return {
    compare: ({ run, a, b }, { signal }) => files.get(run).file.compare(a, b, signal),
    shifts: async ({ run, a, b, items }) => ({ shifts: files.get(run).file.shifts(a, b, items) }),
    findShift: async (params) => startShift(tools, params),
    trend: ({ run }, { signal }) => files.get(run).file.trend(signal),
    watch: async ({ run, device }, { signal, emit }) => {
      await watchModels(tools, run, device, abortSignal(signal), {
        added: (version) => emit('added', version),
        failed: (message) => emit('failed', { message }),
      });
      return {};
    },
    mapClasses: (params) => mapClasses(tools, params),
    nameVersion: async ({ run: name, version, name: wanted }) => {
      const run = files.get(name);
      run.writable().nameVersion(version, wanted);
      run.userChanged();
      return {};
    },
    pinVersion: async ({ run: name, version, pinned }, { signal }) => {
      const run = files.get(name);
      run.writable().pinVersion(version, pinned);
      await places.keep(run, version, abortSignal(signal));
      await run.lookAtModels();
      run.userChanged();
      return {};
    },
    removeVersion: async ({ run: name, version }) => {
      const run = files.get(name);
      const file = run.writable();
      versionOf(run, version);
      await works.cancelOf(run.path, version);
      const { hash } = file.versionChoice(version);
      await works.between(run.path, () => file.removeVersion(version));
      await places.removed(run, version, hash);
      run.userChanged();
      return {};
    },
  };
}

async function mapClasses(
  { files, works }: Tools,
  { run: name, version: shown }: RunnerRequests['mapClasses']['params'],
): Promise<RunInfo> {
  const run = files.get(name);
  const file = run.writable();
  await run.lookAtModels();
  const { labels, file: model, unavailable } = versionOf(run, shown);
  if (model === undefined) throw datasetErrors.workFailed(unavailable ?? 'its model can not be run');
  const { mapping: given } = await mappingFor({ run: run.path, known: run.info().versions }, labels);
  await works.between(run.path, () => {
    const { categories, versions, notes } = run.info();
    const found = classesOfCategories(categories, labels, given, file.isAnnotated());
    const same = versions.filter((version) => version.file !== undefined && areSame(version.labels, labels));
    file.setMeanings(new Map(same.map(({ id }) => [id, found.classes])), [...withoutClasses(notes), ...found.notes]);
    run.listedAgain();
    for (const { id } of same) run.rowsChanged(id);
  });
  run.userChanged();
  return run.info();
}

function startShift(
  { files, works, places, engine, taskOf }: Tools,
  { run: name, a, b, device }: RunnerRequests['findShift']['params'],
): { readonly work: number } {
  const run = files.get(name);
  return goOnOrStart(
    works,
    run,
    (work) => work.kind === 'shift' && work.version === b && work.from === a,
    () => {
      const { file } = taskOf(run, b, device);
      const before = versionOf(run, a);
      return works.add({
        run: run.path,
        kind: 'shift',
        version: b,
        from: a,
        total: Math.min(before.done, versionOf(run, b).done),
        perform: (control) =>
          findShift(
            {
              file,
              a: before,
              b: versionOf(run, b),
              device,
              engine,
              withModel: (use) => places.withModel(run, b, control.signal, use),
            },
            control,
          ).finally(run.infoChanged),
      });
    },
  );
}
