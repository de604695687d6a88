/**
 * Targets: what an explanation explains, a number for each image that is made of tensors of the model.
 *
 * A fragment is a small graph downstream of these tensors. It makes the outputs from which targets read their numbers,
 * and it passes the gradient of such a number back to the tensors. Targets of the same fragment differ only in what they
 * feed and in how they read, so they share sessions.
 */
import type { Emitter } from '../onnx/emit';

/** All tensors of a fragment are float32 with the items of the batch along the first axis, [N, ...]. */
export interface Fragment {
  /** The tensors of the model that the fragment reads, by name. */
  readonly reads: readonly string[];
  /** The names of the outputs, each with the number of its values for one item. */
  readonly outputs: Readonly<Record<string, number>>;
  /** The inputs that the gradient needs from the target, with dimensions for the batch of the facts. */
  readonly inputs: readonly { readonly name: string; readonly dims: readonly number[] }[];
  /**
   * Adds the nodes that compute the outputs.
   *
   * @param values the tensors of `reads`, in that order
   */
  forward(emit: Emitter, values: readonly string[]): void;
  /**
   * Adds the nodes that compute the gradient of the target's value, summed over the items.
   *
   * @param values the tensors of `reads`, in that order
   * @returns one gradient for each of them, with its dimensions
   */
  backward(emit: Emitter, values: readonly string[]): readonly string[];
}

/** The values of one item, by the names of the fragment's outputs. */
export type Outputs = Readonly<Record<string, Float32Array>>;

export interface Target {
  /** The values for one item, by the names of the fragment's inputs. */
  readonly feeds: Readonly<Record<string, Float32Array>>;
  /** The scalar that gradients are gradients of. */
  value(outputs: Outputs): number;
  /** The score by which methods and metrics without gradients rate an image. */
  score(outputs: Outputs): number;
  /** True if 0 is the smallest score, as of a probability; false if a score of 0 has no meaning of its own. */
  readonly startsAtZero: boolean;
}

/**
 * Cuts the outputs of a run into those of its items.
 *
 * @param values by the names of the fragment's outputs, [count, ...]
 */
export function itemsOf({ outputs }: Fragment, values: Outputs, count: number): Outputs[] {
  const slice = (name: string, i: number) => values[name]!.slice(i * outputs[name]!, (i + 1) * outputs[name]!);
  return Array.from({ length: count }, (_, i) =>
    Object.fromEntries(Object.keys(outputs).map((name) => [name, slice(name, i)])),
  );
}
