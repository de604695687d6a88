/** Lookup tables from values to colours, which the webviews and the exports share. */
import { interpolateMagma, interpolateRdBu, interpolateTurbo, interpolateViridis } from 'd3-scale-chromatic';

/** 256 colours, each red, green, blue and alpha from 0 to 255. */
export type ColorTable = Uint8ClampedArray;

const ENTRIES = 256;

const clamp = (value: number) => Math.min(Math.max(value, 0), 1);

/** Parses the two forms of CSS colours that d3 returns: #rrggbb and rgb(r, g, b). */
function parse(css: string): [number, number, number] {
  const hex = /^#(..)(..)(..)$/.exec(css);
  if (hex) return [parseInt(hex[1]!, 16), parseInt(hex[2]!, 16), parseInt(hex[3]!, 16)];
  const [red, green, blue] = css.match(/\d+/g)!.map(Number);
  return [red!, green!, blue!];
}

/** MATLAB's jet: three trapezoids, a quarter of the range apart. */
function jet(value: number): string {
  const channel = (centre: number) => Math.round(255 * clamp(1.5 - Math.abs(4 * value - centre)));
  return `rgb(${channel(3)}, ${channel(2)}, ${channel(1)})`;
}

function grey(value: number): string {
  const level = Math.round(255 * value);
  return `rgb(${level}, ${level}, ${level})`;
}

function table(color: (value: number) => string, alpha: (value: number) => number = () => 1): ColorTable {
  const entries = new Uint8ClampedArray(4 * ENTRIES);
  for (let i = 0; i < ENTRIES; i++) {
    const value = i / (ENTRIES - 1);
    entries.set([...parse(color(value)), Math.round(255 * alpha(value))], 4 * i);
  }
  return entries;
}

/** Opaque colours for normalised saliency from 0 to 1. */
export const colorTables = {
  turbo: table(interpolateTurbo),
  viridis: table(interpolateViridis),
  magma: table(interpolateMagma),
  jet: table(jet),
  grey: table(grey),
} as const;

/**
 * Colours of a difference from -1 (blue) over 0 (clear) to 1 (red). The colour depends on the square root of the
 * magnitude, so that small differences have saturated colours too. Alpha makes the image itself visible where two maps
 * agree.
 */
export const differenceTable: ColorTable = table(
  (value) => interpolateRdBu(0.5 - Math.sign(value - 0.5) * Math.sqrt(Math.abs(value - 0.5) / 2)),
  (value) => clamp(5 * Math.abs(2 * value - 1)),
);
