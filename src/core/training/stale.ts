/** What is known of a model whose weights will change. */
import { type Facts, SIZE_ONLY } from '../onnx/facts';
import { indexGraph, tensorsDependingOn } from '../onnx/graph';
import type { Model } from '../onnx/model';
import { operatorOf } from '../onnx/operators';

/** The facts without the values of these weights and of all that is computed from them. Sizes stay as they are. */
export function withoutValues(facts: Facts, { graph }: Model, weights: ReadonlySet<string>): Facts {
  const dependent = tensorsDependingOn(
    indexGraph(graph.node),
    [...weights],
    (node) => !SIZE_ONLY.has(operatorOf(node)),
  );
  return new Map(
    [...facts].map(([name, { dtype, dims, values }]) => {
      const stays = values && !weights.has(name) && !dependent.has(name);
      return [name, { dtype, dims, ...(stays && { values }) }];
    }),
  );
}
