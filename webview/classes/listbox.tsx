/**
 * The list of classes, with the keys of a listbox. It has as many rows as requested.
 *
 * Rows that are out of sight stay in the page, without a package such as @tanstack/virtual-core: a search shortens the list
 * faster than scrolling, and screen readers count rows that are there.
 */
import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { TextButton } from '../toolkit';
import { Row } from './row';
import type { Store } from './store';

/** Number of rows that a page key moves. */
const PAGE = 10;

interface ListboxProps {
  readonly store: Store;
  readonly listRef: RefObject<HTMLDivElement | null>;
  /** Called when the user leaves the list upwards. */
  readonly leave: () => void;
}

export function Listbox({ store, listRef, leave }: ListboxProps) {
  const scroll = useRef<HTMLDivElement>(null);
  const { listed, found, active, visited, query, hasImage } = store;
  const rows = listed.value;
  const at = rows.indexOf(active.value ?? -1);
  const hidden = found.value.length - rows.length;

  // A new search scrolls to its best match.
  useLayoutEffect(() => scroll.current?.scrollTo(0, 0), [query.value]);
  useLayoutEffect(() => {
    if (visited.value !== undefined) listRef.current?.children[at]?.scrollIntoView({ block: 'nearest' });
  }, [visited.value]);

  // Several keys may come before the page is rendered again, so each reads where it is now.
  const here = () => listed.peek().indexOf(active.peek() ?? -1);
  function moveTo(position: number): void {
    const all = listed.peek();
    visited.value = all[Math.min(Math.max(position, 0), all.length - 1)];
  }
  const act = (on: (index: number) => void) => {
    const index = active.peek();
    if (index !== undefined) on(index);
  };
  const keys: Readonly<Record<string, () => void>> = {
    ArrowDown: () => moveTo(here() + 1),
    ArrowUp: () => (here() <= 0 ? leave() : moveTo(here() - 1)),
    PageDown: () => moveTo(here() + PAGE),
    PageUp: () => moveTo(here() - PAGE),
    Home: () => moveTo(0),
    End: () => moveTo(Number.POSITIVE_INFINITY),
    Enter: () => act(store.explain),
    ' ': () => act(store.tick),
  };
  const { labels = [], probabilities, activation = 'none', shown = [] } = store.told.value ?? {};
  return (
    <div class={hasImage.value ? 'scroll' : 'scroll disabled'} ref={scroll} hidden={store.message.value !== undefined}>
      <div
        class="list"
        ref={listRef}
        role="listbox"
        tabIndex={0}
        aria-label="Classes"
        aria-disabled={!hasImage.value}
        {...(at >= 0 && { 'aria-activedescendant': idOf(at) })}
        data-testid="classes"
        onKeyDown={(event) => {
          const press = keys[event.key];
          if (!press || event.ctrlKey || event.metaKey || event.altKey) return;
          event.preventDefault();
          press();
        }}
      >
        {rows.map((index, position) => (
          <Row
            // The key is the position, so that a new order only changes texts and moves no elements.
            key={position}
            id={idOf(position)}
            index={index}
            label={labels[index] ?? ''}
            probability={probabilities?.[index]}
            activation={activation}
            isShown={shown.includes(index)}
            pin={pinOf(rows, shown, index)}
            isActive={index === active.value}
            position={position}
            total={found.value.length}
            onExplain={() => store.explain(index)}
            onTick={() => store.tick(index)}
          />
        ))}
      </div>
      <TextButton testId="more" hidden={hidden === 0} onClick={store.showMore}>
        {`Show more (${hidden} left)`}
      </TextButton>
    </div>
  );
}

function pinOf(
  rows: readonly number[],
  shown: readonly number[],
  index: number,
): readonly [number, number] | undefined {
  if (!shown.includes(index)) return undefined;
  const pinned = rows.filter((row) => shown.includes(row));
  const above = pinned.indexOf(index);
  return [above, pinned.length - 1 - above];
}

const idOf = (position: number) => `row-${position}`;
