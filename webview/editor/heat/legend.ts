/** A strip of the colormap with the values at its ends. */
import type { ColorTable } from '../../../src/core/colormaps';
import { h } from '../../dom';

export function createLegend(name: string, from: string, to: string) {
  const lower = h('span', {}, from);
  const canvas = h('canvas', { width: 256, height: 1, class: 'legend-bar', 'aria-hidden': 'true' });
  const root = h('div', { class: 'legend', role: 'img', 'aria-label': name }, lower, canvas, h('span', {}, to));
  return {
    root,
    show(table: ColorTable, least = from): void {
      lower.textContent = least;
      const colors = new ImageData(new Uint8ClampedArray(table), 256, 1);
      canvas.getContext('2d')!.putImageData(colors, 0, 0);
    },
  };
}
