/** A chart that follows the size of its element and the theme. This is the only file that uses uPlot. */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

export type { uPlot };

export interface Plot {
  readonly plot: uPlot;
  dispose(): void;
}

/** The colour of text in an element, as the theme has it now. */
export const textOf = (element: HTMLElement) => () => getComputedStyle(element).color;

/** An axis in the colours of its element, whose style sheet sets `--grid`. */
export const axisOf = (element: HTMLElement): uPlot.Axis => ({
  stroke: textOf(element),
  font: `11px ${getComputedStyle(document.body).fontFamily}`,
  ticks: { show: false },
  grid: { width: 1, stroke: () => getComputedStyle(element).getPropertyValue('--grid') },
});

/** Fills an element with a chart without a legend and without a cursor of its own. */
export function createPlot(
  element: HTMLElement,
  options: Omit<uPlot.Options, 'width' | 'height' | 'legend' | 'cursor'>,
): Plot {
  const plot = new uPlot(
    { width: 300, height: 180, legend: { show: false }, cursor: { show: false }, ...options },
    [[]],
    element,
  );
  const sizes = new ResizeObserver(() => {
    const { clientWidth: width, clientHeight: height } = element;
    if (width && height) plot.setSize({ width, height });
  });
  sizes.observe(element);
  // A new theme changes the variables of the document and the classes of its body.
  const themes = new MutationObserver(() => plot.redraw(false));
  themes.observe(document.body, { attributeFilter: ['class'] });
  themes.observe(document.documentElement, { attributeFilter: ['style'] });
  return {
    plot,
    dispose() {
      sizes.disconnect();
      themes.disconnect();
      plot.destroy();
    },
  };
}
