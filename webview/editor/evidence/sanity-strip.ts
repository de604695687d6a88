/** Maps of the network with its weights re-randomised, layer by layer, beside the map of the network as it was trained. */

import type { Size } from '../../../src/core/geometry';
import type { Frame } from '../../../src/core/saliency';
import type { SanityMap, SanityStep } from '../../../src/core/sanity/types';
import { stepsOf } from '../../../src/core/sanity/verdict';
import type { HeatStyle } from '../../../src/core/style';
import type { ShownCheck } from '../../../src/protocol/webview';
import { h } from '../../dom';
import { draw } from '../heat/painting';

/** The longer side of a map, in pixels of its canvas. */
const LONGER = 96;

export function createSanityStrip() {
  const strip = h('ol', { class: 'checks', tabindex: 0, 'aria-label': 'Maps by how many layers are re-randomised' });
  const verdict = h('p', { class: 'sentence', 'data-testid': 'sanity-verdict' });
  const root = h('div', { class: 'sanity-strip', 'data-testid': 'sanity-strip', hidden: true }, strip, verdict);
  let shown: { check: ShownCheck; style: HeatStyle } | undefined;
  return {
    root,
    /** @param original the frame of the map that is checked */
    show(check: ShownCheck | undefined, original: Frame | undefined, style: HeatStyle): void {
      root.hidden = !check || !original || check.maps.length === 0;
      if (root.hidden || !check || !original) return;
      if (shown?.check === check && shown.style === style) return;
      shown = { check, style };
      verdict.textContent = check.verdict ?? '';
      const trained = column(
        [picture(original, style, 'Map of the network as trained')],
        'as trained',
        'The network as it was trained',
        '',
      );
      const drawn = stepsOf(check.maps).map((step) => {
        const maps = check.maps.filter(({ depth }) => depth === step.depth);
        const layers =
          step.depth === 1 ? `${step.layer} re-randomised` : `${step.layer} and all behind it re-randomised`;
        return column(
          maps.map((map) => cell(map, style)),
          step.layer,
          layers,
          similarityText(step),
        );
      });
      strip.replaceChildren(trained, ...drawn);
    },
  };
}

function column(pictures: readonly HTMLElement[], name: string, hint: string, text: string): HTMLElement {
  return h(
    'li',
    { class: 'check', title: [hint, text].filter(Boolean).join('\n') },
    h('div', { class: 'check-maps' }, ...pictures),
    h('span', { class: 'check-layer from-end' }, h('bdi', {}, name)),
    ...text.split('\n').map((line) => h('span', { class: 'check-similarity' }, line)),
  );
}

function cell({ frame, blank, layer }: SanityMap, style: HeatStyle): HTMLElement {
  if (blank !== undefined || !frame) return h('div', { class: 'check-blank', title: blank ?? '' }, 'blank');
  return picture(frame, style, `Map with ${layer} re-randomised`);
}

function picture(frame: Frame, style: HeatStyle, name: string): HTMLElement {
  const size = sizeOf(frame.imageTransform.image);
  const canvas = h('canvas', { ...size, class: 'check-map', role: 'img', 'aria-label': name });
  const { pixels } = draw({ drawing: { kind: 'map', frame }, size, style: { ...style, threshold: 0, contour: false } });
  canvas.getContext('2d')!.putImageData(new ImageData(pixels, size.width, size.height), 0, 0);
  return canvas;
}

function sizeOf({ width, height }: Size): Size {
  const scale = LONGER / Math.max(width, height);
  return { width: Math.max(Math.round(width * scale), 1), height: Math.max(Math.round(height * scale), 1) };
}

/** Of the mean over the draws that have a map. */
function similarityText({ mean }: SanityStep): string {
  return mean ? `ρ ${mean.spearman.toFixed(2)}\nSSIM ${mean.ssim.toFixed(2)}` : 'blank';
}
