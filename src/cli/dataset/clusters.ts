/** `group-cam clusters`: the clusters of a run file, the most suspicious first. */
import { datasetErrors } from '../../core/dataset-errors';
import { errors } from '../../core/errors';
import { few } from '../../core/few';
import { nearest } from '../../core/model/classes/near';
import { quoted } from '../../core/query/print';
import {
  type ClusteredBy,
  type ClusterInfo,
  type ClusterSet,
  FEWEST_IMAGES,
  largeClasses,
} from '../../protocol/clusters';
import type { RunInfo, VersionInfo } from '../../protocol/dataset';
import type { DeviceChoice } from '../../protocol/devices';
import type { RunnerService } from '../../protocol/runner';
import { inspectCommand, queryCommand } from '../../runner/plan/commands';
import { createRunnerService } from '../../runner/service';
import { stopped } from '../stopped';
import type { Terminal } from '../terminal';
import { table } from '../text';
import { finished, quiet, versionNamed } from './work';

export interface ClustersOptions {
  readonly class?: string;
  readonly by: ClusteredBy;
  readonly version?: string;
  readonly json?: boolean;
  readonly device: DeviceChoice;
  readonly verbose?: boolean;
}

interface Found extends ClusterInfo {
  /** The class's label, or the category. */
  readonly class: string;
}

export async function clusters(run: string, options: ClustersOptions, terminal: Terminal): Promise<void> {
  const { by } = options;
  const runner = createRunnerService({ log: (line) => options.verbose && terminal.say(`engine: ${line}`) });
  const { service } = runner;
  try {
    const info = await service.open({ run }, quiet);
    const version = versionNamed(info, options.version);
    const names = by === 'true' ? info.categories : version.labels;
    const classes =
      options.class === undefined
        ? undefined
        : classesNamed(names, options.class, by === 'true' ? queryCommand(run) : inspectCommand(version.model));
    const subject = { info, version, classes };
    const note = await computed(subject, options, service, terminal);
    const sets = (await service.clusters({ run, version: version.id, by }, quiet)).filter(
      (set) => classes?.includes(set.class) ?? true,
    );
    if (sets.length === 0 && note !== undefined) throw datasetErrors.workFailed(note.text);
    if (note && !note.isFailure) terminal.say(note.text);
    const all = sets.flatMap((set) => foundIn(set, names)).sort(mostSuspiciousFirst);
    if (options.json) for (const found of all) terminal.put(await lineOf(found, by, version, run, service));
    else terminal.say(textOf(all));
    // What is stored has been printed.
    if (note?.isFailure && (await isLacking(subject, sets, options, service)))
      throw datasetErrors.workFailed(note.text);
  } catch (thrown) {
    if (!terminal.signal.aborted) throw thrown;
    stopped(terminal);
  } finally {
    await runner.dispose();
  }
}

interface Subject {
  readonly info: RunInfo;
  readonly version: VersionInfo;
  readonly classes: readonly number[] | undefined;
}

interface Note {
  readonly text: string;
  /** Whether nothing could be computed; otherwise some classes could not. */
  readonly isFailure: boolean;
}

/** Computes what is missing or outdated. @returns what could not be done */
async function computed(
  { info, version, classes }: Subject,
  { by, device }: ClustersOptions,
  service: RunnerService,
  terminal: Terminal,
): Promise<Note | undefined> {
  const { run } = info;
  if (info.readOnly !== undefined) return { text: `nothing was computed: ${info.readOnly}`, isFailure: true };
  const params = { run, version: version.id, device, by, ...(classes && { classes }) };
  const work = await finished(service, run, await service.findClusters(params, quiet), terminal);
  return work?.reason === undefined ? undefined : { text: work.reason, isFailure: work.lacksModel ?? false };
}

