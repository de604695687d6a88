/** How an exported model says what it is, and how the model in it is found again. */
import type { ModelProto } from 'onnx-buf';
import type { ModelInfo } from '../model/info';
import { tensorInfo } from '../model/inputs';
import { metadataEntry } from '../onnx/compose';
import { indexGraph, inputsOf, nodesLeadingTo } from '../onnx/graph';
import { type Model, withGraph } from '../onnx/model';
import { changed } from '../onnx/rewrite/rename';
import { EXPORTED } from './names';

/** What starts the keys of the metadata. */
const PREFIX = 'groupcam.';
const PRODUCT = 'Group-CAM for VS Code';

/** By key, without the prefix. */
export type ExportFacts = Readonly<Record<'version' | 'method' | 'layer' | 'options' | 'class' | 'size', string>>;

/** The model with what is said of its export, in place of what was said of an earlier one. */
export function withMetadata(
  proto: ModelProto,
  facts: ExportFacts,
  others: Readonly<Record<string, string>>,
): ModelProto {
  const said = Object.entries({ product: PRODUCT, ...facts }).map(
    ([key, value]) => [`${PREFIX}${key}`, value] as const,
  );
  const kept = proto.metadataProps.filter(({ key }) => !key.startsWith(PREFIX) && !Object.hasOwn(others, key));
  return changed(proto, {
    metadataProps: [...kept, ...[...said, ...Object.entries(others)].map(([key, value]) => metadataEntry(key, value))],
  });
}

/** What an exported model says of its map; undefined for other models. */
export function exportFactsOf({ metadataProps }: Pick<ModelProto, 'metadataProps'>): Partial<ExportFacts> | undefined {
  const said = metadataProps.filter(({ key }) => key.startsWith(PREFIX));
  const facts = Object.fromEntries(said.map(({ key, value }) => [key.slice(PREFIX.length), value]));
  return facts['product'] === PRODUCT ? facts : undefined;
}

/** The inputs and outputs that an exported model has besides those of the model in it. */
export function ownTensorsOf({ graph }: Model): NonNullable<ModelInfo['ownTensors']> {
  return {
    inputs: graph.input.filter(({ name }) => name === EXPORTED.class).map(tensorInfo),
    outputs: graph.output.filter(({ name }) => name === EXPORTED.saliency).map(tensorInfo),
  };
}

/** The model that an exported one was made of: without its map, and without the input and the constants that only the map depends on. */
export function withoutExport(model: Model): Model {
  const { graph } = model;
  const output = graph.output.filter(({ name }) => name !== EXPORTED.saliency);
  if (!exportFactsOf(model.proto) || output.length === graph.output.length || output.length === 0) return model;
  const outputs = output.map(({ name }) => name);
  const node = nodesLeadingTo(indexGraph(graph.node), outputs);
  const [read, left] = [graph.node, node].map((nodes) => new Set([...nodes.flatMap(inputsOf), ...outputs]));
  return withGraph(model, {
    ...graph,
    output,
    input: graph.input.filter(({ name }) => name !== EXPORTED.class),
    initializer: graph.initializer.filter(({ name }) => left!.has(name) || !read!.has(name)),
    node,
  });
}
