/**
 * The lists that the pages of a run file know. The runner forgets its lists when it ends, so a page gets a number of
 * ours: a list that the current process does not have is made again from its query when it is next used. Pure.
 */
import { errors } from '../../../core/errors';
import type { ListInfo, VersionId } from '../../../protocol/dataset';

export interface KnownList {
  readonly version: VersionId;
  readonly query: string;
  readonly count: number;
}

interface Held extends KnownList {
  /** The runner's number, and the process that it belongs to. */
  readonly list: number;
  readonly process: number;
}

export interface Lists {
  /** Takes a list of the runner, and returns it under our number. */
  add(version: VersionId, query: string, made: ListInfo): ListInfo;
  find(id: number): KnownList | undefined;
  /** The runner's number for one of ours. */
  numberOf(id: number): Promise<number>;
}

/** Lists that are kept; a page uses the newest ones. */
const MOST = 100;

/**
 * @param process number of the current process of the runner
 * @param make asks the runner for a list
 */
export function createLists(
  process: () => number,
  make: (version: VersionId, query: string) => Promise<ListInfo>,
): Lists {
  const held = new Map<number, Held>();
  let last = 0;
  return {
    add(version, query, { list, count, ...rest }) {
      last += 1;
      held.set(last, { version, query, count, list, process: process() });
      for (const id of [...held.keys()].slice(0, -MOST)) held.delete(id);
      return { ...rest, list: last, count };
    },
    find: (id) => held.get(id),
    async numberOf(id) {
      const known = held.get(id);
      if (!known) throw errors.badOption('list', id, 'one that was made before');
      if (known.process === process()) return known.list;
      const { version, query } = known;
      const { list, count } = await make(version, query);
      held.set(id, { version, query, count, list, process: process() });
      return list;
    },
  };
}

/** The parameters of a request with the runner's numbers of the lists in them. */
export async function withNumbers<Params extends object>(
  lists: Pick<Lists, 'numberOf'>,
  params: Params,
): Promise<Params> {
  const told: { list?: unknown; of?: unknown } = params;
  const of = told.of !== null && typeof told.of === 'object' && 'list' in told.of ? told.of : undefined;
  return {
    ...params,
    ...(typeof told.list === 'number' && { list: await lists.numberOf(told.list) }),
    ...(of && typeof of.list === 'number' && { of: { ...of, list: await lists.numberOf(of.list) } }),
  };
}