/** Whether clusters are outdated or not found, or it is not known whether they are suspicious. */
async function isLacking(
  { info: { run }, version, classes }: Subject,
  sets: readonly ClusterSet[],
  { by }: ClustersOptions,
  service: RunnerService,
): Promise<boolean> {
  const large = largeClasses(await service.classes({ run, version: version.id }, quiet), by);
  const wanted = large.filter((index) => classes?.includes(index) ?? true);
  return (
    wanted.some((index) => !sets.some((set) => set.class === index)) ||
    sets.some((set) => set.outdated || set.clusters.some(({ suspicion }) => !suspicion || suspicion.byOlderRule))
  );
}

/** Class names that a message lists. */
const LISTED = 50;

/**
 * Indices of the classes of this name, which several may have.
 *
 * @param lister the command that lists all names
 * @throws bad-option
 */
function classesNamed(names: readonly string[], wanted: string, lister: string): readonly number[] {
  const is = (name: string) => name === wanted || name.split(',').some((part) => part.trim() === wanted);
  const found = [...names.keys()].filter((index) => is(names[index]!));
  if (found.length > 0) return found;
  if (names.length === 0) throw errors.badOption('--class', wanted, 'left out: no class is known of the images');
  const near = nearest(
    names.map((name) => ({ name })),
    wanted,
  ).map(({ name }) => name);
  const all = names.length <= LISTED ? names.join(', ') : `the ${names.length} classes that ${lister} lists`;
  throw errors.badOption('--class', wanted, `one of ${near.length > 0 ? few(near) : all}`);
}

const foundIn = ({ clusters: all, class: index }: ClusterSet, names: readonly string[]): readonly Found[] =>
  all.map((cluster) => ({ ...cluster, class: names[index] ?? String(index) }));

function mostSuspiciousFirst(a: Found, b: Found): number {
  const rank = ({ suspicion }: Found) => (suspicion ? (suspicion.suspicious ? 2 : 1) : 0);
  const order = rank(b) - rank(a) || (b.suspicion?.score ?? 0) - (a.suspicion?.score ?? 0);
  return order || (a.name < b.name ? -1 : 1);
}

/** Rows that are read at once. */
const PAGE = 1000;

async function lineOf(
  { class: label, name, size, accuracy, suspicion }: Found,
  by: ClusteredBy,
  { id: version }: VersionInfo,
  run: string,
  service: RunnerService,
) {
  const query = `cluster = ${quoted(name)}`;
  const { list, count } = await service.list({ run, version, query, first: 0 }, quiet);
  const images: string[] = [];
  for (let from = 0; from < count; from += PAGE) {
    const rows = await service.rows({ run, version, list, from, count: PAGE }, quiet);
    images.push(...rows.map(({ path }) => path));
  }
  return {
    ...{ class: label, by, cluster: name, size },
    ...(accuracy !== undefined && { accuracy }),
    ...(suspicion && { suspicious: suspicion.suspicious, score: suspicion.score }),
    ...(suspicion?.byOlderRule && { byOlderRule: true }),
    reasons: suspicion?.reasons ?? [],
    images,
  };
}

function textOf(all: readonly Found[]): string[] {
  if (all.length === 0) return [`no class has the ${FEWEST_IMAGES} images that clusters need`];
  const rows = all.map(({ name, size, accuracy, suspicion }) => [
    name,
    String(size),
    accuracy === undefined ? '' : `${(100 * accuracy).toFixed(1)} %`,
    suspicion ? suspicion.score.toFixed(2) : '',
    suspicion?.suspicious ? 'suspicious' : '',
  ]);
  const reasons = all.flatMap(({ name, suspicion }) =>
    suspicion?.suspicious
      ? [
          '',
          `${name}, found by the query cluster = ${quoted(name)}`,
          ...indented([...suspicion.reasons, suspicion.hidden]),
        ]
      : [],
  );
  const isOld = all.some(({ suspicion }) => suspicion?.byOlderRule);
  const old = isOld
    ? ['', 'Some of these were judged by an older rule of what is suspicious, and could not be judged again.']
    : [];
  return [...table([['cluster', 'images', 'accuracy', 'score', ''], ...rows]), ...reasons, ...old];
}

const indented = (lines: readonly string[]) => lines.map((line) => `  ${line}`);
