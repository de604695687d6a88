/** The grid: a canvas on which the tiles are drawn, in an element that is scrolled, with keys and names. */
import { useSignalEffect } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { DatasetPage } from '../model';
import { rowText } from '../texts';
import { gridKeys } from './keys';
import { lookOf, onTheme } from './look';
import { createOptions, optionId } from './options';
import { has } from './selection';

/** What the manifest's conditions for the context menu know. */
const MENU = JSON.stringify({ webviewSection: 'grid', preventDefaultContextMenuItems: true });

export function Grid({ page }: { readonly page: DatasetPage }) {
  const { store, grid, painter } = page;
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const layer = useRef<HTMLDivElement>(null);
  const generation = painter.generation.value;
  const { scrolled } = grid.layout.value;
  const viewHeight = grid.size.value.height;

  useLayoutEffect(() => painter.attach(canvas.current!), [generation]);
  useLayoutEffect(() => {
    const element = scroller.current!;
    const names = () => ({ info: store.info.peek()!, version: store.version.peek() });
    const options = createOptions(layer.current!, (position) => {
      const row = grid.rowAt(position);
      return row && { name: rowText(row, names()), isSelected: has(store.selection.peek(), position) };
    });
    grid.attach(element, (motion) => {
      const names = layer.current!;
      if (motion === 'scrolling') names.hidden = true;
      // Shows tests when the names are those of what is drawn.
      names.dataset['motion'] = motion;
      if (motion !== 'resting') return;
      names.hidden = false;
      const { layout, top, visible, count } = grid.shown();
      options.place({ layout, top, from: visible[0], to: visible[1], count, focus: store.focus.peek() });
    });
    const sizes = new ResizeObserver(([entry]) => {
      const { width, height } = entry!.contentRect;
      // Behind another page it has no size, and keeps its place.
      if (width === 0 || height === 0) return;
      grid.ratio.value = devicePixelRatio;
      grid.size.value = { width, height };
      // The browser may have forgotten how far it was scrolled.
      grid.place();
    });
    sizes.observe(element);
    const showLook = () => painter.send({ type: 'look', look: lookOf(element) });
    showLook();
    const themes = onTheme(showLook);
    // Not passive, since the grid itself scrolls what is too long for the browser.
    const wheel = (event: WheelEvent) => {
      const pixels = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? event.deltaY : 40 * event.deltaY;
      if (!event.ctrlKey && grid.wheel(pixels)) event.preventDefault();
    };
    element.addEventListener('wheel', wheel, { passive: false });
    return () => {
      sizes.disconnect();
      themes();
      element.removeEventListener('wheel', wheel);
    };
  }, []);
  useLayoutEffect(() => grid.place(), [scrolled]);
  // A command of the host may ask for the focus.
  useSignalEffect(() => {
    if (page.focusGrid.value > 0) scroller.current?.focus();
  });

  const positionOf = (event: MouseEvent) => {
    const { left, top } = scroller.current!.getBoundingClientRect();
    return grid.positionAt(event.clientX - left, event.clientY - top);
  };
  const count = store.list.value?.count ?? 0;
  return (
    <div
      class="grid"
      ref={scroller}
      role="listbox"
      tabIndex={0}
      aria-label="Images"
      aria-multiselectable
      aria-busy={store.isListing.value}
      {...(count > 0 && { 'aria-activedescendant': optionId(store.focus.value) })}
      data-testid="grid"
      data-vscode-context={MENU}
      onScroll={({ currentTarget }) => grid.scrolled(currentTarget.scrollTop)}
      onKeyDown={(event) => gridKeys(page, event)}
      onFocus={() => {
        grid.hasFocus.value = true;
      }}
      onBlur={() => {
        grid.hasFocus.value = false;
      }}
      onClick={(event) => {
        const position = positionOf(event);
        if (position === undefined) return;
        grid.pick(position, event.shiftKey ? 'extend' : event.ctrlKey || event.metaKey ? 'toggle' : 'only');
      }}
      onContextMenu={(event) => {
        // The commands of the menu are about the row in focus.
        const position = positionOf(event);
        if (position !== undefined) grid.focusOn(position);
      }}
      onDblClick={(event) => {
        const position = positionOf(event);
        if (position !== undefined) page.actions.explain(position);
      }}
    >
      <div class="grid-list" style={{ height: `${scrolled}px` }}>
        <div class="grid-view" style={{ height: `${viewHeight}px` }}>
          <canvas key={generation} ref={canvas} width={1} height={1} data-testid="tiles" />
          <div ref={layer} class="grid-names" role="presentation" />
        </div>
      </div>
    </div>
  );
}
