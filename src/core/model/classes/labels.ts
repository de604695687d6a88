/** The names of classes, and the class that a name stands for. */

import * as v from 'valibot';
import { errors } from '../../errors';
import { few } from '../../few';
import { type Json, record } from '../../schema';
import { nearest } from './near';

/** Reads the labels of a text file, one on each line. A byte order mark and blank lines at the end are ignored. */
export function parseLabels(text: string): string[] {
  return text
    .replace(/^\uFEFF/, '')
    .trimEnd()
    .split(/\r\n?|\n/)
    .map((line) => line.trim());
}

/** Names from an object whose keys are the classes' indices, from 0 without a gap. */
export const namesByIndex = v.pipe(
  record,
  v.record(v.pipe(v.string(), v.digits()), v.string()),
  v.transform((names) => Array.from({ length: Object.keys(names).length }, (_, i) => names[i])),
  v.array(v.string()),
  v.nonEmpty(),
);

/** The same from an object whose keys are the names and whose values are the indices. */
export const namesOfIndices = v.pipe(
  record,
  v.record(v.string(), v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
  v.transform(
    (indices): Json => Object.fromEntries(Object.entries(indices).map(([name, index]) => [`${index}`, name])),
  ),
  namesByIndex,
);

/**
 * Checks that there is one label for each class, and replaces empty labels by the class's index.
 *
 * @param file where the labels are from, for messages
 * @throws labels-length
 */
export function checkLabels(labels: readonly string[], classes: number, file: string): readonly string[] {
  if (labels.length !== classes) throw errors.labelsLength(file, labels.length, classes);
  return labels.map((label, i) => label || `${i}`);
}

export function indexLabels(classes: number): readonly string[] {
  return Array.from({ length: classes }, (_, i) => `${i}`);
}

/**
 * The index of the class that a user means: given by index (`281` or `#281`), by its full label, or by one of the label's
 * comma-separated names, in this order.
 *
 * @throws unknown-class with near names, ambiguous-class with the indices of all that match
 */
export function findClass(
  labels: readonly string[],
  choice: { readonly index: number } | { readonly label: string },
): number {
  if ('index' in choice) return checkIndex(labels, choice.index);
  const wanted = choice.label.trim();
  const index = /^#?(\d+)$/.exec(wanted)?.[1];
  const isNamed = wanted.startsWith('#') && labels.includes(wanted);
  if (index !== undefined && !isNamed && Number(index) < labels.length) return Number(index);
  for (const matches of [(label: string) => label === wanted, (label: string) => namesOf(label).includes(wanted)]) {
    const found = labels.flatMap((label, index) => (matches(label) ? [index] : []));
    if (found.length === 1) return found[0]!;
    if (found.length > 1) throw errors.ambiguousClass(wanted, found);
  }
  if (index !== undefined) return checkIndex(labels, Number(index));
  const near = nearest(
    labels.flatMap((label, index) => namesOf(label).map((name) => ({ name, index }))),
    wanted,
  );
  const names = near.map(({ name, index }) => `${name} (${index})`);
  throw errors.unknownClass(wanted, names.length ? `Near: ${few(names)}.` : thoseOf(labels));
}

function checkIndex(labels: readonly string[], index: number): number {
  if (Number.isInteger(index) && index >= 0 && index < labels.length) return index;
  throw errors.unknownClass(`${index}`, thoseOf(labels));
}

/** Which classes there are, as a sentence. */
function thoseOf(labels: readonly string[]): string {
  const named = labels.some((label, i) => label !== `${i}`);
  const names = named ? `, their names are ${few(labels.map((label) => namesOf(label)[0]!))}` : '';
  return `Its indices run from 0 to ${labels.length - 1}${names}.`;
}

function namesOf(label: string): string[] {
  return label.split(',').map((name) => name.trim());
}
