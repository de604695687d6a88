/** A .json file: COCO's annotations, or a list with one object on each line as exported queries are. */
import { parseJsonRow } from '../../../core/annotations/row';
import { readHead } from '../../open';
import { draftOfCoco } from '../annotated/coco';
import type { Draft, DraftOptions } from '../draft';
import { draftOfList } from './list';

/** So much of the file shows whether its first line is a row of a list. */
const HEAD = 65_536;

/** @throws annotations-invalid, list-invalid, cancelled */
export async function draftOfJson(file: string, options: DraftOptions): Promise<Draft> {
  const head = await readHead(file, HEAD).then(
    (bytes) => Buffer.from(bytes).toString('utf8'),
    // Whoever reads all of the file says why it can't be read.
    () => '',
  );
  return isRow(head.trimStart().split('\n', 1)[0] ?? '')
    ? draftOfList(file, 'jsonl', options)
    : draftOfCoco(file, options);
}

function isRow(line: string): boolean {
  try {
    parseJsonRow(line, (reason) => new Error(reason));
    return true;
  } catch {
    return false;
  }
}
