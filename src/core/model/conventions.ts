/**
 * How images become a model's input and its output becomes probabilities, from several sources in order of precedence.
 */

import type { Fit } from '../geometry';
import { DataType } from '../onnx/tensors';
import type { Activation } from '../output';
import type { Interpolation } from '../resample';
import type { Origin, Sourced } from '../sourced';
import type { ImageInput } from './inputs';
import type { Color, Preprocessing } from './preprocessing';

/** What one source says about a model. Every value may be absent. A number instead of a list holds for all channels. */
export interface Conventions {
  readonly input?: InputConventions | undefined;
  readonly output?: { readonly name?: string | undefined; readonly activation?: Activation | undefined } | undefined;
  readonly layer?: string | undefined;
  /** A file with one label a line, relative to the source's own folder. */
  readonly labels?: string | undefined;
  /** The names of the classes, if the source itself has them. */
  readonly names?: readonly string[] | undefined;
}

export interface InputConventions {
  readonly name?: string | undefined;
  /** The order of the input's axes, where its dimensions leave that open. */
  readonly layout?: 'NCHW' | 'NHWC' | undefined;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly fit?: Fit | undefined;
  readonly resize?: number | undefined;
  readonly interpolation?: Interpolation | undefined;
  readonly color?: Color | undefined;
  readonly scale?: number | undefined;
  readonly mean?: number | readonly number[] | undefined;
  readonly std?: number | readonly number[] | undefined;
}

export interface Source {
  readonly origin: Origin;
  /** The file it was read from. */
  readonly file: string;
  readonly conventions: Conventions;
  /** What the source asks for and Group-CAM does not do, in words. */
  readonly notes: readonly string[];
}

/** The answer of the first source that has one. */
export function firstOf<T>(sources: readonly Source[], ask: (said: Conventions) => T | undefined) {
  for (const { origin, conventions } of sources) {
    const value = ask(conventions);
    if (value !== undefined) return { value, origin };
  }
  return undefined;
}

export const IMAGENET_MEAN = [0.485, 0.456, 0.406];
export const IMAGENET_STD = [0.229, 0.224, 0.225];
const USUAL_SIZE = 224;
/** The part of the shorter side that the usual centre crop keeps: 224 of 256. */
const USUAL_CROP = 0.875;

/** The preprocessing, and what it assumes, in words. */
export interface Conventional {
  readonly preprocessing: Preprocessing;
  readonly assumptions: readonly string[];
}

/**
 * The preprocessing in use, each value from the first source that has it, then from the graph, else assumed.
 *
 * @param sources best first; they agree with the graph (see `agreeing`)
 */
export function resolvePreprocessing(input: ImageInput, sources: readonly Source[]): Conventional {
  const said = <T>(ask: (input: InputConventions) => T | undefined) =>
    firstOf(sources, (conventions) => conventions.input && ask(conventions.input));
  const assumptions: string[] = [];
  const assume = <T>(value: T, words?: string): Sourced<T> => {
    if (words !== undefined) assumptions.push(words);
    return { value, origin: 'assumed' };
  };

  const saidWidth = said(({ width }) => width) ?? sizeFromGraph(input.width);
  const saidHeight = said(({ height }) => height) ?? sizeFromGraph(input.height);
  const width = saidWidth ?? assume(saidHeight?.value ?? USUAL_SIZE);
  const height = saidHeight ?? assume(width.value);
  if (!saidWidth || !saidHeight) assumptions.push(`input size: ${width.value} x ${height.value}`);
  const usualResize = Math.round(height.value / USUAL_CROP);
  const saidFit = said((its) => its.fit);
  const fit = saidFit ?? assume<Fit>('crop', "fit: the centre of the image; an image of the input's size as it is");
  const cropped = fit.value === 'crop';
  const resize =
    said((its) => (its.fit === undefined || its.fit === fit.value ? its.resize : undefined)) ??
    (cropped
      ? assume(usualResize, `resize: shorter side to ${usualResize} before the crop`)
      : assume(Math.min(width.value, height.value)));
  // A source that says how images are fitted but names no filter means bilinear.
  const interpolation =
    said((its) => its.interpolation) ??
    assume<Interpolation>('bilinear', saidFit ? undefined : 'interpolation: bilinear');
  const color =
    input.channels === 1 ? fromGraph<Color>('GRAY') : (said((its) => its.color) ?? assume<Color>('RGB', 'colour: RGB'));
  return { preprocessing: { width, height, fit, resize, interpolation, color, ...normalisation() }, assumptions };

  function normalisation(): Pick<Preprocessing, 'scale' | 'mean' | 'std'> {
    const each = (value: number | readonly number[]) => perChannel(value, input.channels);
    const scale = said((its) => its.scale);
    const mean = said((its) => (its.mean !== undefined ? each(its.mean) : undefined));
    const std = said((its) => (its.std !== undefined ? each(its.std) : undefined));
    if (!scale && !mean && !std) return unsaidNormalisation();
    return {
      scale: scale ?? assume(1 / 255, 'scale: 1/255'),
      mean: mean ?? assume(each(0), 'mean: 0'),
      std: std ?? assume(each(1), 'std: 1'),
    };
  }

  function unsaidNormalisation(): Pick<Preprocessing, 'scale' | 'mean' | 'std'> {
    const none = { mean: perChannel(0, input.channels), std: perChannel(1, input.channels) };
    // An input of 8-bit integers takes the pixels unchanged, since normalised values do not fit.
    if (input.dtype === DataType.UINT8)
      return { scale: fromGraph(1), mean: fromGraph(none.mean), std: fromGraph(none.std) };
    if (input.channels === 1) {
      assumptions.push('scale: 1/255, without mean and std');
      return { scale: assume(1 / 255), mean: assume(none.mean), std: assume(none.std) };
    }
    assumptions.push('mean and std: those of ImageNet, with scale 1/255');
    const order = color.value === 'BGR' ? [2, 1, 0] : [0, 1, 2];
    const colors = (values: readonly number[], rest: readonly number[]) =>
      rest.map((value, i) => values[order[i] ?? i] ?? value);
    return {
      scale: assume(1 / 255),
      mean: assume(colors(IMAGENET_MEAN, none.mean)),
      std: assume(colors(IMAGENET_STD, none.std)),
    };
  }
}

function fromGraph<T>(value: T): Sourced<T> {
  return { value, origin: 'graph' };
}

function sizeFromGraph(size: number | undefined): Sourced<number> | undefined {
  return size === undefined ? undefined : fromGraph(size);
}

function perChannel(value: number | readonly number[], channels: number): readonly number[] {
  return typeof value === 'number' ? Array.from({ length: channels }, () => value) : value;
}
