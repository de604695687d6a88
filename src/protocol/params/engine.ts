/** Schemas of the parameters of all requests to the engine. */
import * as v from 'valibot';
import type { AnnotatedImage, Region } from '../../core/annotations/annotations';
import { MEASURED_MAPS, METRICS, type MetricChoice } from '../../core/metrics/measurement';
import { RANDOMISATIONS } from '../../core/sanity/types';
import { type Form, fields } from '../../core/schema';
import type { LayoutParams, Replacement } from '../clusters/transplant';
import {
  type ExplainParams,
  type MeasureParams,
  type Params,
  RENDER_KINDS,
  type Requests,
  type SanityParams,
  type SheetTile,
  type SweepImage,
  type SweepParams,
} from '../requests';
import type { ParamsTable } from '../table';
import { HEAT_STYLE } from '../webview';
import { device, METHOD_FIELDS, methodChoice, modelChoice } from './choices';
import { explanationForm, frameForm, imageTransform, optionValues, size } from './explanation';
import { CELLS, TRAINING_FIELDS } from './training';

const number = v.number();
const text = v.string();
const flag = v.boolean();
const numbers = v.array(number);
const optional = v.exactOptional;
const bytes = v.instance(Uint8Array);
const floats = v.instance(Float32Array);

const explanation = explanationForm(floats);
const picture = v.union([fields({ path: text }), fields({ bytes, name: text })]);
const tensor = fields({ tensor: text });
const image = v.union([picture, tensor]);

const oneClass = v.union([fields({ index: number }), fields({ label: text })]);
const classChoice = v.union([v.literal('top'), oneClass]);

const outline = v.union([
  fields({ polygons: v.array(v.array(fields({ x: number, y: number }))) }),
  fields({ runs: numbers }),
]);
const region = fields({
  category: text,
  box: fields({ left: number, top: number, width: number, height: number }),
  outline: optional(outline),
} satisfies Form<Region>);
const annotated = fields({ file: text, size, regions: v.array(region) } satisfies Form<AnnotatedImage>);

export const ENGINE_PARAMS: ParamsTable<Requests> = {
  inspect: fields({ model: modelChoice } satisfies Form<Params<'inspect'>>),
  explain: fields({
    ...METHOD_FIELDS,
    view: text,
    image,
    model: modelChoice,
    own: optional(v.literal(true)),
    target: v.union([classChoice, fields({ among: numbers })]),
    contrast: optional(v.array(oneClass)),
    contrastWeight: optional(number),
    device,
    top: number,
  } satisfies Form<ExplainParams>),
  measure: fields({
    view: text,
    explanation,
    image,
    model: modelChoice,
    metrics: v.array(
      fields({ metric: v.picklist(METRICS), options: optional(optionValues) } satisfies Form<MetricChoice>),
    ),
    maps: v.array(v.picklist(MEASURED_MAPS)),
    seed: number,
    pictures: flag,
    regions: optional(v.array(region)),
  } satisfies Form<MeasureParams>),
  sanity: fields({
    view: text,
    image,
    model: modelChoice,
    target: classChoice,
    device,
    methods: v.array(methodChoice),
    randomisations: v.array(v.picklist(RANDOMISATIONS)),
    steps: number,
    seeds: numbers,
  } satisfies Form<SanityParams>),
  sweep: fields({
    model: modelChoice,
    device,
    images: v.array(
      fields({
        id: number,
        path: text,
        truth: numbers,
        annotated: optional(annotated),
        class: optional(number),
      } satisfies Form<SweepImage>),
    ),
    categories: optional(v.record(text, v.array(text))),
    top: number,
    thumbnail: optional(number),
    maps: flag,
  } satisfies Form<SweepParams>),
  train: fields({ ...TRAINING_FIELDS, model: modelChoice, device } satisfies Form<Params<'train'>>),
  transplant: fields({
    model: modelChoice,
    device,
    class: number,
    replacements: v.array(
      fields({
        cells: CELLS,
        images: v.array(text),
        sources: optional(v.array(text)),
      } satisfies Form<Replacement>),
    ),
    blur: METHOD_FIELDS.blur,
  } satisfies Form<Params<'transplant'>>),
  layout: fields({ points: floats, dimensions: number, seed: number } satisfies Form<LayoutParams>),
  meanPicture: fields({
    pictures: v.array(fields({ bytes, transform: imageTransform })),
    inputSize: size,
    side: number,
  } satisfies Form<Params<'meanPicture'>>),
  attend: fields({ view: text }),
  gradient: fields({ model: modelChoice, image, target: oneClass, wrt: optional(text) } satisfies Form<
    Params<'gradient'>
  >),
  picture: fields({ image, longest: optional(number), first: optional(v.literal(true)) } satisfies Form<
    Params<'picture'>
  >),
  render: fields({
    kind: v.picklist(RENDER_KINDS),
    explanation,
    image,
    style: HEAT_STYLE,
    output: optional(text),
    inputs: optional(v.array(text)),
  } satisfies Form<Params<'render'>>),
  sheet: fields({
    tiles: v.array(
      fields({
        title: text,
        lines: v.array(text),
        image: picture,
        frame: optional(frameForm(floats)),
      } satisfies Form<SheetTile>),
    ),
    style: HEAT_STYLE,
    output: text,
    inputs: v.array(text),
  } satisfies Form<Params<'sheet'>>),
  export: fields({
    ...METHOD_FIELDS,
    model: modelChoice,
    output: text,
    class: v.picklist(['top', 'input']),
    size: v.picklist(['layer', 'input']),
    external: v.picklist(['keep', 'pack']),
  } satisfies Form<Params<'export'>>),
  devices: fields({}),
  saveSidecar: fields({ model: modelChoice, replace: optional(flag) } satisfies Form<Params<'saveSidecar'>>),
};
