/** All panes. Pointer, wheel and keys move their common viewport. */
import { useComputed } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Editor } from '../editor-model';
import { Pane } from '../pane/pane';
import { listenToPointer } from './gestures';
import { sizeOf } from './sizes';

const HELP =
  'Arrow keys move the image, plus and minus zoom, 0 fits it, 1 shows its actual size. Hold Space to see the image ' +
  'without heat. Shift with arrow keys reads values, M reads the strongest one.';
const HELP_SEVERAL = 'Tab moves between the images, Enter enlarges one.';

export function Stage({ editor }: { readonly editor: Editor }) {
  const { store, view } = editor;
  const root = useRef<HTMLDivElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => listenToPointer(root.current!, view), [view]);
  useLayoutEffect(() => {
    const sizes = new ResizeObserver(() => {
      view.room.value = sizeOf(grid.current!);
    });
    sizes.observe(grid.current!);
    return () => sizes.disconnect();
  }, [view]);
  const columns = useComputed(() => `grid-template-columns: repeat(${view.columns.value}, minmax(0, 1fr))`);
  const isComparing = store.isComparing.value;
  const marks = { several: isComparing, pannable: view.isPannable.value, dragging: view.isDragging.value };
  const classes = Object.entries(marks).flatMap(([name, on]) => (on ? [name] : []));
  return (
    <div
      class={['stage', ...classes].join(' ')}
      ref={root}
      role="application"
      // If there are several panes, they take the focus instead, one after the other.
      tabIndex={isComparing ? -1 : 0}
      aria-label="Image"
      aria-description={isComparing ? `${HELP} ${HELP_SEVERAL}` : HELP}
      // Nothing here can be cut or pasted.
      data-vscode-context='{"preventDefaultContextMenuItems": true}'
      data-testid="stage"
    >
      <div class="grid" ref={grid} style={columns}>
        {store.panes.value.map((id) => (
          <Pane key={id} editor={editor} id={id} />
        ))}
      </div>
      <Reading editor={editor} />
    </div>
  );
}

/** The values at the probed pixel. They are drawn over the image, so that nothing moves when they appear. */
function Reading({ editor: { view } }: { readonly editor: Editor }) {
  return (
    <div class="probe" data-testid="probe" hidden={!view.reading.value}>
      {view.reading.value}
    </div>
  );
}
