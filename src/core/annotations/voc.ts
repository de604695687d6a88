/** Pascal VOC's XML, with one file for each image (VOC2012 development kit, section 2.1). */
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import * as v from 'valibot';
import { errors } from '../errors';
import type { Box } from '../geometry';
import { fields, finite, parse, read, record } from '../schema';
import type { AnnotatedImage } from './annotations';
import { placeAt } from './place';

/** The parser does not convert numbers, since a file may be named 2007. */
const PARSER = new XMLParser({
  captureMetaData: true,
  parseTagValue: false,
  isArray: (name) => name === 'object',
});
const METADATA = XMLParser.getMetaDataSymbol().valueOf();

/** What each element must have. The error adds the element's line in the file. */
const WANTED = {
  root: 'its root must be <annotation>',
  filename: '<annotation> needs a <filename>',
  size: '<size> needs <width> and <height>',
  name: '<object> needs a <name>',
  box: '<bndbox> needs <xmin>, <ymin>, <xmax> and <ymax>, none below its minimum',
} as const;

const text = (wanted: string) => v.pipe(v.string(wanted), v.nonEmpty(wanted));
const pixels = v.pipe(v.string(WANTED.size), v.transform(Number), v.gtValue(0, WANTED.size));
const corner = v.pipe(v.string(WANTED.box), v.transform(Number.parseFloat));

const VOC = fields({
  annotation: fields(
    {
      filename: text(WANTED.filename),
      size: fields({ width: pixels, height: pixels }, WANTED.size),
      object: v.optional(
        v.array(
          fields(
            {
              name: text(WANTED.name),
              bndbox: v.pipe(
                fields({ xmin: corner, ymin: corner, xmax: corner, ymax: corner }, WANTED.box),
                v.check(({ xmin, ymin, xmax, ymax }) => xmax >= xmin && ymax >= ymin, WANTED.box),
              ),
            },
            WANTED.name,
          ),
        ),
      ),
    },
    WANTED.root,
  ),
});

/**
 * @param xml the file's text
 * @param file its path, for messages
 * @throws annotations-invalid, naming the line
 */
export function parseVoc(xml: string, file: string): AnnotatedImage {
  const valid = XMLValidator.validate(xml);
  if (valid !== true) throw errors.annotationsInvalid(`${file}:${valid.err.line}`, `not XML: ${valid.err.msg}`);
  const { annotation } = parse(VOC, PARSER.parse(xml), ({ wanted, within }) =>
    errors.annotationsInvalid(placeAt(file, xml, startOf(within)), wanted),
  );
  const { filename, size, object: objects = [] } = annotation;
  return { file: filename, size, regions: objects.map(({ name, bndbox }) => ({ category: name, box: boxOf(bndbox) })) };
}

/** VOC counts pixels from 1, and the last pixel belongs to the box. */
function boxOf({ xmin, ymin, xmax, ymax }: Readonly<Record<'xmin' | 'ymin' | 'xmax' | 'ymax', number>>): Box {
  return { left: xmin - 1, top: ymin - 1, width: xmax - xmin + 1, height: ymax - ymin + 1 };
}

const METADATA_FORM = fields({ startIndex: finite });

/** Where the innermost of these elements starts in the text. */
function startOf(elements: readonly unknown[]): number {
  const starts = elements.flatMap((element) => {
    const metadata = v.is(record, element) ? read(METADATA_FORM, Reflect.get(element, METADATA)) : undefined;
    return metadata && 'value' in metadata ? [metadata.value.startIndex] : [];
  });
  return starts.at(-1) ?? 0;
}
