/**
 * The self-explaining model: one graph from the image to the model's own outputs and a saliency map. It has the operators of
 * the model's operator set alone, so that any runtime runs it, and the model's weights once.
 */
import type { GraphProto } from 'onnx-buf';
import { cast } from '../cam/graph';
import type { LayerInfo, ModelInfo } from '../model/info';
import { createEmitter } from '../onnx/emit';
import { type Facts, valueInfo } from '../onnx/facts';
import { indexGraph, nodeNamesIn, nodesLeadingTo, tensorsIn } from '../onnx/graph';
import { type Model, withGraph } from '../onnx/model';
import { oneHot, reshape, slice, unsqueeze } from '../onnx/ops';
import { renameNode } from '../onnx/rewrite/rename';
import { DataType } from '../onnx/tensors';
import { CLASSES } from '../target/class-scores';
import type { Fragment } from '../target/target';
import { channelMaps, plainMap, saliency, weightedMasks } from './maps';
import { EXPORTED } from './names';
import { compact } from './splice';
import { type ExportedBatch, type ExportedMethod, type GroupCamSteps, needsGradient, stepsOf } from './steps';

export interface ExportSpec {
  readonly model: Model;
  /** Facts at batch 1. */
  readonly facts: Facts;
  readonly info: Pick<ModelInfo, 'input' | 'preprocessing' | 'layers'>;
  readonly layer: LayerInfo;
  /** Where the layer's gradient starts; see `startInUse`. */
  readonly start: LayerInfo;
  readonly fragment: Fragment;
  /** The inputs and outputs as the file has them. */
  readonly declared: Pick<GraphProto, 'input' | 'output'>;
  readonly method: ExportedMethod;
  readonly class: 'top' | 'input';
  readonly size: 'layer' | 'input';
  readonly batch: ExportedBatch;
}

const SUMS = DataType.DOUBLE;

/** @throws what `gradientGraph` throws */
export function explainedModel(spec: ExportSpec): Model {
  const { model, facts, layer, info, fragment, method, batch } = spec;
  const { input } = info;
  const size = { height: info.preprocessing.height.value, width: info.preprocessing.width.value };
  const base = prefixFor(model);
  const e = createEmitter(base, model.opset);
  e.scope('image');
  const image = cast(e, input.name, facts.get(input.name)!.dtype, DataType.FLOAT);
  const steps = stepsOf(e, { ...spec, base, image, sums: SUMS });
  e.scope('class');
  const chosen = spec.class === 'input' ? askedClass() : steps.topClass();
  const hot = oneHot(e, chosen, fragment.outputs[CLASSES.probabilities]!);
  const gradient = needsGradient(method) ? steps.gradient(hot) : undefined;
  const map =
    method.name === 'group-cam'
      ? groupCam(method)
      : plainMap(e, method.name, steps.maps, channelMaps(e, gradient!, layer), SUMS);
  e.scope('merge');
  const shown = spec.size === 'input' ? saliency(e, steps.upsample(map), size) : saliency(e, map, layer);
  e.alias(shown, EXPORTED.saliency);
  // A node of the model may have that name, and no two nodes of a graph may have one.
  e.nodes.at(-1)!.name = `${base}/merge/${EXPORTED.saliency}`;
  return assembled();

  /**
   * The class that is asked for, int64 [N]. OneHot counts negative ones from the end; here they are no class at all, as those
   * beyond the last one are, and have a map of zeros.
   */
  function askedClass(): string {
    if (e.opset < 9) return EXPORTED.class;
    const [zero, classes] = [0, fragment.outputs[CLASSES.probabilities]!].map((value) =>
      e.scalar(value, DataType.INT64),
    );
    return e.op('Where', [e.op('Less', [EXPORTED.class, zero!]), classes!, EXPORTED.class]);
  }

  /** L before the ReLU of equation 7, [N, 1, pixels]. */
  function groupCam(how: GroupCamSteps): string {
    const isOfficial = how.variant === 'official';
    const { masks, small, upsampled, count } = steps.masks(how, gradient);
    const probabilities = steps.probabilities(upsampled, count, how.blur);
    const scores = e.op('MatMul', [probabilities, unsqueeze(e, hot, [2])]);
    e.scope('merge');
    const gains = e.op('Sub', [scores, slice(e, scores, [0], [1], [1])]);
    // A constant mask gains nothing, since its blend is the blurred image.
    const weights = reshape(e, isOfficial ? e.op('Relu', [gains]) : gains, [0, 1, count]);
    return weightedMasks(e, weights, isOfficial ? cast(e, masks, DataType.FLOAT, SUMS) : small, SUMS);
  }

  function assembled(): Model {
    const { graph } = model;
    const shape = spec.size === 'input' ? size : layer;
    const images = batch.images === 'any' ? freeName(spec.declared, input.name) : 1;
    const added = nodesLeadingTo(indexGraph(e.nodes), [EXPORTED.saliency]);
    const joined = {
      ...graph,
      node: [...graph.node, ...added],
      initializer: [...graph.initializer, ...e.initializers],
    };
    const whole = withOwnForm(withGraph(model, joined), spec, base);
    const dims = [images, 1, shape.height, shape.width];
    const own = whole.graph.input;
    const ends = {
      input: spec.class === 'input' ? [...own, valueInfo(EXPORTED.class, DataType.INT64, [images])] : own,
      output: [...spec.declared.output, valueInfo(EXPORTED.saliency, DataType.FLOAT, dims)],
    };
    return withGraph(whole, compact({ ...whole.graph, ...ends, valueInfo: steps.shaped }, base));
  }
}

