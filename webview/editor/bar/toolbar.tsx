/** Controls of the style and the view. None of them needs the engine. */
import { useComputed } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { COLORMAPS } from '../../../src/core/style';
import { Check, Choice, IconButton } from '../../toolkit';
import { Menu } from '../../widgets/menu';
import type { Editor } from '../editor-model';
import { exportItems } from './exports';
import { Slider } from './slider';

export function Toolbar({ editor }: { readonly editor: Editor }) {
  const { isStyleOpen } = editor.store;
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const closeOutside = ({ target }: PointerEvent) => {
      if (!root.current?.contains(target as Node)) isStyleOpen.value = false;
    };
    document.addEventListener('pointerdown', closeOutside);
    return () => document.removeEventListener('pointerdown', closeOutside);
  }, [isStyleOpen]);
  return (
    <div class="toolbar" role="toolbar" aria-label="Explanation" ref={root}>
      <IconButton
        icon="settings"
        name="Heat settings"
        testId="heat-settings"
        class="narrow-only"
        expanded={isStyleOpen.value}
        onClick={() => {
          isStyleOpen.value = !isStyleOpen.value;
        }}
      />
      <StyleTools editor={editor} />
      <ImageTools editor={editor} />
      <div class="space" />
      <ZoomTools editor={editor} />
      <OutputTools editor={editor} />
    </div>
  );
}

function StyleTools({ editor: { store, actions } }: { readonly editor: Editor }) {
  const { opacity, threshold, colormap, contour } = store.style.value;
  return (
    <div
      class={`tools style-tools${store.isStyleOpen.value ? ' open' : ''}`}
      id="style-tools"
      role="group"
      aria-label="Heat"
    >
      <Slider
        label="Opacity"
        name="Opacity of the heat"
        testId="opacity"
        value={opacity}
        onInput={(value) => actions.restyle({ opacity: value })}
      />
      <Choice
        name="Colormap"
        testId="colormap"
        values={COLORMAPS}
        value={colormap}
        onChange={(value) => actions.restyle({ colormap: value })}
      />
      <Slider
        label="Threshold"
        name="Hide saliency below"
        testId="threshold"
        value={threshold}
        onInput={(value) => actions.restyle({ threshold: value })}
      />
      <Check
        hint="A line at the threshold, or at half of the maximum"
        testId="contour"
        checked={contour}
        onChange={(on) => actions.restyle({ contour: on })}
      >
        Contour
      </Check>
    </div>
  );
}

function ImageTools({ editor: { store, actions } }: { readonly editor: Editor }) {
  return (
    <div class="tools">
      <IconButton
        icon="eye"
        name="Show original"
        hint="Show original (hold Space)"
        testId="original"
        pressed={store.isOriginal.value}
        onClick={actions.toggleHeat}
      />
      <IconButton
        icon="split-horizontal"
        name="Swipe"
        hint="Swipe between original and heat"
        testId="swipe"
        pressed={store.swipe.value !== undefined}
        onClick={actions.toggleSwipe}
      />
      <IconButton
        icon="editor-layout"
        name="Compare"
        hint="Compare methods, layers, classes or models"
        testId="compare"
        onClick={() => actions.act('compare')}
      />
      <IconButton
        icon="window"
        name="Stop comparing"
        testId="stop-comparing"
        hidden={!store.isComparing.value}
        onClick={actions.stopComparing}
      />
      <IconButton
        icon="graph-line"
        name="Measure"
        hint="Measure how good this map is"
        testId="measure"
        pressed={store.isMeasuring.value}
        onClick={actions.toggleMeasuring}
      />
    </div>
  );
}

function ZoomTools({ editor: { view } }: { readonly editor: Editor }) {
  const text = useComputed(() => {
    const scale = view.placement.value?.scale;
    return scale === undefined ? '' : `${Math.round(100 * scale)} %`;
  });
  return (
    <div class="tools" role="group" aria-label="Zoom">
      <IconButton icon="zoom-out" name="Zoom out" hint="Zoom out (-)" testId="zoom-out" onClick={view.zoomOut} />
      <button
        class="zoom-value"
        type="button"
        title="Actual size (1)"
        aria-label="Actual size"
        data-testid="zoom-actual"
        onClick={() => view.actual()}
      >
        {text}
      </button>
      <IconButton icon="zoom-in" name="Zoom in" hint="Zoom in (+)" testId="zoom-in" onClick={view.zoomIn} />
      <IconButton icon="screen-full" name="Fit" hint="Fit the image (0)" testId="zoom-fit" onClick={view.fit} />
    </div>
  );
}

function OutputTools({ editor: { store, actions } }: { readonly editor: Editor }) {
  const slot = store.focusedSlot.value;
  return (
    <div class="tools">
      <IconButton
        icon="copy"
        name="Copy image"
        hint="Copy image with heat"
        testId="copy"
        disabled={store.photograph.size.value === undefined}
        onClick={actions.copy}
      />
      <Menu
        icon="export"
        name="Export"
        testId="export"
        items={exportItems(store.isExportable.value, slot, actions.exportAs)}
      />
    </div>
  );
}
