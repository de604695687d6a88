/** The requests about versions: what changed between them, and which there are. */
import type { RunnerRequests, RunnerService } from '../../protocol/runner';
import { findShift } from '../work/shift';
import { abortSignal, goOnOrStart, type Tools, versionOf } from './tools';
import { watchModels } from './watch';

type Asked = 'compare' | 'shifts' | 'findShift' | 'trend' | 'watch' | 'nameVersion' | 'pinVersion' | 'removeVersion';

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
