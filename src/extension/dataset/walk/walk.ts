/** Walks through a list of a run file, from one row to the next. Pure. */
import path from 'node:path';
import { datasetErrors } from '../../../core/dataset-errors';
import type { ItemId, Row, RunInfo, VersionId, VersionInfo } from '../../../protocol/dataset';
import type { ClassChoice, ModelChoice } from '../../../protocol/requests';
import { TOP_CLASS, type Wanted } from '../../explanation/comparison';
import type { Session } from '../run/session';

/** A row in a list. */
export interface Place {
  readonly version: VersionId;
  readonly query: string;
  readonly item: ItemId;
  /** The list's number and the row's position in it. They are found again if the list is no longer known. */
  readonly list?: number;
  readonly position?: number;
  /** Two versions that explain the row side by side; without them that of the list does. */
  readonly sides?: Sides;
}

export type Sides = readonly [a: VersionId, b: VersionId];

/** A row with its place in a list that is known. */
export interface Found {
  readonly row: Row;
  readonly place: Place & { readonly list: number; readonly position: number };
  readonly count: number;
}

type Asked = Pick<Session, 'call' | 'ask' | 'lists'>;

/** The row of a place. A row that has left the list takes the place that it had, or the first one. */
export async function rowAt(session: Asked, place: Place): Promise<Found> {
  const { version, query, item } = place;
  const known = place.list === undefined ? undefined : session.lists.find(place.list);
  const isSame = known !== undefined && place.position !== undefined;
  const list = isSame ? place.list! : await newList(session, version, query);
  const { row, position } = await session.call('row', { version, item, list });
  const count = session.lists.find(list)?.count ?? 0;
  const at = isSame ? place.position! : (position ?? Math.min(place.position ?? 0, Math.max(0, count - 1)));
  return { row, place: { ...place, list, position: at }, count };
}

/** The row so many steps on in the list; undefined beyond its ends. */
export async function rowBeside(session: Asked, from: Place, steps: number): Promise<Found | undefined> {
  const { place, count } = await rowAt(session, from);
  const { version, list } = place;
  const position = place.position + steps;
  if (position < 0 || position >= count) return undefined;
  const [row] = await session.call('rows', { version, list, from: position, count: 1 });
  return row && { row, place: { ...place, item: row.item, position }, count };
}

async function newList({ ask, lists }: Asked, version: VersionId, query: string): Promise<number> {
  const made = await ask({ name: 'list', params: { version, query, first: 0 } });
  const list = typeof made === 'object' && made !== null && 'list' in made ? Number(made.list) : -1;
  if (!lists.find(list)) throw datasetErrors.queryInvalid(query, 0, 'it gives no list');
  return list;
}

/** What a row is explained with. */
export interface Question {
  readonly file: string;
  readonly model: ModelChoice;
  /** The class of the map that the row shows, or the predicted one; once, or by each of two versions. */
  readonly wanted: readonly Wanted[];
  /** The row's classes by the dataset; left out where none is known. */
  readonly truth?: string;
}

/**
 * @param inUse the model in use, whose labels and scores are taken if the version is of that model
 * @throws version-unavailable
 */
export function questionOf(info: RunInfo, versionId: VersionId, row: Row, inUse: ModelChoice): Question {
  const version = usableVersion(info, versionId);
  const index = row.map?.class ?? row.top?.[0]?.[0];
  return {
    ...aboutImage(info, row),
    model: modelOf(version, inUse),
    wanted: [index === undefined ? TOP_CLASS : { target: { index }, title: version.labels[index] ?? `class ${index}` }],
  };
}

/**
 * Asks two versions about the class that the first of them predicts.
 *
 * @param row the row under the first version
 * @throws version-unavailable
 */
export function questionOfBoth(info: RunInfo, sides: Sides, row: Row, inUse: ModelChoice): Question {
  const [a, b] = sides.map((id) => usableVersion(info, id)) as [VersionInfo, VersionInfo];
  const index = row.top?.[0]?.[0];
  const sideOf = (version: VersionInfo): Wanted => ({
    target: index === undefined ? 'top' : sameClass(index, a.labels, version.labels),
    title: version.name,
    hint: version.model,
    model: modelOf(version, inUse),
  });
  return { ...aboutImage(info, row), model: modelOf(a, inUse), wanted: [sideOf(a), sideOf(b)] };
}

function aboutImage({ root, categories }: RunInfo, row: Row): Pick<Question, 'file' | 'truth'> {
  const truth = row.categories.map((category) => categories[category] ?? `class ${category}`).join(', ');
  return { file: path.resolve(root, row.path), ...(truth && { truth }) };
}

/** A class in a model that may have its classes in another order. One that is not there is asked for by its label. */
function sameClass(index: number, labels: readonly string[], others: readonly string[]): ClassChoice {
  const label = labels[index];
  if (label === undefined || others[index] === label) return { index };
  const there = others.indexOf(label);
  return there < 0 ? { label } : { index: there };
}

function usableVersion({ versions }: RunInfo, wanted: VersionId): VersionInfo {
  const version = versions.find(({ id }) => id === wanted);
  if (!version) throw datasetErrors.versionUnavailable(`version ${wanted}`, 'the run file has no such version');
  if (version.unavailable !== undefined) throw datasetErrors.versionUnavailable(version.name, version.unavailable);
  return version;
}

/** The model of a version is a copy where its file has changed. */
function modelOf({ model, file = model, layer }: VersionInfo, inUse: ModelChoice): ModelChoice {
  return { ...(inUse.path === model && inUse), path: file, layer };
}
