/** Which weights of a model a training would change. */
import { loweredPath } from '../gradients/driver';
import { nodesOnPath } from '../gradients/path';
import { RULES } from '../gradients/rule-table';
import type { Facts } from '../onnx/facts';
import { bodiesOf, inputsOf } from '../onnx/graph';
import type { Model } from '../onnx/model';
import { entryOf, operatorOf } from '../onnx/operators';
import type { DataType } from '../onnx/tensors';
import { TRAINED } from './layers';
import { rolesIn } from './roles';

export interface Parameter {
  /** Of the initializer. */
  readonly name: string;
  readonly dims: readonly number[];
  /** In the model. */
  readonly dtype: DataType;
  /** Whether weight decay holds for it. It holds for all, as in PyTorch's optimisers unless they are told otherwise. */
  readonly decays: boolean;
}

export interface Parameters {
  readonly parameters: readonly Parameter[];
  /** Weights that stay as they are, each with the reason in words. */
  readonly frozen: readonly { readonly name: string; readonly reason: string }[];
}

/**
 * The float initializers that are weights of layers between the image and the logits: of convolutions and linear layers,
 * scales and shifts of normalisations, slopes of PRelu, embeddings, and the biases and scales that exporters write as
 * `Add` and `Mul`. Constants of the network's own, such as those of an activation that is written as several nodes, are
 * in neither list.
 *
 * @param facts at any batch
 */
export function parametersOf(
  model: Model,
  facts: Facts,
  ends: { readonly input: string; readonly logits: string },
): Parameters {
  const roles = rolesIn(model, facts, ends);
  const named = [...roles].filter(([, role]) => role === TRAINED).map(([name]) => name);
  const reached = reachedBy(model, facts, named, ends.logits);
  const captured = new Set(model.graph.node.flatMap((node) => (bodiesOf(node).length ? inputsOf(node) : [])));
  const whyNot = (name: string): string | undefined => {
    const role = roles.get(name);
    if (role !== TRAINED) return role;
    if (captured.has(name)) return 'a branch or loop of the graph reads it';
    return reached.has(name) ? reached.get(name) : 'no gradient reaches it';
  };
  const all = [...roles.keys()].map((name) => ({ name, reason: whyNot(name) }));
  return {
    parameters: all
      .filter(({ reason }) => reason === undefined)
      .map(({ name }) => {
        const { dims, dtype } = facts.get(name)!;
        return { name, dims, dtype, decays: true };
      }),
    frozen: all.flatMap(({ name, reason }) => (reason === undefined ? [] : [{ name, reason }])),
  };
}

/** The tensors that a gradient reaches, each with the reason if an operator on its way has no rule. */
function reachedBy(model: Model, facts: Facts, wrt: readonly string[], logits: string) {
  const nodes = loweredPath({ nodes: model.graph.node, facts, wrt, scores: [logits] });
  const path = nodesOnPath({ nodes, facts, wrt, scores: [logits] });
  const reasons = new Map<string, string | undefined>([[logits, undefined]]);
  for (const node of path.nodes.toReversed()) {
    const behind = node.output.map((name) => reasons.get(name)).find((reason) => reason !== undefined);
    const reason = behind ?? (entryOf(RULES, node) ? undefined : `no gradient passes ${operatorOf(node)}`);
    for (const [index, name] of node.input.entries()) {
      if (name !== '' && path.carries(node, index)) reasons.set(name, reasons.get(name) ?? reason);
    }
  }
  return reasons;
}
