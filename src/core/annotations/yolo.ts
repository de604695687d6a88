/**
 * YOLO's text files, with one file for each image and one line for each object: `class x y width height`, x and y of
 * the box's centre, or `class x1 y1 x2 y2 ...` for a polygon; all but the class as fractions of the image.
 */
import { errors } from '../errors';
import type { Region } from './annotations';
import { boxAround } from './outline';

/**
 * The objects of one image, in fractions of the image's size.
 *
 * @param text of the image's file
 * @param file its path, for messages
 * @param categories names by class
 * @throws annotations-invalid, naming the line
 */
export function parseYolo(text: string, file: string, categories: readonly string[]): Region[] {
  return text.split(/\r?\n/).flatMap((line, i) => {
    if (line.trim() === '') return [];
    const fail = (reason: string) => errors.annotationsInvalid(`${file}:${i + 1}`, reason);
    const [index, ...values] = line.trim().split(/\s+/).map(Number);
    const isBox = values.length === 4;
    if (!isBox && (values.length < 6 || values.length % 2 !== 0))
      throw fail('it must be a class and a box, "class x y width height", or a class and the points of a polygon');
    if (!values.every((value) => value >= 0 && value <= 1))
      throw fail('positions and sizes must be fractions of the image, from 0 to 1');
    const category = categories[index!];
    if (category === undefined)
      throw fail(`class ${line.trim().split(/\s/, 1)[0]} is not one of the ${categories.length} that have names`);
    return [isBox ? boxRegion(category, values) : polygonRegion(category, values)];
  });
}

function boxRegion(category: string, values: readonly number[]): Region {
  const [x, y, width, height] = values as [number, number, number, number];
  return { category, box: { left: x - width / 2, top: y - height / 2, width, height } };
}

function polygonRegion(category: string, values: readonly number[]): Region {
  const points = Array.from({ length: values.length / 2 }, (_, i) => ({ x: values[2 * i]!, y: values[2 * i + 1]! }));
  return { category, box: boxAround(points), outline: { polygons: [points] } };
}
