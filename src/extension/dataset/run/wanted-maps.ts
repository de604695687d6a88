/**
 * Maps that the user wants, kept in the workspace's memory as sweeps are: when the window is loaded again, or the runner
 * has ended, what is missing of them is computed. Maps that were paused, cancelled or finished are no longer wanted. Pure.
 */
import * as v from 'valibot';
import { errors, toExplainError } from '../../../core/errors';
import { fields, read } from '../../../core/schema';
import type { MapChoice, RunInfo, Selection, VersionId, Work } from '../../../protocol/dataset';
import type { DeviceChoice } from '../../../protocol/devices';
import { methodChoice } from '../../../protocol/params/choices';
import type { Memory } from './intents';
import type { Lists } from './lists';
import type { CallRunner } from './runner-call';

/** Rows of a list are kept as its query, since the runner forgets its lists when it ends. */
const ROWS = fields({
  query: v.string(),
  count: v.number(),
  ranges: v.exactOptional(v.array(v.tuple([v.number(), v.number()]))),
});
const WANTED = fields({
  version: v.number(),
  method: methodChoice,
  of: v.union([v.picklist(['all', 'wrong']), ROWS]),
});
type Wanted = v.InferOutput<typeof WANTED>;

export interface MapIntents {
  of(run: string): readonly Wanted[];
  set(run: string, maps: Wanted, wanted: boolean): void;
}

const KEY = 'maps';
const MOST = 50;
const KEPT = v.array(v.tuple([v.string(), WANTED]));

export function createMapIntents(memory: Memory): MapIntents {
  const found = read(KEPT, memory.get<unknown>(KEY) ?? []);
  let kept = 'value' in found ? found.value : [];
  return {
    of: (run) => kept.filter(([file]) => file === run).map(([, maps]) => maps),
    set(run, maps, wanted) {
      const text = JSON.stringify(maps);
      const others = kept.filter(([file, one]) => file !== run || JSON.stringify(one) !== text);
      if (!wanted && others.length === kept.length) return;
      kept = wanted ? [...others, [run, maps] as [string, Wanted]].slice(-MOST) : others;
      void memory.update(KEY, kept);
    },
  };
}

export interface WantedMaps {
  /** Maps were asked for, and are computed by this work of the current process. */
  started(work: number, version: VersionId, of: Selection | 'all' | 'wrong', method: MapChoice): void;
  /** The user has paused, resumed or cancelled work. */
  asked(work: number, wanted: boolean): void;
  /** How far all work is. */
  told(work: readonly Work[]): void;
  /** Goes on with the maps that are wanted, in a process that has just opened the file. */
  resume(info: RunInfo): Promise<void>;
}

export interface WantedMapsOptions {
  readonly run: string;
  readonly intents: MapIntents;
  readonly lists: Pick<Lists, 'find'>;
  readonly call: CallRunner;
  device(): DeviceChoice;
  /** Says what does not go on, and why. */
  notice(text: string): void;
  log(line: string): void;
}

export function createWantedMaps({ run, intents, lists, call, device, notice, log }: WantedMapsOptions): WantedMaps {
  /** By the work of the current process that computes them. */
  let underway = new Map<number, Wanted>();

  function wanted(of: Selection | 'all' | 'wrong'): Wanted['of'] {
    if (typeof of === 'string') return of;
    const list = lists.find(of.list);
    if (!list) throw errors.internal(`list ${of.list} is not known`);
    const { query, count } = list;
    return { query, count, ...(of.ranges && { ranges: of.ranges.map(([from, to]): [number, number] => [from, to]) }) };
  }

  /** @returns undefined if the rows that were selected can't be told any more */
  async function rowsOf({ version, of }: Wanted): Promise<Selection | 'all' | 'wrong' | undefined> {
    if (typeof of === 'string') return of;
    const { list, count } = await call('list', { run, version, query: of.query, first: 0 });
    if (!of.ranges) return { list };
    // Positions mean other rows in another list.
    return count === of.count ? { list, ranges: of.ranges } : undefined;
  }

  async function again(maps: Wanted): Promise<void> {
    const { version, method } = maps;
    const of = await rowsOf(maps);
    if (!of) {
      intents.set(run, maps, false);
      notice(
        `Not gone on with: maps by ${method.method} of a selection, since the list that it was made in has changed. Select the images again.`,
      );
      return;
    }
    const { work } = await call('compute', { run, version, device: device(), method, of });
    underway.set(work, maps);
  }

  return {
    started(work, version, of, method) {
      const maps = { version, method, of: wanted(of) };
      underway.set(work, maps);
      intents.set(run, maps, true);
    },
    asked(work, isWanted) {
      const maps = underway.get(work);
      if (maps) intents.set(run, maps, isWanted);
    },
    told(work) {
      for (const { id, kind, state } of work) {
        const maps = kind === 'maps' && (state === 'done' || state === 'failed') ? underway.get(id) : undefined;
        if (!maps) continue;
        underway.delete(id);
        intents.set(run, maps, false);
      }
    },
    async resume({ versions }) {
      underway = new Map();
      for (const maps of intents.of(run)) {
        const version = versions.find(({ id }) => id === maps.version);
        if (!version || version.unavailable !== undefined) continue;
        await again(maps).catch((thrown) => log(toExplainError(thrown).message));
      }
    },
  };
}
