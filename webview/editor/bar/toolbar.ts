/** Controls of the style and the view. Nothing here asks the engine for anything. */
import { COLORMAPS, type HeatStyle } from '../../../src/core/style';
import { h } from '../../dom';
import { type Button, checkbox, dropdown, iconButton, setPressed } from '../../toolkit';
import { createMenu, type MenuItem } from './menu';

export interface ToolbarEvents {
  style(change: Partial<HeatStyle>): void;
  original(): void;
  swipe(): void;
  compare(): void;
  /** The comparison ends. */
  alone(): void;
  measure(): void;
  zoomIn(): void;
  zoomOut(): void;
  fit(): void;
  actual(): void;
  copy(): void;
  /** How what is in focus can be exported now. */
  exports(): readonly MenuItem[];
}

export function createToolbar(events: ToolbarEvents) {
  const opacity = slider('Opacity', 'opacity', 'Opacity of the heat', (value) => events.style({ opacity: value }));
  const threshold = slider('Threshold', 'threshold', 'Hide saliency below', (value) =>
    events.style({ threshold: value }),
  );
  const colormap = dropdown('Colormap', 'colormap', COLORMAPS, (value) => {
    // The dropdown also tells of values that were set from here.
    if (value !== shown?.colormap) events.style({ colormap: value });
  });
  const contour = checkbox('Contour', 'A line at the threshold, or at half of the maximum', 'contour', (on) => {
    if (on !== shown?.contour) events.style({ contour: on });
  });
  const original = toggle('eye', 'Show original', 'original', 'Show original (hold Space)', events.original);
  const swipe = toggle('split-horizontal', 'Swipe', 'swipe', 'Swipe between original and heat', events.swipe);
  const compare = iconButton(
    'editor-layout',
    'Compare',
    'compare',
    events.compare,
    'Compare methods, layers, classes or models',
  );
  const alone = iconButton('window', 'Stop comparing', 'stop-comparing', events.alone, 'Stop comparing');
  const measure = toggle('graph-line', 'Measure', 'measure', 'Measure how good this map is', events.measure);
  const style = h(
    'div',
    { class: 'tools style-tools', id: 'style-tools', role: 'group', 'aria-label': 'Heat' },
    opacity.root,
    colormap,
    threshold.root,
    contour,
  );
  const styleToggle = iconButton('settings', 'Heat settings', 'heat-settings', () =>
    expandStyle(!style.classList.contains('open')),
  );
  styleToggle.classList.add('narrow-only');
  const actual = h('button', {
    class: 'zoom-value',
    title: 'Actual size (1)',
    'aria-label': 'Actual size',
    'data-testid': 'zoom-actual',
  });
  actual.addEventListener('click', events.actual);
  const zoom = h(
    'div',
    { class: 'tools', role: 'group', 'aria-label': 'Zoom' },
    iconButton('zoom-out', 'Zoom out', 'zoom-out', events.zoomOut, 'Zoom out (-)'),
    actual,
    iconButton('zoom-in', 'Zoom in', 'zoom-in', events.zoomIn, 'Zoom in (+)'),
    iconButton('screen-full', 'Fit', 'zoom-fit', events.fit, 'Fit the image (0)'),
  );
  const copy = iconButton('copy', 'Copy image', 'copy', events.copy, 'Copy image with heat');
  const exports = createMenu('export', 'Export', 'export', events.exports);
  const root = h(
    'div',
    { class: 'toolbar', role: 'toolbar', 'aria-label': 'Explanation' },
    styleToggle,
    style,
    h('div', { class: 'tools' }, original, swipe, compare, alone, measure),
    h('div', { class: 'space' }),
    zoom,
    h('div', { class: 'tools' }, copy, exports.root),
  );

  function expandStyle(open: boolean): void {
    style.classList.toggle('open', open);
    styleToggle.ariaExpanded = String(open);
  }
  expandStyle(false);
  document.addEventListener('pointerdown', (event) => {
    if (!root.contains(event.target as Node)) expandStyle(false);
  });

  let shown: HeatStyle | undefined;
  return {
    root,
    /** Closes what hangs over the image; false if nothing did. */
    close(): boolean {
      const open = style.classList.contains('open');
      expandStyle(false);
      return open;
    },
    showStyle(next: HeatStyle): void {
      shown = next;
      opacity.show(next.opacity);
      threshold.show(next.threshold);
      if (colormap.value !== next.colormap) colormap.value = next.colormap;
      contour.checked = next.contour;
    },
    showOriginal: (on: boolean) => setPressed(original, on),
    showComparing(on: boolean): void {
      alone.hidden = !on;
    },
    showMeasuring: (on: boolean) => setPressed(measure, on),
    showSwipe: (on: boolean) => setPressed(swipe, on),
    showZoom(scale: number | undefined): void {
      actual.textContent = scale === undefined ? '' : `${Math.round(100 * scale)} %`;
    },
    enableExport: exports.enable,
    enableCopy(on: boolean): void {
      copy.disabled = !on;
    },
  };
}

function toggle(iconName: string, name: string, testId: string, hint: string, run: () => void): Button {
  const button = iconButton(iconName, name, testId, run, hint);
  setPressed(button, false);
  return button;
}

/** A slider from 0 to 1 with its value in percent. The toolkit has none. */
function slider(label: string, testId: string, name: string, onInput: (value: number) => void) {
  const input = h('input', { type: 'range', min: 0, max: 100, step: 1, 'aria-label': name, 'data-testid': testId });
  const value = h('output', { class: 'slider-value' });
  const root = h('label', { class: 'slider', title: name }, h('span', { class: 'slider-label' }, label), input, value);
  const show = (next: number) => {
    const percent = Math.round(100 * next);
    input.value = String(percent);
    input.style.setProperty('--filled', `${percent}%`);
    input.setAttribute('aria-valuetext', `${percent} %`);
    value.textContent = `${percent} %`;
  };
  input.addEventListener('input', () => {
    show(input.valueAsNumber / 100);
    onInput(input.valueAsNumber / 100);
  });
  return { root, show };
}
