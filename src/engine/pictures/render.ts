/** The request `render`: an explanation as a file. */
import path from 'node:path';
import { errors } from '../../core/errors';
import type { Size } from '../../core/geometry';
import { mapOnImage } from '../../core/heat/on-image';
import { CONTOUR, contourLevel, contourPath, drawHeat } from '../../core/heat/overlay';
import { METHOD_NAMES } from '../../core/methods/names';
import type { RgbImage } from '../../core/resample';
import { saliencyOf } from '../../core/saliency';
import type { HeatStyle } from '../../core/style';
import { marked } from '../../files/mark';
import { npyBytes } from '../../files/npy';
import { outputsBeside } from '../../files/output';
import type { Explanation } from '../../protocol/explanation';
import type { ImageSource, Params, RenderKind, Result } from '../../protocol/requests';
import { recordOf } from '../explanations/record';
import { decodeImage, encodePng, nameOf } from './image';

/**
 * Width in pixels of a picture on which contour lines have their nominal width. On larger pictures they are wider in
 * proportion.
 */
const SCREEN = 1000;

/** What is needed to draw an explanation. */
interface Drawing {
  readonly explanation: Pick<Explanation, 'frame'>;
  readonly image: ImageSource;
  readonly style: HeatStyle;
}

type Export = Drawing & { readonly explanation: Explanation };

const renderers: { readonly [K in RenderKind]: (of: Export) => Uint8Array | Promise<Uint8Array> } = {
  overlay: async (of) => marked(await renderOverlay(of), describe(of.explanation)),
  heatmap: async (of) => marked(await renderHeatmap(of), describe(of.explanation)),
  npy: ({ explanation: { frame } }) => {
    const { width, height } = frame.inputSize;
    return npyBytes({ shape: [height, width], data: saliencyOf(frame).map });
  },
  'npy-image': ({ explanation: { frame } }) => {
    const { width, height } = frame.imageTransform.image;
    return npyBytes({
      shape: [height, width],
      data: mapOnImage(saliencyOf(frame).map, frame.inputSize, frame.imageTransform),
    });
  },
  json: ({ explanation }) => Buffer.from(`${JSON.stringify(recordOf(explanation), null, 2)}\n`),
};

/**
 * @param files files that are read for the explanation's model
 * @throws output-taken if the output would overwrite one of them, or the image
 */
export async function render(params: Params<'render'>, files: readonly string[] = []): Promise<Result<'render'>> {
  const { kind, output, inputs = [], ...drawing } = params;
  const bytes = await renderers[kind](drawing);
  if (output === undefined) return { bytes };
  const { image } = drawing;
  const read = 'bytes' in image ? [] : [nameOf(image)];
  await outputsBeside([...files, ...inputs, ...read], true).write(output, bytes);
  return {};
}

function describe({ method, label, class: index, layer, model }: Explanation): string {
  return `${METHOD_NAMES[method].title} of ${label} (class ${index}), layer ${layer} of ${path.basename(model)}`;
}

/** The heatmap over the image, at the image's size. For a tensor there is no image. */
export async function renderOverlay(drawing: Drawing): Promise<Uint8Array> {
  const { explanation, image: source, style } = drawing;
  if ('tensor' in source) return renderHeatmap(drawing);
  const image = await decodeImage(source);
  const { width, height } = explanation.frame.imageTransform.image;
  if (image.width !== width || image.height !== height) {
    throw errors.imageUnreadable(nameOf(source), 'it has changed since it was explained');
  }
  blend(image, heatOf(drawing), style.opacity);
  return encodePng(image, 3, contourOf(drawing));
}

/** The heatmap alone, clear where nothing is drawn, at the image's size. */
async function renderHeatmap(drawing: Drawing): Promise<Uint8Array> {
  const { width, height } = drawing.explanation.frame.imageTransform.image;
  return encodePng({ width, height, data: heatOf(drawing) }, 4, contourOf(drawing));
}

function heatOf({ explanation: { frame }, style }: Drawing): Uint8Array {
  const { inputSize, imageTransform } = frame;
  return new Uint8Array(drawHeat(saliencyOf(frame), inputSize, imageTransform, imageTransform.image, style).buffer);
}

/** Blends an RGBA heatmap over the image, in place. */
function blend(image: RgbImage, heat: Uint8Array, opacity: number): void {
  const { data } = image;
  for (let from = 0, to = 0; to < data.length; from += 4, to += 3) {
    const alpha = (opacity * heat[from + 3]!) / 255;
    if (alpha === 0) continue;
    for (let c = 0; c < 3; c++) {
      data[to + c] = Math.round(data[to + c]! * (1 - alpha) + heat[from + c]! * alpha);
    }
  }
}

function contourOf({ explanation: { frame }, style }: Drawing): string | undefined {
  if (!style.contour) return undefined;
  const { inputSize, imageTransform } = frame;
  const size = imageTransform.image;
  const path = contourPath(saliencyOf(frame), inputSize, imageTransform, size, contourLevel(style));
  return svgOf(path, size);
}

function svgOf(path: string, { width, height }: Size): string {
  const scale = Math.max(1, Math.max(width, height) / SCREEN);
  const stroke = (color: string, thickness: number) =>
    `<path d="${path}" fill="none" stroke="${color}" stroke-width="${thickness * scale}"/>`;
  const lines = stroke(CONTOUR.halo, CONTOUR.haloWidth) + stroke(CONTOUR.line, CONTOUR.width);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${lines}</svg>`;
}
