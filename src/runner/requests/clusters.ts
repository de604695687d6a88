/** The requests about clusters. */

import { pausing } from '../../files/pause';
import type { RunnerRequests, RunnerService } from '../../protocol/runner';
import type { Place } from '../models/places';
import { findClusters } from '../work/clusters';
import { goOnOrStart, type Tools } from './tools';

type Params = RunnerRequests['findClusters']['params'];

export function clusterRequests({
  files,
  works,
  places,
  taskOf,
}: Tools): Pick<RunnerService, 'findClusters' | 'clusters' | 'scatter'> {
  /** By the id of work: what was asked for. */
  const asked = new Map<number, string>();

  function start({ run: name, version, device, by, classes }: Params): { readonly work: number } {
    const run = files.get(name);
    const wanted = JSON.stringify([run.path, version, by, classes]);
    return goOnOrStart(
      works,
      run,
      ({ id }) => asked.get(id) === wanted,
      () => {
        const task = { ...taskOf(run, version, device), categories: run.info().categories };
        const work = works.add({
          run: run.path,
          kind: 'clusters',
          version,
          total: 0,
          perform: (control) => {
            const slice = pausing(control.signal);
            const pause = async () => {
              await slice();
              if (!control.goesOn()) await control.turn();
            };
            const find = (place: Place) =>
              findClusters({ ...task, ...place, by, classes, pause, found: run.infoChanged }, control);
            return places.withModel(run, version, control.signal, find).finally(() => asked.delete(work));
          },
        });
        asked.set(work, wanted);
        return work;
      },
    );
  }

  return {
    findClusters: async (params) => start(params),
    clusters: async ({ run, version, by }) => files.get(run).file.clusters.sets(version, by),
    scatter: async ({ run, version, set }) => files.get(run).file.clusters.scatter(version, set),
  };
}
