/** Finds the clusters of classes, and how suspicious they are; then places their images on a plane. */

import { meanShare } from '../../core/clusters/cells';
import type { Clusters } from '../../core/clusters/clusters';
import { nearestToCentre } from '../../core/clusters/clusters';
import { firstTwo, inUnitSquare } from '../../core/clusters/places';
import type { Points } from '../../core/clusters/points';
import { evenly, type Outside } from '../../core/clusters/suspicion';
import { datasetErrors } from '../../core/dataset-errors';
import { toExplainError } from '../../core/errors';
import { quantised } from '../../core/measures/quantise';
import { type ClusteredBy, FEWEST_IMAGES } from '../../protocol/clusters';
import type { ItemId } from '../../protocol/dataset';
import { meanImage, PICTURES } from '../atlas';
import { clusterPlan, smallText, targetOf, toBePlaced } from '../plan/clusters';
import type { NewCluster, NewClusterSet } from '../store/clusters/form';
import { NONE } from '../store/clusters/records';
import { asListed } from './classes';
import { type ClassPoints, clustersIn, type EveryMean, everyMean, type Pause, pointsOfClass } from './cluster-points';
import { DIED, type Judged, judged } from './cluster-suspicion';
import type { SweepTask } from './sweep';
import type { Control } from './works';

export interface ClusterTask extends SweepTask {
  readonly by: ClusteredBy;
  /** Names of the dataset's categories, to which indices refer where clusters are by true class. */
  readonly categories: readonly string[];
  /** Those that were asked for; undefined for all that have enough images. */
  readonly classes: readonly number[] | undefined;
  /** Lets others work, and stops. */
  readonly pause: Pause;
  /** Called after a set was written. */
  readonly found: () => void;
}

/** Images that are shown of a cluster, and those whose boxes have to be known before they count. */
const EXAMPLES = 9;
const BOXES = 5;
const SEED = 0;
/** Classes in a row on which the engine may end before no more are judged. */
const DEATHS = 3;
/** Images whose points are kept for their places; those of more are made again. */
const KEPT = 500_000;

/** @throws cancelled, with the sets before it kept; what the run file throws */
export async function findClusters(task: ClusterTask, control: Control): Promise<void> {
  const { file, version, by, classes: wanted } = task;
  const store = file.clusters;
  const check = (): void => {
    if (by === 'predicted' || file.info().categories.join('\n') === task.categories.join('\n')) return;
    throw datasetErrors.workFailed('The classes of the dataset were listed anew meanwhile; find the clusters again.');
  };
  const turn = async (): Promise<void> => {
    await control.turn();
    check();
  };
  await turn();
  const judge = createJudge(task, control.signal);
  // Where nothing lacks, it does not matter whether the model can be run.
  const lacks = clusterPlan(store.classes(version.id, by), wanted, true).find.length > 0;
  if (lacks) await judge.look();
  const plan = clusterPlan(store.classes(version.id, by), wanted, judge.canJudge());
  const [total, small] = [plan.find.length + plan.small.length, plan.small.length];
  let done = 0;
  const report = (): void => {
    const notes = [...(small > 0 ? [smallText(plan.small, (index) => nameOf(task, index))] : []), ...judge.notes()];
    const failed = small + judge.failed();
    control.report({
      done: done - judge.failed(),
      failed,
      total,
      ...(notes.length > 0 && { reason: notes.join(' ') }),
      ...(!judge.canJudge() && { lacksModel: true }),
    });
  };
  report();
  for (const index of plan.remove) store.remove(version.id, by, index);
  if (plan.remove.length > 0) task.found();
  const every =
    plan.find.length > 0 && judge.canJudge()
      ? await everyMean(store, version.id, FEWEST_IMAGES, control.signal)
      : undefined;
  const kept = new Map<number, { readonly digest: string; readonly points: Points }>();
  let images = 0;
  for (const index of plan.find) {
    await turn();
    const members = store.members(version.id, by, index);
    const points = await pointsOfClass(store, version.id, members.items, task.pause);
    const set = points
      ? await clusterSet(task, index, members, points, every, judge)
      : { clusters: [], transplants: [], cluster: new Uint8Array(members.items.length).fill(NONE) };
    const places = points ? firstTwo(points.points) : new Float32Array(2 * members.items.length);
    check();
    store.commit(version.id, { ...members, ...set, by, class: index, places: inUnitSquare(places) });
    images += members.items.length;
    if (points && images <= KEPT) kept.set(index, { digest: members.digest, points: points.points });
    done++;
    report();
    task.found();
  }
  for (const index of toBePlaced(store.classes(version.id, by), wanted)) {
    await turn();
    const { items, digest } = store.members(version.id, by, index);
    const known = kept.get(index);
    kept.delete(index);
    const points =
      known?.digest === digest ? known.points : (await pointsOfClass(store, version.id, items, task.pause))?.points;
    const places = points ? await judge.orNone(() => layoutOf(task, points, judge.signal)) : undefined;
    if (points && !places) continue;
    check();
    store.place(version.id, by, index, digest, inUnitSquare(places ?? new Float32Array(2 * items.length)));
    task.found();
  }
}

const layoutOf = async ({ engine }: ClusterTask, { data, dimensions }: Points, signal: AbortSignal) =>
  (await engine.call('layout', { points: data, dimensions, seed: SEED }, { signal })).places;

