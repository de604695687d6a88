/** Lists with one image on each line: paths, with or without classes, and objects in JSON. */
import { type ListRow, parseJsonRow } from '../../../core/annotations/row';
import { errors } from '../../../core/errors';
import { IMAGE_EXTENSIONS, isImage } from '../../../protocol/image-files';
import type { DraftOptions } from '../draft';
import { linesOf } from '../in-parallel';
import { csvRows, delimiterOf } from './csv';

/** @throws list-invalid, naming the line; cancelled */
export async function* jsonRows(text: string, file: string, { signal }: DraftOptions): AsyncGenerator<ListRow> {
  for await (const [line, at] of linesOf(text, signal))
    yield parseJsonRow(line, (reason) => errors.listInvalid(`${file}:${at}`, reason));
}

/** An image's path and what follows it after a space. */
const PATH_AND_CLASS = new RegExp(`^(.*?\\.(?:${IMAGE_EXTENSIONS.join('|')}))\\s+(\\S.*)$`, 'i');

/**
 * Paths alone, or followed by a label or indices of classes, as in ImageNet's `val.txt`. A text whose first line has
 * columns is read as CSV.
 *
 * @throws list-invalid, naming the line; cancelled
 */
export async function* pathRows(text: string, file: string, { signal }: DraftOptions): AsyncGenerator<ListRow> {
  const first = text.trimStart().split(/\r?\n/, 1)[0] ?? '';
  if (!isImage(first) && delimiterOf(first)) {
    yield* csvRows(text, file, 'csv', signal);
    return;
  }
  for await (const [line] of linesOf(text, signal)) {
    const [, image, label] = isImage(line) ? [] : (PATH_AND_CLASS.exec(line) ?? []);
    yield image === undefined || label === undefined
      ? { image: line, labels: [] }
      : { image, labels: classesIn(label) };
  }
}

/** Several indices may be separated by spaces. A label may contain them. */
function classesIn(text: string): string[] {
  return /^\d+(\s+\d+)*$/.test(text) ? text.split(/\s+/) : text.split('|').map((label) => label.trim());
}
