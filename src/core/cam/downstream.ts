/** The part of a model downstream of a layer as a separate graph, which scores other features instead of A. */
import type { GraphProto } from 'onnx-buf';
import { createEmitter } from '../onnx/emit';
import type { Facts } from '../onnx/facts';
import type { Model } from '../onnx/model';
import type { Fragment } from '../target/target';
import { assemble, modelValues, valuesRead } from './graph';

/** Names of the graph's inputs, float32; its outputs are the fragment's. */
export const DOWNSTREAM = {
  /** Replaces the layer's output, [N, ...]. */
  features: 'group-cam:features-in',
  /** The values of `start`, [N, ...]. The graph has this input only if paths from there lead around the layer. */
  start: 'group-cam:start-in',
} as const;

/**
 * @param facts of the model at batch 1
 * @param start the layer, or a tensor before it that every path from the input to the logits runs through
 */
export function downstreamGraph(
  model: Model,
  facts: Facts,
  { layer, start }: { readonly layer: string; readonly start: string },
  fragment: Fragment,
): GraphProto {
  const names = [...facts.keys()];
  const front = createEmitter('group-cam/downstream', model.opset, names);
  const input = (name: string, tensor: string) => {
    const { dims } = facts.get(tensor)!;
    front.alias(modelValues(front, model, facts, tensor, name), tensor);
    return { name, dims: [undefined, ...dims.slice(1)] };
  };
  const inputs = [input(DOWNSTREAM.features, layer), ...(start === layer ? [] : [input(DOWNSTREAM.start, start)])];
  const end = createEmitter('group-cam/score', model.opset, names);
  fragment.forward(end, valuesRead(end, facts, fragment));
  return assemble(model, front, end, inputs, Object.keys(fragment.outputs));
}
