/** The conditions `cluster` and `lasso` of queries, over the listed rows; see `lists/filter.ts`. */
import type { Condition, Corner } from '../../../core/query/query';
import type { State, Version } from '../state';
import { clusterNamed, setNamed } from './clusters';
import { membersOf } from './records';

type Named = Extract<Condition, { readonly kind: 'cluster' | 'lasso' }>;

/** Fills the mask with 1 for the rows that the condition holds for. @throws query-invalid for an unknown name */
export function fillMask(mask: Uint8Array, state: State, { id }: Version, condition: Named): void {
  const [hit, other] = condition.is ? [1, 0] : [0, 1];
  mask.fill(other, 1);
  if (condition.kind === 'cluster') {
    const { record, index } = clusterNamed(state, id, condition.name);
    const { items, cluster } = membersOf(state.db, record, state.last);
    items.forEach((item, n) => {
      if (cluster[n] === index) mask[item] = hit;
    });
    return;
  }
  const { items, places } = membersOf(state.db, setNamed(state, id, condition.set), state.last);
  items.forEach((item, n) => {
    if (isInside(condition.corners, places[2 * n]!, places[2 * n + 1]!)) mask[item] = hit;
  });
}

/** By the parity of the edges to the right of the point (Shimrat, Algorithm 112, CACM 5, 1962). */
export function isInside(corners: readonly Corner[], x: number, y: number): boolean {
  let inside = false;
  corners.forEach(([x1, y1], i) => {
    const [x2, y2] = corners[(i + 1) % corners.length]!;
    if (y1 > y !== y2 > y && x < x1 + ((y - y1) / (y2 - y1)) * (x2 - x1)) inside = !inside;
  });
  return inside;
}
