/** Lists: the rows of a query at one moment, in its order. */
import { datasetErrors } from '../../../core/dataset-errors';
import { parseQuery } from '../../../core/query/parse';
import type { Query } from '../../../core/query/query';
import { pausing } from '../../../files/pause';
import type { ItemId, ListInfo, Row, Selection, ShiftsLacking, VersionId } from '../../../protocol/dataset';
import { shiftsLacking } from '../compare/lacking';
import { shiftsBetween, versionNamed } from '../compare/pairs';
import { rowOf } from '../rows';
import { type State, type Version, versionOf } from '../state';
import { maskOf } from './filter';
import { unknownNames } from './names';
import { firstOf, ordered } from './order';

/** Lists that are kept; each takes 4 bytes a row. */
const KEPT = 16;

interface List {
  readonly version: VersionId;
  readonly query: string;
  /** `State.changes` when it was made. */
  readonly changes: number;
  readonly ids: Uint32Array;
  readonly lacking: readonly ShiftsLacking[];
  readonly hints: readonly string[];
}

interface Context {
  readonly signal: { readonly aborted: boolean };
  emit(event: 'first', rows: readonly Row[]): void;
}

export interface Lists {
  make(
    params: { readonly version: VersionId; readonly query: string; readonly first: number },
    context: Context,
  ): Promise<ListInfo>;
  /** @throws list-forgotten */
  ids(list: number): Uint32Array;
  /** Of the ranges of a selection, in their order. */
  selected(of: Selection): Uint32Array;
}

export function createLists(state: State): Lists {
  const lists = new Map<number, List>();
  let last = 0;
  function ids(list: number): Uint32Array {
    const found = lists.get(list);
    if (!found) throw datasetErrors.listForgotten(list);
    lists.delete(list);
    lists.set(list, found);
    return found.ids;
  }
  const infoOf = (list: number): ListInfo => {
    const { ids: found, lacking, hints } = lists.get(list)!;
    return { list, count: found.length, ...(lacking.length > 0 && { lacking }), ...(hints.length > 0 && { hints }) };
  };
  return {
    ids,
    async make({ version: id, query, first }, { signal, emit }) {
      const version = versionOf(state, id);
      const parsed = parseQuery(query);
      const hints = unknownNames(state, query);
      const show = (some: Uint32Array) =>
        emit(
          'first',
          Array.from(some.subarray(0, first), (item) => rowOf(state, version, item)),
        );
      const { changes } = state;
      const same = [...lists].find(
        ([, each]) => each.version === id && each.query === query && each.changes === changes,
      );
      if (same) {
        show(ids(same[0]));
        return infoOf(same[0]);
      }
      const lacking = shiftsLacking(state, version, parsed);
      const found = await idsOf(state, version, parsed, { signal, first, show });
      const list = ++last;
      lists.set(list, { version: id, query, changes, ids: found, lacking, hints });
      while (lists.size > KEPT) lists.delete(lists.keys().next().value!);
      return infoOf(list);
    },
    selected({ list, ranges }) {
      const all = ids(list);
      if (!ranges) return all;
      const parts = ranges.map(([from, to]) => all.subarray(from, Math.max(from, to)));
      const found = new Uint32Array(parts.reduce((sum, part) => sum + part.length, 0));
      let at = 0;
      for (const part of parts) {
        found.set(part, at);
        at += part.length;
      }
      return found;
    },
  };
}

interface Wanted {
  readonly signal?: { readonly aborted: boolean };
  readonly first: number;
  show(ids: Uint32Array): void;
}

/** Ids of the rows of a query. The first of them are shown as soon as they are known. */
export async function idsOf(state: State, version: Version, query: Query, wanted: Wanted): Promise<Uint32Array> {
  const { where, order, limit = Number.POSITIVE_INFINITY } = query;
  const pause = pausing(wanted.signal);
  const matching = await matchingIds(state, version, where, pause);
  const some = Math.min(wanted.first, limit);
  if (!order || order.by === 'path') {
    const sorted = order?.descending ? matching.reverse() : matching;
    const found = sorted.subarray(0, limit);
    wanted.show(found.subarray(0, some));
    return found;
  }
  // Rows may be committed between two steps; the order is that of one moment.
  const values = (
    order.by === 'shift'
      ? shiftsBetween(state, versionNamed(state, order.from).id, version.id)
      : version.columns.of[order.by]
  ).slice();
  wanted.show(firstOf(matching, values, order.descending, some));
  await pause();
  const sorted = await ordered(matching, values, order.descending, pause);
  return limit < sorted.length ? sorted.slice(0, limit) : sorted;
}

/** Ids that match a condition, in the order of paths. */
async function matchingIds(
  state: State,
  version: Version,
  where: Query['where'],
  pause: () => Promise<void>,
): Promise<Uint32Array> {
  if (!where) return state.order.slice();
  const mask = await maskOf(state, version, where, pause);
  const { order } = state;
  const found = new Uint32Array(order.length);
  let count = 0;
  for (let i = 0; i < order.length; i++) if (mask[order[i]!]) found[count++] = order[i]!;
  return found.slice(0, count);
}

/** Without showing any first. */
export const idsOfQuery = (state: State, version: Version, query: string): Promise<Uint32Array> =>
  idsOf(state, version, parseQuery(query), { first: 0, show: () => {} });

/** Position of an item in a list. */
export function positionOf(ids: Uint32Array, item: ItemId): number | undefined {
  const position = ids.indexOf(item);
  return position < 0 ? undefined : position;
}
