/** COCO's instances as JSON (https://cocodataset.org/#format-data): images, annotations, categories. */
import * as v from 'valibot';
import { errors, reasonOf } from '../errors';
import type { Point, Size } from '../geometry';
import { fields, finite, list, numbers, parse, parseJson } from '../schema';
import type { AnnotatedImage, Annotations, Region } from './annotations';
import { decompressRuns, type Outline } from './outline';
import { placeAt } from './place';

const COCO = fields({ images: list, annotations: list, categories: list });

const CATEGORY = fields({ id: finite, name: v.string() });

const pixels = v.pipe(finite, v.gtValue(0, 'a number of pixels'));
const IMAGE = fields({ id: finite, file_name: v.string(), width: pixels, height: pixels });

type Bbox = readonly [left: number, top: number, width: number, height: number];

const isBox = (value: unknown): value is Bbox =>
  v.is(numbers, value) && value.length === 4 && value[2]! >= 0 && value[3]! >= 0;
const isPolygon = (value: unknown): value is readonly number[] =>
  v.is(numbers, value) && value.length >= 6 && value.length % 2 === 0;

const POLYGONS = v.array(v.custom<readonly number[]>(isPolygon, 'a polygon of at least three points: x, y, x, y, ...'));
const RUNS = fields(
  { counts: v.union([v.string(), numbers], 'a list of runs, or a text with them') },
  'polygons or runs',
);

const ANNOTATION = fields({
  image_id: finite,
  category_id: finite,
  bbox: v.custom<Bbox>(isBox, '[left, top, width, height]'),
  segmentation: v.optional(v.lazy((value) => (Array.isArray(value) ? POLYGONS : RUNS))),
});

/**
 * @param text of the file
 * @param file its path, for messages
 * @throws annotations-invalid, naming the entry
 */
export function parseCoco(text: string, file: string): Annotations {
  const coco = parseJson(COCO, text, ({ line, position }) =>
    errors.annotationsInvalid(position === undefined ? file : placeAt(file, text, position), line),
  );
  /** One entry after the other, so that not all of them are in memory twice. */
  function each<T>(key: keyof typeof coco, schema: v.GenericSchema<unknown, T>, take: (entry: T) => void): void {
    coco[key].forEach((entry, i) => {
      const fail = (reason: string) => errors.annotationsInvalid(`${file}, ${key}[${i}]`, reason);
      const read = parse(schema, entry, ({ line }) => fail(line));
      try {
        take(read);
      } catch (thrown) {
        throw fail(reasonOf(thrown));
      }
    });
  }

  const categories = new Map<number, string>();
  each('categories', CATEGORY, ({ id, name }) => categories.set(id, name));

  const images = new Map<number, AnnotatedImage & { readonly regions: Region[] }>();
  each('images', IMAGE, ({ id, file_name, width, height }) =>
    images.set(id, { file: file_name, size: { width, height }, regions: [] }),
  );

  each('annotations', ANNOTATION, ({ image_id, category_id, bbox, segmentation }) => {
    const image = images.get(image_id);
    if (!image) throw new Error(`image_id: must be among the images, found ${image_id}`);
    const category = categories.get(category_id);
    if (category === undefined) throw new Error(`category_id: must be among the categories, found ${category_id}`);
    const [left, top, width, height] = bbox;
    const outline = segmentation && outlineOf(segmentation, image.size);
    image.regions.push({ category, box: { left, top, width, height }, ...(outline && { outline }) });
  });
  return { categories: [...categories.values()], images: [...images.values()] };
}

/** @throws Error whose message says what is wrong */
function outlineOf(segmentation: v.InferOutput<typeof POLYGONS | typeof RUNS>, size: Size): Outline | undefined {
  if (!('counts' in segmentation))
    return segmentation.length === 0 ? undefined : { polygons: segmentation.map(pointsOf) };
  const { counts } = segmentation;
  const runs = typeof counts === 'string' ? decompressRuns(counts) : counts;
  const pixels = size.width * size.height;
  if (runs.some((run) => run < 0) || runs.reduce((sum, run) => sum + run, 0) !== pixels)
    throw new Error(`segmentation: its runs must add up to the ${pixels} pixels of the image`);
  return { runs };
}

function pointsOf(polygon: readonly number[]): Point[] {
  return Array.from({ length: polygon.length / 2 }, (_, i) => ({ x: polygon[2 * i]!, y: polygon[2 * i + 1]! }));
}
