/** Pascal VOC's XML, with one file for each image (VOC2012 development kit, section 2.1). */
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { errors } from '../errors';
import type { Box } from '../geometry';
import { isRecord, type Json, recordAt } from '../model/json';
import type { AnnotatedImage, Region } from './annotations';
import { placeAt } from './place';

/** The parser does not convert numbers, since a file may be named 2007. */
const PARSER = new XMLParser({
  captureMetaData: true,
  parseTagValue: false,
  isArray: (name) => name === 'object',
});
/** The package declares this value as the object `Symbol`, but it is a symbol. */
const METADATA = XMLParser.getMetaDataSymbol() as unknown as symbol;

/**
 * @param xml the file's text
 * @param file its path, for messages
 * @throws annotations-invalid, naming the line
 */
export function parseVoc(xml: string, file: string): AnnotatedImage {
  const valid = XMLValidator.validate(xml);
  if (valid !== true) throw errors.annotationsInvalid(`${file}:${valid.err.line}`, `not XML: ${valid.err.msg}`);
  const root = PARSER.parse(xml) as Json;
  const fail = (at: Json, reason: string) => errors.annotationsInvalid(placeAt(file, xml, startOf(at)), reason);

  const annotation = recordAt(root, 'annotation');
  if (!annotation) throw fail(root, 'its root must be <annotation>');
  const { filename } = annotation;
  if (typeof filename !== 'string' || filename === '') throw fail(annotation, '<annotation> needs a <filename>');
  const size = recordAt(annotation, 'size');
  const [width, height] = size ? ['width', 'height'].map((key) => Number(size[key])) : [];
  if (!size || !(width! > 0) || !(height! > 0)) throw fail(size ?? annotation, '<size> needs <width> and <height>');

  const objects = (annotation['object'] as readonly unknown[] | undefined) ?? [];
  const regions = objects.map((object): Region => {
    const entry = isRecord(object) ? object : {};
    const { name } = entry;
    if (typeof name !== 'string' || name === '') throw fail(entry, '<object> needs a <name>');
    const box = boxOf(recordAt(entry, 'bndbox'));
    if (!box) throw fail(entry, '<bndbox> needs <xmin>, <ymin>, <xmax> and <ymax>, none below its minimum');
    return { category: name, box };
  });
  return { file: filename, size: { width: width!, height: height! }, regions };
}

/** VOC counts pixels from 1, and the last pixel belongs to the box. */
function boxOf(bndbox: Json | undefined): Box | undefined {
  if (!bndbox) return undefined;
  const [xmin, ymin, xmax, ymax] = ['xmin', 'ymin', 'xmax', 'ymax'].map((key) =>
    typeof bndbox[key] === 'string' ? Number.parseFloat(bndbox[key]) : Number.NaN,
  ) as [number, number, number, number];
  if (!(xmax >= xmin && ymax >= ymin)) return undefined;
  return { left: xmin - 1, top: ymin - 1, width: xmax - xmin + 1, height: ymax - ymin + 1 };
}

/** The position in the text at which an element starts. */
function startOf(element: Json): number {
  const metadata = (element as Readonly<Record<symbol, { startIndex?: number }>>)[METADATA];
  return metadata?.startIndex ?? 0;
}
