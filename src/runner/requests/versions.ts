/** The requests about versions: what changed between them, and which there are. */
import type { RunnerService } from '../../protocol/runner';
import type { RunFile } from '../store/form';
import { notBuilt, type Tools, versionOf } from './tools';

type Asked = 'compare' | 'findShift' | 'trend' | 'watch' | 'nameVersion' | 'pinVersion' | 'removeVersion';

export function versionRequests({ files, works }: Tools): Pick<RunnerService, Asked> {
  /** Changes a version. Followers know of it before the answer comes. */
  function change(name: string, act: (file: RunFile) => void): Record<never, never> {
    const run = files.get(name);
    act(run.writable());
    run.userChanged();
    return {};
  }

  return {
    compare: ({ run, a, b }, { signal }) => files.get(run).file.compare(a, b, signal),
    findShift: notBuilt,
    trend: ({ run }, { signal }) => files.get(run).file.trend(signal),
    watch: notBuilt,
    nameVersion: async ({ run, version, name }) => change(run, (file) => file.nameVersion(version, name)),
    pinVersion: async ({ run, version, pinned }) => change(run, (file) => file.pinVersion(version, pinned)),
    removeVersion: async ({ run: name, version }) => {
      const run = files.get(name);
      const file = run.writable();
      versionOf(run, version);
      await works.cancelOf(run.path, version);
      await works.between(run.path, () => file.removeVersion(version));
      run.userChanged();
      return {};
    },
  };
}
