/** Names in a query that nothing has: a query that finds nothing because of a slip says so. */
import { datasetErrors } from '../../../core/dataset-errors';
import { few } from '../../../core/few';
import { nearest } from '../../../core/model/classes/near';
import { namesIn } from '../../../core/query/names';
import type { State } from '../state';

/**
 * A class is of the dataset or of a version, so one that is of neither is a slip. Tags come and go, and a query may wait for one.
 *
 * @param text a query that can be parsed
 * @returns hints, in sentences
 * @throws query-invalid for an unknown class, with its place and the classes that are near
 */
export function unknownNames({ meta, versions, tags }: State, text: string): readonly string[] {
  const hints = new Set<string>();
  for (const { of, name, at } of namesIn(text)) {
    if (name === '') continue;
    if (of === 'tag' || of === 'split') {
      const names = of === 'tag' ? [...tags.values()].map((tag) => tag.name) : meta.splits;
      if (!names.includes(name)) hints.add(`No image has the ${of} "${name}"${known(names, name)}.`);
      continue;
    }
    const labels = new Set([...meta.categories, ...[...versions.values()].flatMap(({ info }) => info.labels)]);
    if (labels.has(name)) continue;
    const parts = new Set([...labels].flatMap((label) => label.split(',').map((part) => part.trim())));
    if (!parts.has(name)) throw datasetErrors.unknownClass(text, at, name, known([...parts], name));
  }
  return [...hints];
}

const MOST = 3;

/** The names that are meant perhaps, or else those that there are, in brackets; empty if there are none. */
function known(names: readonly string[], name: string): string {
  const entries = names.map((one) => ({ name: one }));
  const near = nearest(entries, name, MOST).map((one) => `"${one.name}"`);
  if (near.length > 0) return ` (near: ${near.join(', ')})`;
  return names.length > 0 ? ` (there are: ${few(names)})` : '';
}
