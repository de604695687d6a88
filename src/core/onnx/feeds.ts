/**
 * Weights as inputs. The runtime copies the weights of a graph, twice for a moment; what it is fed it uses in place. For
 * a graph that seldom runs this halves the memory, at the price of the optimizations that need constant weights.
 */
import type { GraphProto } from 'onnx-buf';
import { valueInfo } from './facts';
import type { Model } from './model';
import { DataType, dimsOf } from './tensors';
import { type EncodedModel, encodeModel, placeOf, type WeightFeed } from './weights';

/** Weights of at least so many bytes are fed. */
const LARGE = 2 ** 24;
const FEEDABLE: ReadonlySet<DataType> = new Set([DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16]);

/** As `encodeModel`, with the largest weights as inputs, which the session feeds at each run. */
export function encodeWithFeeds(model: Model, graph: GraphProto): EncodedModel {
  const feeds = graph.initializer.flatMap((tensor): WeightFeed[] => {
    const place = placeOf(tensor, model.bytes);
    if (!place || place.length < LARGE || !FEEDABLE.has(tensor.dataType)) return [];
    return [{ name: tensor.name, type: tensor.dataType, dims: dimsOf(tensor), ...place }];
  });
  const fed = new Set(feeds.map(({ name }) => name));
  const encoded = encodeModel(model, {
    ...graph,
    initializer: graph.initializer.filter(({ name }) => !fed.has(name)),
    input: [...graph.input, ...feeds.map(({ name, type, dims }) => valueInfo(name, type, dims))],
  });
  const buffers = [...new Set([...encoded.buffers, ...feeds.map(({ location }) => location)])];
  return { ...encoded, buffers, feeds };
}
