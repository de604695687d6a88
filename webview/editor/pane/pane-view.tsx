/** The part of a pane that shows the image and what lies over it. Positions of pointers are relative to it. */
import { type ReadonlySignal, type Signal, useComputed, useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Editor } from '../editor-model';
import type { Heat } from '../heat/heat';
import { HeatLayer } from '../heat/heat-layer';
import { sizeOf } from '../stage/sizes';
import { PIXELATED } from '../stage/viewport';
import { Divider } from './divider';

interface PaneViewProps {
  readonly editor: Editor;
  /** Id of the pane. */
  readonly id: string;
  readonly title: ReadonlySignal<string>;
  /** True if the map is the final one. */
  readonly isDone: boolean;
  /** True if another pane is enlarged. */
  readonly isHidden: boolean;
  /** Set to the heat that is on screen. */
  readonly shown: Signal<Heat | undefined>;
}

export function PaneView(props: PaneViewProps) {
  const { editor, id } = props;
  const { store, view } = editor;
  const root = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const sizes = new ResizeObserver(() => {
      const size = sizeOf(root.current!);
      // All panes have the same size, except hidden ones.
      if (size) view.paneView.value = size;
    });
    sizes.observe(root.current!);
    return () => sizes.disconnect();
  }, [view]);
  const frame = useComputed(() => {
    const [at, image] = [view.placement.value, store.size.value];
    if (!at || !image) return '';
    const { left, top, scale } = at;
    return `transform: translate(${left}px, ${top}px); width: ${image.width * scale}px; height: ${image.height * scale}px`;
  });
  const ring = useComputed(() => view.ringIn(id));
  const ringStyle = useComputed(() => ring.value && `transform: translate(${ring.value.x}px, ${ring.value.y}px)`);
  const hasNoRing = useComputed(() => !ring.value);
  const hasNoSize = useComputed(() => !store.size.value);
  return (
    <div class="view" ref={root} data-pane={id}>
      <div class="picture" hidden={hasNoSize} style={frame}>
        <Picture {...props} />
      </div>
      <div class="cross" hidden={hasNoRing} style={ringStyle} />
      <Divider editor={editor} />
    </div>
  );
}

/** The picture of a pane. Heat is shown only over its own picture, so each pane loads it separately. */
function Picture({ editor, id, title, isDone, isHidden, shown }: PaneViewProps) {
  const { store, view, actions, paintings } = editor;
  const source = store.photograph.source.value;
  /** The last source, and whether it could be decoded. */
  const seen = useSignal<{ readonly source: string; readonly isDecoded: boolean } | undefined>(undefined);
  const isHere = seen.value !== undefined && seen.value.source === source;
  const heat = useComputed(() => store.heats.value.get(id));
  const style = useComputed(() => {
    const opacity = store.isOriginal.value ? 0 : heat.value?.opaque ? 1 : store.style.value.opacity;
    const [swipe, pane, left] = [store.swipe.value, view.paneView.value, view.placement.value?.left];
    const isWhole = swipe === undefined || pane === undefined || left === undefined;
    const covered = isWhole ? 0 : Math.max(swipe * pane.width - left, 0);
    return `opacity: ${opacity}${covered > 0 ? `; clip-path: inset(0 0 0 ${covered}px)` : ''}`;
  });
  const isPixelated = useComputed(() => (view.placement.value?.scale ?? 0) >= PIXELATED);
  return (
    <>
      {/* Decoded in step with what is drawn over it: else a browser may paint the heat first. Hidden while it is not
          decoded: a browser's sign of a broken image says nothing that the messages don't. */}
      <img
        decoding="sync"
        draggable={false}
        alt={title.value}
        class={isPixelated.value ? 'pixelated' : ''}
        hidden={!(isHere && seen.value?.isDecoded)}
        data-testid={`image-${id}`}
        onLoad={({ currentTarget }) => {
          const from = currentTarget.getAttribute('src') ?? '';
          seen.value = { source: from, isDecoded: true };
          store.photograph.decoded(from, currentTarget);
        }}
        onError={({ currentTarget }) => {
          const from = currentTarget.getAttribute('src') ?? '';
          seen.value = { source: from, isDecoded: false };
          actions.pictureFailed(from);
        }}
        {...(source !== undefined && { src: source })}
      />
      <HeatLayer
        id={id}
        paintings={paintings}
        heat={heat.value}
        source={source}
        image={isHidden ? undefined : store.size.value}
        style={store.style.value}
        isDone={isDone}
        isHidden={!isHere}
        css={style}
        shown={shown}
      />
    </>
  );
}
