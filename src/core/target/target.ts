/**
 * What is explained: a number for each image, made of tensors of the model. A fragment of graph, put downstream of these, makes
 * the outputs of which a target reads its number, and passes a gradient of this number back. What tells two targets of one
 * fragment apart is fed, so that they share their sessions.
 */
import type { Emitter } from '../onnx/emit';

/** All of its tensors are float32, with items along the first axis, [N, ...]. */
export interface Fragment {
  /** Tensors of the model, by name. */
  readonly reads: readonly string[];
  /** By name, the number of values of one item. */
  readonly outputs: Readonly<Record<string, number>>;
  /** What is fed where the number is differentiated, in the sizes of the facts that the gradient is made for. */
  readonly inputs: readonly { readonly name: string; readonly dims: readonly number[] }[];
  /**
   * Adds nodes that make the outputs.
   *
   * @param values of the tensors that it reads, in their order
   */
  forward(emit: Emitter, values: readonly string[]): void;
  /** Adds nodes that make the gradient of the number, summed over the items, with respect to each of `values`, in its size. */
  backward(emit: Emitter, values: readonly string[]): readonly string[];
}

/** The values of one item, by the names of a fragment's outputs. */
export type Outputs = Readonly<Record<string, Float32Array>>;

export interface Target {
  /** What people call it, such as "dog" or "dog rather than cat". */
  readonly name: string;
  /** Of one item, by the names of the fragment's inputs. */
  readonly feeds: Readonly<Record<string, Float32Array>>;
  /** The number that is differentiated. */
  value(outputs: Outputs): number;
  /** What methods and metrics without gradients rate an image by: the value, or what people understand better. */
  score(outputs: Outputs): number;
  /** True if a score of 0 is the least there is, as that of a probability, and not one among others. */
  readonly startsAtZero: boolean;
}

/** The outputs of each item of a run. */
export function itemsOf({ outputs }: Fragment, values: Outputs, count: number): Outputs[] {
  const slice = (name: string, i: number) => values[name]!.slice(i * outputs[name]!, (i + 1) * outputs[name]!);
  return Array.from({ length: count }, (_, i) =>
    Object.fromEntries(Object.keys(outputs).map((name) => [name, slice(name, i)])),
  );
}
