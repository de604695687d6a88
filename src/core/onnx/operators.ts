/**
 * Operators are identified by domain and name, since operators of different domains differ even if their names are
 * equal. For example, `com.microsoft.nchwc:Conv` has neither the weights nor the output of ONNX's `Conv`.
 */
import type { NodeProto } from 'onnx-buf';

/** The key of a node's operator in tables: the name alone for ONNX's own operators, otherwise `domain:name`. */
export function operatorOf({ domain, opType }: NodeProto): string {
  return operatorName(domain, opType);
}

/** The same key for a function, which is an operator that the model defines. */
export function operatorName(domain: string, name: string): string {
  return isDefaultDomain(domain) ? name : `${domain}:${name}`;
}

export function isDefaultDomain(domain: string): boolean {
  return domain === '' || domain === 'ai.onnx';
}

/** Keys of operators that onnxruntime adds to those of ONNX. */
export function microsoft(...names: readonly string[]): string[] {
  return names.map((name) => `com.microsoft:${name}`);
}

/** The entry of a table for a node's operator; undefined if there is none. */
export function entryOf<T>(table: Readonly<Record<string, T>>, node: NodeProto): T | undefined {
  const operator = operatorOf(node);
  return Object.hasOwn(table, operator) ? table[operator] : undefined;
}

/** Operators whose output has the values of their first input in the same order, of another type or shape. */
export const RESHAPING: readonly string[] = [
  'Identity',
  'Dropout',
  'Cast',
  'Reshape',
  'Flatten',
  'Squeeze',
  'Unsqueeze',
];

/** Operators whose output has all values of their first input in the same order, possibly rounded. */
export const VALUE_KEEPING: readonly string[] = [
  ...RESHAPING,
  'QuantizeLinear',
  'DequantizeLinear',
  ...microsoft('QuantizeLinear', 'DequantizeLinear'),
];
