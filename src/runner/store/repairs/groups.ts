/** Groups of rows, and how many of them two versions get right. */
import { type Cells, grown, hotCells } from '../../../core/clusters/cells';
import { quoted } from '../../../core/query/print';
import type { ItemId, VersionId } from '../../../protocol/dataset';
import type { GroupAccuracy } from '../../../protocol/training';
import { clusterName } from '../clusters/clusters';
import { membersOf, picturesOf } from '../clusters/records';
import { DONE, type State, UNKNOWN, type Version, versionOf, YES } from '../state';
import type { Group } from './form';
import { heatOn } from './heat';

/** See `RepairStore.groups`. */
export function groupsOf(state: State, version: VersionId): readonly Group[] {
  const tags = [...state.tags.values()].map(
    ({ name, bits }): Group => ({
      by: 'tag',
      name,
      query: `tag = ${quoted(name)}`,
      suspicious: false,
      has: (item) => (bits[item >> 3]! & (1 << (item & 7))) !== 0,
    }),
  );
  return [...tags, ...clustersOf(state, version)];
}

function clustersOf(state: State, version: VersionId): readonly Group[] {
  const groups = state.clusters
    .filter((record) => record.version === version && record.by === 'predicted')
    .flatMap((record) => {
      const { items, cluster } = membersOf(state.db, record, state.last);
      const members = record.data.clusters.map(() => new Set<ItemId>());
      items.forEach((item, n) => {
        members[cluster[n]!]?.add(item);
      });
      return record.data.clusters.map(({ suspicion, map: { height, width, lo, hi } }, k) => {
        const name = clusterName(record.name, k);
        const group: Group = {
          by: 'cluster',
          name,
          query: `cluster = ${quoted(name)}`,
          suspicious: suspicion?.suspicious ?? false,
          region: () => {
            const bytes = picturesOf(state.db, record)[k]!.map;
            const mean = Float64Array.from(bytes, (byte) => lo + (byte / 255) * (hi - lo));
            return { class: record.class, cells: grown(hotCells(mean, height, width)) };
          },
          has: (item) => members[k]!.has(item),
        };
        return { group, score: suspicion?.score ?? Number.NEGATIVE_INFINITY };
      });
    });
  const rank = ({ group, score }: (typeof groups)[number]) => (group.suspicious ? 1e9 : 0) + Math.max(score, -1e6);
  return groups.sort((a, b) => rank(b) - rank(a)).map(({ group }) => group);
}

/** See `GroupAccuracy`. @param trained items that do not count */
export function accuraciesOf(
  state: State,
  a: VersionId,
  b: VersionId,
  trained: ReadonlySet<ItemId>,
): readonly GroupAccuracy[] {
  const [before, after] = [versionOf(state, a), versionOf(state, b)];
  const groups = groupsOf(state, a);
  const isKnown = ({ columns: { of } }: Version, item: ItemId) =>
    of.state[item] === DONE && of.correct[item] !== UNKNOWN;
  const hasBoth = state.order.some((item) => isKnown(after, item));
  const counts = [...groups, undefined].map((group) => ({
    ...{ group, count: 0, trained: 0, a: 0, b: 0 },
    items: [] as ItemId[],
  }));
  for (const item of state.order) {
    if (!isKnown(before, item) || (hasBoth && !isKnown(after, item))) continue;
    const own = counts.filter(({ group }) => group?.has(item));
    for (const count of own.length > 0 ? own : counts.slice(-1)) {
      if (trained.has(item)) {
        count.trained++;
        continue;
      }
      count.count++;
      if (count.group?.suspicious) count.items.push(item);
      if (before.columns.of.correct[item] === YES) count.a++;
      if (after.columns.of.correct[item] === YES) count.b++;
    }
  }
  return counts
    .filter(({ count, trained: left }) => count + left > 0)
    .map(({ group, count, trained: left, a: right, b: rightAfter, items }) => ({
      group: group?.name ?? (groups.length > 0 ? 'the rest' : 'all'),
      query: group?.query ?? groups.map(({ query }) => `not ${query}`).join(' and '),
      count,
      ...(left > 0 && { trained: left }),
      ...(count > 0 && { a: right / count }),
      ...(count > 0 && hasBoth && { b: rightAfter / count }),
      ...heatOf(group?.region?.().cells, items),
    }));
  function heatOf(cells: Cells | undefined, items: readonly ItemId[]): Pick<GroupAccuracy, 'heat'> {
    const heat = cells && hasBoth && items.length > 0 ? heatOn(state, before, after, items, cells) : undefined;
    return heat ? { heat } : {};
  }
}
