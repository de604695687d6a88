/** Values that a database gives, checked. */
import type { SQLOutputValue } from 'node:sqlite';
import type * as v from 'valibot';
import { datasetErrors } from '../../../core/dataset-errors';
import { parseJson } from '../../../core/schema';

type Value = SQLOutputValue | undefined;

const fault = (file: string, wanted: string) => datasetErrors.runFileInvalid(file, `${wanted} is missing in it`);

export function numberOf(file: string, value: Value): number {
  if (typeof value !== 'number') throw fault(file, 'a number');
  return value;
}
export function textOf(file: string, value: Value): string {
  if (typeof value !== 'string') throw fault(file, 'a text');
  return value;
}
export function bytesOf(file: string, value: Value): Uint8Array {
  if (!(value instanceof Uint8Array)) throw fault(file, 'a block of bytes');
  return value;
}
export const numberIn = (value: Value): number | undefined => (typeof value === 'number' ? value : undefined);
export const textIn = (value: Value): string | undefined => (typeof value === 'string' ? value : undefined);

/** @throws run-file-invalid */
export function jsonOf<T>(file: string, schema: v.GenericSchema<unknown, T>, value: Value): T {
  return parseJson(schema, textOf(file, value), ({ line }) => datasetErrors.runFileInvalid(file, line));
}
