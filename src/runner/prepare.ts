/** The request `prepare`: lists the items of a dataset, and makes versions of models. */
import path from 'node:path';
import type { Engine } from '../client/engine';
import type { Mapping } from '../core/annotations/mapping';
import { shownActivation } from '../core/output';
import { classesOfCategories } from '../files/datasets/classes';
import { isSome } from '../files/datasets/list-of';
import { type ListedDataset, listDataset } from '../files/datasets/listed';
import type { VersionId, VersionInfo } from '../protocol/dataset';
import type { ModelChoice } from '../protocol/requests';
import type { RunnerRequests } from '../protocol/runner';
import { mappingFor } from './mapping';
import { nameFor } from './plan/names';
import type { Entered, NewVersion, RunFile } from './store/form';
import { type IdentifiedModel, identifiedModel } from './work/model';

type Prepare = RunnerRequests['prepare']['params'];

export interface Prepared {
  readonly dataset: ListedDataset;
  readonly versions: readonly NewVersion[];
}

/**
 * Reads the dataset and inspects the models; nothing is written.
 *
 * @param known versions of the run file, which remember the mapping that was named for models with the same classes
 * @param listed called with the number of images that were looked at
 * @throws what datasets, models and mappings throw; cancelled
 */
export async function prepared(
  { run, source, models, mapping, limit }: Prepare,
  known: readonly VersionInfo[],
  engine: Engine,
  listed: (images: number) => void,
  signal: AbortSignal,
): Promise<Prepared> {
  const identified: IdentifiedModel[] = [];
  for (const choice of models) identified.push(await identifiedModel(engine, choice, signal));
  const labels = identified[0]?.info.labels.value;
  const found = await listDataset(source, {
    listed,
    signal,
    ...(labels && { labels }),
    ...(limit !== undefined && { limit }),
  });
  const notes: string[] = [...found.notes];
  const versions: NewVersion[] = [];
  for (const [i, choice] of models.entries()) {
    const { info } = identified[i]!;
    const { mapping: given, named } = await mappingFor({ run, asked: mapping, known }, info.labels.value);
    const { version, notes: more } = newVersion(found, anywhere(choice), identified[i]!, given, named);
    versions.push(version);
    notes.push(...more.filter((note) => !notes.includes(note)));
  }
  return { dataset: { ...found, source: path.resolve(source), notes }, versions };
}

/** With paths that hold in every process, whatever its folder is. */
const anywhere = (choice: ModelChoice): ModelChoice => ({
  ...choice,
  ...(choice.path !== undefined && { path: path.resolve(choice.path) }),
  ...(choice.labels !== undefined && { labels: path.resolve(choice.labels) }),
});

function newVersion(
  { categories, items }: ListedDataset,
  choice: Prepare['models'][number],
  { info, hash }: IdentifiedModel,
  given: Mapping | undefined,
  named: string | undefined,
): { readonly version: NewVersion; readonly notes: readonly string[] } {
  const isAnnotated = isSome(items, ({ annotated }) => annotated !== undefined);
  const { classes, notes } = classesOfCategories(categories, info.labels.value, given, isAnnotated);
  const version = versionFrom({ info, hash }, choice, path.resolve(info.path), classes);
  return { version: { ...version, ...(named !== undefined && { mapping: named }) }, notes };
}

/** @param model path of the model's file */
export function versionFrom(
  { info, hash }: Pick<IdentifiedModel, 'info' | 'hash'>,
  choice: ModelChoice,
  model: string,
  classes: NewVersion['classes'],
): NewVersion {
  return {
    name: path.parse(model).name,
    model,
    labels: info.labels.value,
    activation: shownActivation(info.output),
    layer: info.layer.value,
    classes,
    assumptions: info.assumptions,
    inputSize: { width: info.preprocessing.width.value, height: info.preprocessing.height.value },
    choice,
    bytes: info.bytes,
    hash,
  };
}

/** Adds a version. One that is there already stays as it is, under its name. */
export function writeVersion(file: RunFile, version: NewVersion): VersionId {
  const names = file.info().versions.map(({ name }: VersionInfo) => name);
  return file.addVersion({ ...version, name: nameFor(version.name, names) });
}

/**
 * Writes what was prepared. A version that is there already stays as it is, under its name.
 *
 * @param entered the dataset's items
 * @returns the versions of the models
 */
export function writePrepared(file: RunFile, { dataset, versions }: Prepared, entered: Entered): readonly VersionId[] {
  file.setDataset(dataset, entered);
  return versions.map((version) => writeVersion(file, version));
}
