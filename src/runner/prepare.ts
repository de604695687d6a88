/** The request `prepare`: lists the items of a dataset, and makes versions of models. */
import path from 'node:path';
import type { Engine } from '../client/engine';
import type { Mapping } from '../core/annotations/mapping';
import { shownActivation } from '../core/output';
import { classesOfCategories } from '../files/datasets/classes';
import { limitInNotes } from '../files/datasets/drawn';
import { isSome } from '../files/datasets/list-of';
import { type ListedDataset, listDataset } from '../files/datasets/listed';
import type { VersionId, VersionInfo } from '../protocol/dataset';
import type { ModelChoice } from '../protocol/requests';
import type { RunnerRequests } from '../protocol/runner';
import { mappingFor } from './mapping';
import { nameFor } from './plan/names';
import type { Remembered } from './remembered';
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
 * @param before what the run file remembers: the number of images, the mapping that was named for models with the same classes,
 *   and the labels that were named for a model
 * @param listed called with the number of images that were looked at
 * @throws what datasets, models and mappings throw; cancelled
 */
export async function prepared(
  { run, source, models, mapping, limit: asked }: Prepare,
  before: Remembered,
  engine: Engine,
  listed: (images: number) => void,
  signal: AbortSignal,
): Promise<Prepared> {
  const choices = models.map((choice) => withLabels(anywhere(choice), before));
  const identified: IdentifiedModel[] = [];
  for (const choice of choices) identified.push(await identifiedModel(engine, choice, signal));
  const labels = identified[0]?.info.labels.value;
  const limit = asked ?? before.limit;
  const found = await listDataset(source, {
    ...{ listed, signal, drawn: before.drawn },
    ...(labels && { labels }),
    ...(limit !== undefined && { limit }),
  });
  const notes: string[] = [
    ...found.notes,
    ...rememberedNotes(models, choices, asked === undefined ? before.limit : undefined, found.notes),
  ];
  const versions: NewVersion[] = [];
  for (const [i, choice] of choices.entries()) {
    const { info } = identified[i]!;
    const { mapping: given, named } = await mappingFor(
      { run, asked: mapping, known: before.versions },
      info.labels.value,
    );
    const { version, notes: more } = newVersion(found, choice, identified[i]!, given, named);
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

/** The labels of a model are those that were named for it last, unless others are named. */
function withLabels(choice: ModelChoice, { choices }: Remembered): ModelChoice {
  if (choice.labels !== undefined || choice.path === undefined) return choice;
  const labels = choices.findLast(({ path: model }) => model === choice.path)?.labels;
  return labels === undefined ? choice : { ...choice, labels };
}

/**
 * What was not asked for now, but when the run file was made, in sentences.
 *
 * @param limit of the run file, unless another was asked for
 * @param notes of the dataset
 */
function rememberedNotes(
  asked: readonly ModelChoice[],
  choices: readonly ModelChoice[],
  limit: number | undefined,
  notes: readonly string[],
): readonly string[] {
  const labels = choices.flatMap(({ path: model, labels }, i) =>
    labels === undefined || asked[i]!.labels !== undefined
      ? []
      : [`The classes of ${path.basename(model!)} have the names in ${labels}, as in the run file.`],
  );
  const isDrawn = limit !== undefined && limitInNotes(notes) !== undefined;
  return isDrawn
    ? [`The limit of ${limit} is the run file's; group-cam dataset --limit changes it.`, ...labels]
    : labels;
}

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
