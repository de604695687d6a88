/**
 * Operators by domain and name: one of another domain is another operator, whatever its name. `com.microsoft.nchwc:Conv` has
 * neither the weights nor the output of ONNX's `Conv`.
 */
import type { NodeProto } from 'onnx-buf';

/** What tables of operators are keyed by: the name alone of ONNX's own operators, else `domain:name`. */
export function operatorOf({ domain, opType }: NodeProto): string {
  return operatorName(domain, opType);
}

/** The same for a function, which is an operator of the model's own. */
export function operatorName(domain: string, name: string): string {
  return isDefaultDomain(domain) ? name : `${domain}:${name}`;
}

export function isDefaultDomain(domain: string): boolean {
  return domain === '' || domain === 'ai.onnx';
}

/** Operators that onnxruntime adds to ONNX's. */
export function microsoft(...names: readonly string[]): string[] {
  return names.map((name) => `com.microsoft:${name}`);
}

/** What a table of operators says of a node's; undefined if that is not in it. */
export function entryOf<T>(table: Readonly<Record<string, T>>, node: NodeProto): T | undefined {
  const operator = operatorOf(node);
  return Object.hasOwn(table, operator) ? table[operator] : undefined;
}

/** Operators whose output has each value of their first input, in order, at most rounded. */
export const VALUE_KEEPING: readonly string[] = [
  'Identity',
  'Dropout',
  'Cast',
  'Reshape',
  'Flatten',
  'Squeeze',
  'Unsqueeze',
  'QuantizeLinear',
  'DequantizeLinear',
  ...microsoft('QuantizeLinear', 'DequantizeLinear'),
];
