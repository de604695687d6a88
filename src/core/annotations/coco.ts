/** COCO's instances as JSON (https://cocodataset.org/#format-data): images, annotations, categories. */
import { errors, reasonOf } from '../errors';
import type { Box, Point, Size } from '../geometry';
import { isRecord, type Json, numberAt, numbersAt, stringAt } from '../model/json';
import type { AnnotatedImage, Annotations, Region } from './annotations';
import { decompressRuns, type Outline } from './outline';
import { placeAt } from './place';

/**
 * @param text of the file
 * @param file its path, for messages
 * @throws annotations-invalid, naming the entry
 */
export function parseCoco(text: string, file: string): Annotations {
  const fail = (place: string, reason: string) => errors.annotationsInvalid(place, reason);
  const json = parseJson(text, file);
  if (!isRecord(json)) throw fail(file, 'it is no object with images, annotations and categories');
  const entries = (key: string): readonly Json[] => {
    const list = json[key];
    if (!Array.isArray(list)) throw fail(file, `"${key}" must be a list`);
    return list.map((entry: unknown, i) => {
      if (!isRecord(entry)) throw fail(`${file}, ${key}[${i}]`, 'it is no object');
      return entry;
    });
  };
  /** Reads a value of an entry, or says what it should be. */
  const must = <T>(value: T | undefined, key: string, i: number, wanted: string): T => {
    if (value === undefined) throw fail(`${file}, ${key}[${i}]`, `needs ${wanted}`);
    return value;
  };

  const categories = new Map<number, string>();
  entries('categories').forEach((entry, i) => {
    const id = must(numberAt(entry, 'id'), 'categories', i, 'a number "id"');
    categories.set(id, must(stringAt(entry, 'name'), 'categories', i, 'a text "name"'));
  });

  const images = new Map<number, AnnotatedImage & { readonly regions: Region[] }>();
  entries('images').forEach((entry, i) => {
    const id = must(numberAt(entry, 'id'), 'images', i, 'a number "id"');
    const size = must(sizeOf(entry), 'images', i, '"width" and "height" in pixels');
    images.set(id, { file: must(stringAt(entry, 'file_name'), 'images', i, 'a text "file_name"'), size, regions: [] });
  });

  entries('annotations').forEach((entry, i) => {
    const need = <T>(value: T | undefined, wanted: string) => must(value, 'annotations', i, wanted);
    const image = need(images.get(numberAt(entry, 'image_id') ?? Number.NaN), 'an "image_id" that is among the images');
    const category = need(
      categories.get(numberAt(entry, 'category_id') ?? Number.NaN),
      'a "category_id" that is among the categories',
    );
    const box = need(boxOf(entry), '"bbox": [left, top, width, height]');
    try {
      const outline = outlineOf(entry['segmentation'], image.size);
      image.regions.push({ category, box, ...(outline && { outline }) });
    } catch (thrown) {
      throw fail(`${file}, annotations[${i}].segmentation`, reasonOf(thrown));
    }
  });
  return { categories: [...categories.values()], images: [...images.values()] };
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    const reason = reasonOf(thrown);
    const position = /position (\d+)/.exec(reason)?.[1];
    const at = position === undefined ? text.length : Number(position);
    throw errors.annotationsInvalid(placeAt(file, text, at), `not JSON: ${reason}`);
  }
}

function sizeOf(entry: Json): Size | undefined {
  const [width, height] = [numberAt(entry, 'width'), numberAt(entry, 'height')];
  return width && height && width > 0 && height > 0 ? { width, height } : undefined;
}

function boxOf(entry: Json): Box | undefined {
  const values = numbersAt(entry, 'bbox');
  if (values?.length !== 4 || values[2]! < 0 || values[3]! < 0) return undefined;
  return { left: values[0]!, top: values[1]!, width: values[2]!, height: values[3]! };
}

/** @throws Error with what is wrong */
function outlineOf(value: unknown, size: Size): Outline | undefined {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return undefined;
  if (Array.isArray(value)) return { polygons: value.map(polygonOf) };
  if (!isRecord(value)) throw new Error('it is neither polygons nor runs');
  const { counts } = value;
  const runs = typeof counts === 'string' ? decompressRuns(counts) : numbersAt(value, 'counts');
  const pixels = size.width * size.height;
  if (!runs || runs.some((run) => run < 0) || runs.reduce((sum, run) => sum + run, 0) !== pixels)
    throw new Error(`its runs don't add up to the ${pixels} pixels of the image`);
  return { runs };
}

function polygonOf(value: unknown): Point[] {
  if (!Array.isArray(value) || value.length < 6 || value.length % 2 !== 0 || !value.every(Number.isFinite))
    throw new Error('a polygon is a list of at least three points: x, y, x, y, ...');
  return Array.from({ length: value.length / 2 }, (_, i) => ({ x: value[2 * i], y: value[2 * i + 1] }));
}