const nameOf = ({ by, categories, version }: ClusterTask, index: number): string =>
  (by === 'true' ? categories[index] : version.labels[index]) ?? `class ${index}`;

interface Members {
  readonly items: Uint32Array;
  readonly predicted: Int32Array;
}

async function clusterSet(
  task: ClusterTask,
  index: number,
  { items, predicted }: Members,
  { points, ...maps }: ClassPoints,
  every: EveryMean | undefined,
  judge: Judge,
): Promise<Pick<NewClusterSet, 'clusters' | 'transplants' | 'cluster'>> {
  const { file, engine, version, by } = task;
  const { height, width } = maps;
  const found = await clustersIn({ points, ...maps }, task.pause);
  const cluster = new Uint8Array(items.length).fill(NONE);
  found.clusters.forEach((members, k) => {
    for (const m of members) cluster[m] = k;
  });
  const ids = (members: readonly number[]): ItemId[] => members.map((m) => items[m]!);
  const shapes = found.clusters.map((members) => ({
    members: ids(members),
    mean: meanShare(
      members.map((m) => maps.maps[m]!),
      height * width,
    ),
  }));
  await task.pause();
  const target = by === 'true' ? targetOf(asListed(task).version.classes[index] ?? [], predicted) : index;
  const answer =
    every && shapes.length > 0
      ? await judge.of(nameOf(task, index), target, (aim) => ({
          target: aim,
          shapes,
          context: { label: version.labels[aim] ?? nameOf(task, index), height, width, every: every.of(height, width) },
          outside: outsideOf(found, maps.energies),
        }))
      : undefined;
  const clusters: NewCluster[] = [];
  for (const [k, { members, mean }] of shapes.entries()) {
    const { lo, hi, data } = quantised(mean);
    const image = await judge.orNone(() =>
      meanImage(file, engine, version.id, evenly(members, PICTURES), judge.signal),
    );
    clusters.push({
      map: { height, width, lo, hi, values: data, offset: 0, signed: false },
      examples: ids(nearestToCentre(points, found.clusters[k]!, EXAMPLES)),
      ...(image && { image }),
      ...(answer && { suspicion: answer.suspicions[k]! }),
    });
  }
  return { clusters, cluster, transplants: answer?.transplants ?? [] };
}

/** By cluster: the mean share of heat outside the objects' boxes, in it and in the class. */
function outsideOf({ clusters }: Clusters, energies: ClassPoints['energies']): (Outside | undefined)[] {
  const meanOutside = (members: readonly number[]): number | undefined => {
    const known = members.flatMap((m) => energies[m] ?? []);
    return known.length < BOXES ? undefined : known.reduce((sum, energy) => sum + (1 - energy) / known.length, 0);
  };
  const all = meanOutside(clusters.flat());
  return clusters.map((members) => {
    const own = meanOutside(members);
    return own !== undefined && all !== undefined ? { cluster: own, class: all } : undefined;
  });
}

type Suspect = Parameters<typeof judged>[1];

/** Judges as long as the model can be run, and says why it does not. */
interface Judge {
  readonly signal: AbortSignal;
  look(): Promise<void>;
  canJudge(): boolean;
  /** Classes without a suspicion, though the model can be run. */
  failed(): number;
  notes(): readonly string[];
  of(name: string, target: number | undefined, suspect: (target: number) => Suspect): Promise<Judged | undefined>;
  /** Undefined where the engine has ended. @throws cancelled */
  orNone<T>(act: () => Promise<T>): Promise<T | undefined>;
}

function createJudge(task: ClusterTask, signal: AbortSignal): Judge {
  let gone: string | undefined;
  const unjudged: string[] = [];
  let deathsInARow = 0;

  async function check(isFirst: boolean): Promise<boolean> {
    try {
      await task.model.check(isFirst ? signal : undefined);
    } catch (thrown) {
      gone = reasonUnlessCancelled(thrown);
    }
    return gone === undefined;
  }
  function reasonUnlessCancelled(thrown: unknown): string {
    const error = toExplainError(thrown);
    if (signal.aborted || error.code === 'cancelled' || error.code === 'internal') throw thrown;
    return error.message;
  }
  return {
    signal,
    look: async () => void (await check(true)),
    canJudge: () => gone === undefined,
    failed: () => unjudged.length,
    notes: () => [
      ...(gone === undefined ? [] : [`Clusters were found without their suspicion: ${gone}`]),
      ...unjudged.slice(0, 1),
    ],
    async of(name, target, suspect) {
      if (gone !== undefined) return undefined;
      const fail = (reason: string): undefined => {
        unjudged.push(`${name}: its clusters were found without their suspicion: ${reason}`);
      };
      if (target === undefined) return fail('no class of the model means it');
      try {
        const answer = await judged(task, suspect(target), signal);
        deathsInARow = 0;
        if (typeof answer === 'string') return fail(answer);
        return (await check(false)) ? answer : undefined;
      } catch (thrown) {
        const reason = reasonUnlessCancelled(thrown);
        deathsInARow++;
        if (!DIED.has(toExplainError(thrown).code) || deathsInARow === DEATHS) gone = reason;
        else fail(reason);
        return undefined;
      }
    },
    async orNone(act) {
      try {
        return await act();
      } catch (thrown) {
        reasonUnlessCancelled(thrown);
        return undefined;
      }
    },
  };
}
