/** Walks through a list of a run file, from one row to the next. Pure. */
import path from 'node:path';
import { datasetErrors } from '../../../core/dataset-errors';
import type { ItemId, Row, RunInfo, VersionId, VersionInfo } from '../../../protocol/dataset';
import type { ModelChoice } from '../../../protocol/requests';
import type { Wanted } from '../../explanation/comparison';
import type { Session } from '../run/session';

/** A row in a list. */
export interface Place {
  readonly version: VersionId;
  readonly query: string;
  readonly item: ItemId;
  /** The list's number and the row's position in it. They are found again if the list is no longer known. */
  readonly list?: number;
  readonly position?: number;
}

/** A row with its place in a list that is known. */
export interface Found {
  readonly row: Row;
  readonly place: Required<Place>;
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
  return { row, place: { version, query, item, list, position: at }, count };
}

/** The row so many steps on in the list; undefined beyond its ends. */
export async function rowBeside(session: Asked, from: Place, steps: number): Promise<Found | undefined> {
  const { place, count } = await rowAt(session, from);
  const { version, query, list } = place;
  const position = place.position + steps;
  if (position < 0 || position >= count) return undefined;
  const [row] = await session.call('rows', { version, list, from: position, count: 1 });
  return row && { row, place: { version, query, item: row.item, list, position }, count };
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
  /** The class of the map that the row shows, or the predicted one. */
  readonly wanted: Wanted;
  /** The row's classes by the dataset; left out where none is known. */
  readonly truth?: string;
}

/**
 * @param inUse the model in use, whose labels and scores are taken if the version is of that model
 * @throws version-unavailable
 */
export function questionOf(info: RunInfo, versionId: VersionId, row: Row, inUse: ModelChoice): Question {
  const version = info.versions.find(({ id }) => id === versionId);
  if (!version) throw datasetErrors.versionUnavailable(`version ${versionId}`, 'the run file has no such version');
  if (version.unavailable !== undefined) throw datasetErrors.versionUnavailable(version.name, version.unavailable);
  const index = row.map?.class ?? row.top?.[0]?.[0];
  const truth = row.categories.map((category) => info.categories[category] ?? `class ${category}`).join(', ');
  return {
    file: path.resolve(info.root, row.path),
    ...(truth && { truth }),
    model: modelOf(version, inUse),
    wanted:
      index === undefined
        ? { target: 'top', title: 'top class' }
        : { target: { index }, title: version.labels[index] ?? `class ${index}` },
  };
}

function modelOf({ model, layer }: VersionInfo, inUse: ModelChoice): ModelChoice {
  return { ...(inUse.path === model && inUse), path: model, layer };
}
