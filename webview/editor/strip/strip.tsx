/**
 * Several images: the progress, and a list of tiles. Only tiles on screen and next to it are elements; the others are
 * empty space to scroll. The keys are those of a listbox.
 */
import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { renderNow } from '../../mount';
import type { Editor } from '../editor-model';
import { QueueLine } from './queue-line';
import { Tile, tileId } from './tile';

/** Number of further tiles on either side of the screen. */
const BESIDE = 4;

export function Strip({ editor }: { readonly editor: Editor }) {
  return (
    <div class="strip" hidden={!editor.store.hasStrip.value}>
      {editor.store.hasStrip.value && <Tiles editor={editor} />}
    </div>
  );
}

function Tiles({ editor }: { readonly editor: Editor }) {
  const { store, actions, thumbnails } = editor;
  const list = useRef<HTMLDivElement>(null);
  const room = useRef<HTMLDivElement>(null);
  /** The last layout, in pixels. */
  const layout = useSignal({ left: 0, width: 0, pitch: 0 });
  /** The tile that keys act on. */
  const cursor = useSignal(store.active.value);

  const items = store.strip.value;
  const active = store.active.value;
  const count = items.length;
  const clamp = (index: number) => Math.min(Math.max(index, 0), count - 1);

  function measureLayout(): void {
    const [{ scrollLeft: left, clientWidth: width }, pitch] = [list.current!, room.current!.clientWidth / count];
    const { value } = layout;
    if (left !== value.left || width !== value.width || pitch !== value.pitch) layout.value = { left, width, pitch };
  }
  function moveTo(index: number): void {
    cursor.value = clamp(index);
    reveal(cursor.value);
  }
  function reveal(index: number): void {
    const { pitch, width, left } = layout.value;
    const [from, to] = [index * pitch, (index + 1) * pitch];
    const next = from < left ? from : to > left + width ? to - width : left;
    if (next === left) return;
    list.current!.scrollLeft = next;
    layout.value = { left: next, width, pitch };
  }
  function select(index: number): void {
    moveTo(index);
    actions.select(index);
  }

  useLayoutEffect(() => {
    const sizes = new ResizeObserver(() => {
      measureLayout();
      // Render before the change becomes visible.
      renderNow();
    });
    sizes.observe(list.current!);
    sizes.observe(room.current!);
    return () => sizes.disconnect();
  }, [count]);
  const isLaidOut = layout.value.pitch > 0;
  useLayoutEffect(() => {
    if (isLaidOut) moveTo(active);
  }, [active, isLaidOut]);

  const { from, to } = rangeOf(layout.value, count);
  const isIn = (index: number) => index >= from && index <= to;
  const shown = Array.from({ length: Math.max(to - from + 1, 0) }, (_, i) => from + i);
  if (count > 0 && !isIn(cursor.value)) shown.push(clamp(cursor.value));
  // The version is read so that the component is rendered again when a thumbnail comes or goes.
  const { value: version } = thumbnails.version;
  useLayoutEffect(() => {
    if (isLaidOut) thumbnails.want(from, to);
  }, [from, to, version, isLaidOut]);

  const page = () => Math.max(Math.floor(layout.value.width / layout.value.pitch), 1);
  const keys: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => moveTo(cursor.value - 1),
    ArrowRight: () => moveTo(cursor.value + 1),
    PageUp: () => moveTo(cursor.value - page()),
    PageDown: () => moveTo(cursor.value + page()),
    Home: () => moveTo(0),
    End: () => moveTo(count - 1),
    Enter: () => select(cursor.value),
    ' ': () => select(cursor.value),
  };
  return (
    <>
      <QueueLine editor={editor} leave={() => list.current?.focus()} />
      <div
        class="strip-list"
        ref={list}
        role="listbox"
        tabIndex={0}
        aria-label="Images"
        aria-orientation="horizontal"
        aria-activedescendant={tileId(cursor.value)}
        data-testid="strip"
        onScroll={measureLayout}
        onKeyDown={(event) => {
          const act = keys[event.key];
          if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
          event.preventDefault();
          act();
        }}
      >
        <div class="strip-room" ref={room} role="presentation" style={{ '--count': count }}>
          {shown.map((index) => (
            <Tile
              key={index}
              index={index}
              item={items[index]!}
              count={count}
              isActive={index === active}
              isCursor={index === cursor.value}
              thumbnail={thumbnails.sourceOf(index)}
              onSelect={select}
            />
          ))}
        </div>
      </div>
    </>
  );
}

/** The range of tiles on screen, with some on either side. */
function rangeOf({ left, width, pitch }: { left: number; width: number; pitch: number }, count: number) {
  if (!(pitch > 0)) return { from: 0, to: -1 };
  const clamp = (index: number) => Math.min(Math.max(index, 0), count - 1);
  return {
    from: clamp(Math.floor(left / pitch) - BESIDE),
    to: clamp(Math.ceil((left + width) / pitch) - 1 + BESIDE),
  };
}
