/** Asks the run file what the queries of the form find. */
import { type ReadonlySignal, useSignal, useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { reasonOf } from '../../../../src/core/errors';
import { printQuery } from '../../../../src/core/query/print';
import type { Condition } from '../../../../src/core/query/query';
import type { Row, VersionId } from '../../../../src/protocol/dataset';
import { unpackRows } from '../../../../src/protocol/packed/unpack';
import { WATCHED } from '../../../../src/protocol/training';
import { newestOnly } from '../../../newest';
import type { DatasetPage } from '../../model';
import { parsedOf } from '../../query/parsed';
import type { Ask } from '../../requests';
import type { Facts, Found } from './checks';

/** Milliseconds after a key, so that not every letter is asked about. */
const PAUSE_MS = 250;

type Queries = Facts['of'];

export function useFacts(page: DatasetPage): ReadonlySignal<Facts | undefined> {
  const { store, ask, actions } = page;
  const known = useSignal<Facts | undefined>(undefined);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const run = useRef(
    newestOnly(async ({ version, queries }: { readonly version: VersionId; readonly queries: Queries }) => {
      try {
        known.value = await factsOf(ask, version, queries, store.categories.peek());
      } catch (thrown) {
        actions.failed(thrown);
      }
    }),
  );
  useSignalEffect(() => {
    const draft = store.draft.value;
    const version = store.versionId.value;
    // Tags may have been set on other images.
    void store.info.value?.tags;
    clearTimeout(timer.current);
    if (version === undefined || !draft) return;
    const { train, heldOut, watch } = draft;
    const queries = { train: train.trim(), heldOut: heldOut.trim(), watch: watch.trim() };
    const pause = known.peek() ? PAUSE_MS : 0;
    timer.current = setTimeout(() => void run.current({ version, queries }), pause);
  });
  return known;
}

async function factsOf(ask: Ask, version: VersionId, of: Queries, categories: readonly string[]): Promise<Facts> {
  const train = await found(ask, version, of.train, categories);
  const heldOut = of.heldOut === '' ? undefined : await found(ask, version, of.heldOut, categories);
  const isBoth = 'count' in train && heldOut && 'count' in heldOut;
  const both = isBoth ? await countOf(ask, version, inBoth(of.train, of.heldOut)) : undefined;
  const watch = of.watch === '' ? undefined : await watched(ask, version, of.watch);
  return {
    of,
    train,
    ...(heldOut && { heldOut }),
    ...(both !== undefined && { both }),
    ...(watch && { watch }),
  };
}

async function found(ask: Ask, version: VersionId, query: string, categories: readonly string[]): Promise<Found> {
  const parsed = parsedOf(query);
  if ('fault' in parsed) return parsed;
  try {
    const { list, count } = await ask('list', { version, query, first: 0 });
    if (count === 0) return { count, unlabelled: 0 };
    const unlabelled = await countOf(ask, version, withCondition(query, isOfClass('', true)));
    const [first] = await rowsOf(ask, version, list, 1);
    const name = categories[first?.categories[0] ?? -1];
    const others = name === undefined ? undefined : withCondition(query, isOfClass(name, false));
    const isOne = others !== undefined && (await countOf(ask, version, others)) === 0;
    return { count, unlabelled: unlabelled ?? 0, ...(isOne && name !== undefined && { only: name }) };
  } catch (thrown) {
    return { fault: reasonOf(thrown) };
  }
}

async function watched(ask: Ask, version: VersionId, query: string): Promise<NonNullable<Facts['watch']>> {
  try {
    const { list, count } = await ask('list', { version, query, first: 0 });
    const rows = await rowsOf(ask, version, list, Math.min(count, WATCHED));
    return { items: rows.map(({ item }) => item), count };
  } catch (thrown) {
    return { fault: reasonOf(thrown) };
  }
}

const rowsOf = async (ask: Ask, version: VersionId, list: number, count: number): Promise<readonly Row[]> =>
  count === 0 ? [] : unpackRows(await ask('rows', { version, list, from: 0, count }));

async function countOf(ask: Ask, version: VersionId, query: string | undefined): Promise<number | undefined> {
  return query === undefined ? undefined : (await ask('list', { version, query, first: 0 })).count;
}

const isOfClass = (name: string, is: boolean): Condition => ({ kind: 'class', of: 'true', is, name });

/** The rows of a query for which something else is true too; undefined where its limit would be about others then. */
function withCondition(query: string, condition: Condition | undefined): string | undefined {
  const parsed = parsedOf(query);
  if (!('query' in parsed) || parsed.query.limit !== undefined) return undefined;
  const conditions = [parsed.query.where, condition].filter((each) => each !== undefined);
  if (conditions.length === 0) return '';
  return printQuery({ where: conditions.length === 1 ? conditions[0]! : { kind: 'and', conditions } });
}

/** The rows that are in both. */
function inBoth(one: string, other: string): string | undefined {
  const parsed = parsedOf(other);
  return 'query' in parsed && parsed.query.limit === undefined ? withCondition(one, parsed.query.where) : undefined;
}
