/**
 * The clusters of the plane. By keys it stands for the lasso: arrows move and let a cluster stand out, Space marks several,
 * Enter shows their images.
 */
import { type Signal, useSignal } from '@preact/signals';
import type { ClusterSet } from '../../../../src/protocol/clusters';
import type { DatasetPage } from '../../model';
import { whole } from '../../texts';
import { clustersQuery } from '../queries';
import { isSuspicious } from '../sets';

interface LegendProps {
  readonly page: DatasetPage;
  readonly set: ClusterSet;
  /** Clusters that stand out, by their index. */
  readonly marked: Signal<ReadonlySet<number>>;
  /** Images that are wrong. */
  readonly wrong: number;
}

const NOTHING: ReadonlySet<number> = new Set();
const optionId = (index: number) => `plane-cluster-${index}`;

export function Legend({ page: { actions }, set, marked, wrong }: LegendProps) {
  const cursor = useSignal(0);
  const chosen = useSignal<ReadonlySet<number>>(NOTHING);
  const isFocused = useSignal(false);
  const { clusters } = set;
  const count = clusters.length;

  const stand = (index: number | undefined) => {
    marked.value = new Set([...chosen.peek(), ...(index === undefined ? [] : [index])]);
  };
  function moveTo(index: number): void {
    cursor.value = (index + count) % count;
    stand(cursor.value);
  }
  function toggle(index: number): void {
    const next = new Set(chosen.peek());
    if (!next.delete(index)) next.add(index);
    chosen.value = next;
    stand(index);
  }
  function show(index: number): void {
    const indices = chosen.peek().size > 0 ? [...chosen.peek()].sort((a, b) => a - b) : [index];
    actions.find(clustersQuery(indices.map((i) => clusters[i]!.name)));
  }
  const keys: Readonly<Record<string, () => void>> = {
    ArrowDown: () => moveTo(cursor.peek() + 1),
    ArrowRight: () => moveTo(cursor.peek() + 1),
    ArrowUp: () => moveTo(cursor.peek() - 1),
    ArrowLeft: () => moveTo(cursor.peek() - 1),
    Home: () => moveTo(0),
    End: () => moveTo(count - 1),
    ' ': () => toggle(cursor.peek()),
    Enter: () => show(cursor.peek()),
  };
  return (
    <div class="plane-legend">
      <div
        class="plane-clusters"
        role="listbox"
        tabIndex={0}
        aria-multiselectable="true"
        aria-label={`Clusters of ${set.name}. Arrows move, Space marks several, Enter shows the images.`}
        title="Arrows move, Space marks several, Enter shows the images"
        aria-activedescendant={optionId(cursor.value)}
        data-testid="plane-clusters"
        onFocus={() => {
          isFocused.value = true;
          stand(cursor.peek());
        }}
        onBlur={() => {
          isFocused.value = false;
          stand(undefined);
        }}
        onKeyDown={(event) => {
          const act = keys[event.key];
          if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
          event.preventDefault();
          act();
        }}
      >
        {clusters.map((cluster, index) => (
          <div
            key={cluster.name}
            id={optionId(index)}
            class={isFocused.value && index === cursor.value ? 'plane-cluster current' : 'plane-cluster'}
            role="option"
            aria-selected={chosen.value.has(index)}
            data-testid={optionId(index)}
            onPointerEnter={() => stand(index)}
            onPointerLeave={() => stand(isFocused.peek() ? cursor.peek() : undefined)}
            // The focus would let this cluster stand out after the pointer has gone.
            onPointerDown={(event) => event.preventDefault()}
            onClick={(event) => (event.ctrlKey || event.metaKey || event.shiftKey ? toggle(index) : show(index))}
          >
            <span
              class={chosen.value.has(index) ? 'cluster-swatch codicon codicon-check' : 'cluster-swatch'}
              aria-hidden="true"
              style={{ background: `var(--cluster-${index % 4})` }}
            />
            <span>{cluster.name}</span>
            {isSuspicious(cluster) && <span class="cluster-badge">suspicious</span>}
            <span class="faint">{whole(cluster.size)}</span>
          </div>
        ))}
      </div>
      <span class="faint" aria-hidden="true">{`✕ wrong: ${whole(wrong)}`}</span>
    </div>
  );
}
