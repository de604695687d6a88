/**
 * Weights as inputs. The runtime copies the weights of a graph, for a moment even twice, but uses inputs in place. For
 * a graph that seldom runs, feeding the weights halves the memory; the price is the optimisations that need constant
 * weights.
 */
import type { GraphProto } from 'onnx-buf';
import { valueInfo } from './facts';
import type { Model } from './model';
import { DataType, dimsOf } from './tensors';
import { type EncodedModel, encodeModel, placeOf, type WeightFeed } from './weights';

/** Weights of at least so many bytes are fed as inputs. */
const LARGE = 2 ** 24;
const FEEDABLE: ReadonlySet<DataType> = new Set([DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16]);

/** Like `encodeModel`, but with the largest weights as inputs, which are fed to the session at each run. */
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