/** What starts the names of added nodes and tensors; no name of the model starts so. */
function prefixFor({ graph }: Model): string {
  const names = [...tensorsIn(graph), ...nodeNamesIn(graph)];
  let prefix = 'cam';
  while (names.some((name) => name.startsWith(`${prefix}/`))) prefix += '_';
  return prefix;
}

/**
 * The model with its own inputs and outputs. One that takes images in another form than with four axes was rewritten
 * (input-forms.ts); here it gets its form back, and its inner tensors stay as they are.
 */
function withOwnForm(model: Model, { info, declared, batch }: ExportSpec, prefix: string): Model {
  const { name, shape } = info.input;
  const { graph } = model;
  const any = batch.images === 'any';
  const ofImage = graph.input.find((value) => value.name === name)!;
  const dtype = ofImage.type?.value.case === 'tensorType' ? ofImage.type.value.value.elemType : DataType.FLOAT;
  const dims = shape ?? imageDims(info);
  const image = valueInfo(name, dtype, any ? [freeName(declared, name), ...dims.slice(1)] : dims);
  const switches = model.switches.map((input) => {
    const { dataType, dims: of } = model.initializers.get(input)!;
    return valueInfo(input, dataType, of.map(Number));
  });
  const input = [...graph.input.map((value) => (value.name === name ? image : value)), ...switches];
  if (!shape) return withGraph(model, { ...graph, input });

  const made = new Set(graph.node.flatMap(({ output }) => output));
  const names = new Map([[name, `${prefix}/image`]]);
  for (const output of declared.output) {
    const own = `${output.name}/group-cam/own`;
    if (made.has(own)) names.set(own, output.name).set(output.name, `${output.name}/group-cam/batched`);
  }
  const node = graph.node.map((one) => renameNode(one, (tensor) => names.get(tensor) ?? tensor));
  const e = createEmitter(`${prefix}/form`, model.opset);
  e.alias(reshape(e, name, [-1, ...imageDims(info).slice(1)]), names.get(name)!);
  const initializer = [...graph.initializer, ...e.initializers];
  return withGraph(model, { ...graph, input, initializer, node: [...e.nodes, ...node] });
}

/** Dimensions of one image, with four axes. */
function imageDims({ input, preprocessing }: Pick<ModelInfo, 'input' | 'preprocessing'>): number[] {
  const [height, width] = [preprocessing.height.value, preprocessing.width.value];
  return input.layout === 'NCHW' ? [1, input.channels, height, width] : [1, height, width, input.channels];
}

/** The name of the axis of images, as the file has it. */
function freeName(declared: ExportSpec['declared'], input: string): string {
  const type = declared.input.find(({ name }) => name === input)?.type?.value;
  const first = type?.case === 'tensorType' ? type.value.shape?.dim[0]?.value : undefined;
  return first?.case === 'dimParam' && first.value !== '' ? first.value : 'N';
}
