/** Everything known about a model before it explains an image, in one value. */
import type { GraphProto } from 'onnx-buf';
import { errors } from '../errors';
import { few } from '../few';
import { loweredPath, operatorsWithoutRule } from '../gradients/driver';
import type { GradientPath } from '../gradients/path';
import { blockedTensors } from '../onnx/channels';
import type { Facts } from '../onnx/facts';
import { indexGraph } from '../onnx/graph';
import type { Model } from '../onnx/model';
import { operatorOf } from '../onnx/operators';
import type { Activation, Link } from '../output';
import type { Origin, Sourced } from '../sourced';
import { checkLabels, indexLabels } from './classes/labels';
import { nearest } from './classes/near';
import { firstOf, type Source } from './conventions';
import type { InputInfo, LayerInfo, ModelInfo } from './info';
import { ownDims, takesOne } from './input-forms';
import { type ImageInput, tensorInfo } from './inputs';
import { findLayers } from './layers/layers';
import type { ScoresTensor } from './logits';
import type { Preprocessing } from './preprocessing';
import { integerScores } from './scores/saturation';

/** Labels as they were read. */
export interface ReadLabels {
  readonly labels: readonly string[];
  readonly origin: Origin;
  /** The source of the labels, for messages. */
  readonly from: string;
  /** The file, if they have one of their own. */
  readonly file?: string;
}

export interface Known {
  readonly model: Model;
  /** The inputs and outputs as the file has them. */
  readonly declared: Pick<GraphProto, 'input' | 'output'>;
  readonly bytes: number;
  readonly demo: boolean;
  readonly input: ImageInput;
  /** The sources, best first, without what contradicts the graph. */
  readonly sources: readonly Source[];
  readonly preprocessing: Preprocessing;
  /** What the preprocessing assumes, in words. */
  readonly assumptions: readonly string[];
  /** Facts of the model at batch 1 and the input's size. */
  readonly facts: Facts;
  readonly scores: ScoresTensor;
  /** Whether the scores are probabilities already. */
  readonly link: Link;
  /** True if the user chose the scores. Labels found in files may then belong to other scores. */
  readonly scoresChosen: boolean;
  /** The layer that the user chose. */
  readonly layer: string | undefined;
  readonly labels: ReadLabels | undefined;
  readonly weightsFiles: readonly string[];
}

/**
 * @throws no-spatial-layer, unknown-layer, sidecar-invalid (its layer), labels-length
 */
export function describeModel(known: Known): ModelInfo {
  const { model, input, sources, facts, scores } = known;
  const { proto, graph, file } = model;
  const { layers, preferred, replaced } = findLayers(model, facts, input, scores);
  const assumptions = [...known.assumptions];
  if (scores.reason) assumptions.push(choiceOfScores(scores, scores.reason));
  const { activation, link } = activationOf(scores, known.link, sources, assumptions);
  // A single score without an activation or a link to p is a number of any kind, and not p of one of two classes.
  const isPair = scores.classes === 1 && (activation.value === 'sigmoid' || link !== 'identity');
  const classes = isPair ? 2 : scores.classes;
  if (isPair) assumptions.push(`classes: 2, since there is one score; it is that of class 1, and class 0 has 1 - p`);
  const path = { nodes: graph.node, facts, scores: [scores.logits], wrt: [input.name] };
  const unsupported = operatorsWithoutRule(path);
  if (unsupported.length === 0 && isQuantised(path))
    assumptions.push('gradients: those of rounding to integers are 1 (straight-through)');
  if (blockedTensors(graph.node).size > 0)
    assumptions.push(
      "layers: those in blocked memory, by onnxruntime's optimiser for one kind of processor, are left out; the plain model has them",
    );
  if (layers.length === 0)
    assumptions.push('layers: none has a map that the scores depend on, so only methods that need none can be used');
  for (const name of model.switches) assumptions.push(`input ${name}: off`);
  const labels = labelsOf(known, classes, assumptions);
  const integers = integerScores(indexGraph(graph.node), facts, scores.logits);
  return {
    path: file,
    name: file.replace(/^.*[/\\]/, '').replace(/\.onnx$/i, ''),
    demo: known.demo,
    bytes: known.bytes,
    irVersion: Number(proto.irVersion),
    opset: model.fileOpset,
    producer: [proto.producerName, proto.producerVersion].filter((part) => part !== '').join(' '),
    inputs: known.declared.input.map(tensorInfo),
    outputs: known.declared.output.map(tensorInfo),
    input: inputInfo(known),
    preprocessing: known.preprocessing,
    output: {
      name: scores.output,
      logits: scores.logits,
      link,
      activation,
      classes,
      ...(integers && { integers }),
      candidates: scores.candidates.map((candidate, i) => (i === 0 ? { ...candidate, classes } : candidate)),
    },
    labels: labels
      ? { value: checkLabels(labels.labels, classes, labels.from), origin: labels.origin }
      : { value: indexLabels(classes), origin: 'assumed' },
    ...(labels?.file !== undefined && { labelsFile: labels.file }),
    weightsFiles: known.weightsFiles,
    layers,
    layer: layerOf(known, layers, { value: preferred, origin: replaced ? 'assumed' : 'graph' }),
    unsupported,
    assumptions: [...assumptions, ...notesOf(sources)],
  };
}

function inputInfo({ input: { name, layout, channels, formed }, preprocessing }: Known): InputInfo {
  if (!formed) return { name, layout, channels };
  const shape = ownDims(formed, [preprocessing.height.value, preprocessing.width.value]);
  return { name, layout, channels, shape, ...(takesOne(formed) && { single: true }) };
}

/**
 * What the sources ask for and Group-CAM does not do. The notes of an exporter are left out if better sources have all
 * its values.
 */
function notesOf(sources: readonly Source[]): string[] {
  const fieldsOf = ({ conventions: { input = {} } }: Source) =>
    Object.entries(input).flatMap(([field, value]) => (value === undefined ? [] : [field]));
  const said = new Set<string>();
  return sources.flatMap((source) => {
    const fields = fieldsOf(source);
    const isSaid = source.origin === 'exporter' && fields.length > 0 && fields.every((field) => said.has(field));
    for (const field of fields) said.add(field);
    return isSaid && source.conventions.names === undefined ? [] : source.notes;
  });
}

function isQuantised(path: GradientPath): boolean {
  return loweredPath(path).some((node) => operatorOf(node).endsWith('QuantizeLinear'));
}

/** Says which scores were taken and why, which others are candidates, and how to change the choice. */
function choiceOfScores({ candidates }: ScoresTensor, reason: string): string {
  const [taken, ...others] = candidates.map(({ name, classes }) => `${name} [${classes}]`);
  return `scores: ${taken}, since ${reason}; could be ${few(others)}: name it as output.name in the sidecar, or choose it in the Model view`;
}

/**
 * How scores become p. If a sidecar says "none" for a graph that ends in an activation, the output is p already, and
 * the graph's own activation of the logits gives the same.
 */
function activationOf(
  scores: ScoresTensor,
  link: Link,
  sources: readonly Source[],
  assumptions: string[],
): { activation: Sourced<Activation>; link: Link } {
  const said = firstOf(sources, ({ output }) => output?.activation);
  if (said && !(said.value === 'none' && scores.activation)) {
    if (said.value === 'none') return { activation: said, link };
    if (link !== 'identity')
      assumptions.push(`probability: ${said.value} of ${scores.output}, though these are probabilities already`);
    return { activation: said, link: 'identity' };
  }
  if (scores.activation) return { activation: { value: scores.activation, origin: 'graph' }, link };
  if (link !== 'identity') {
    assumptions.push(PROBABILITIES[link](scores.output));
    return { activation: { value: 'none', origin: 'assumed' }, link };
  }
  // A softmax of a single score is always 1.
  const value = scores.classes === 1 ? 'sigmoid' : 'softmax';
  assumptions.push(`probability: ${value} of the output`);
  return { activation: { value, origin: 'assumed' }, link };
}

const PROBABILITIES: Readonly<Record<Exclude<Link, 'identity'>, (scores: string) => string>> = {
  log: (scores) => `probability: ${scores} as it is, since it sums to 1; gradients are those of log p`,
  logit: (scores) =>
    `probability: ${scores} as it is, since it lies between 0 and 1, each class for itself; gradients are those of log(p / (1 - p))`,
};

/**
 * The labels that were read from files, or else those of the graph. A wrong number of labels is an error, except in two
 * cases: they are an exporter's or in free text of the metadata, and may mean something else, or the user chose other
 * scores.
 */
function labelsOf(known: Known, classes: number, assumptions: string[]): ReadLabels | undefined {
  const { scores, scoresChosen, model } = known;
  const labels = known.labels && ofBoth(known.labels, scores.classes === 1 && classes === 2);
  const mustFit = labels?.origin !== 'exporter' && labels?.origin !== 'metadata' && !scoresChosen;
  if (labels && (mustFit || labels.labels.length === classes)) return labels;
  if (labels)
    assumptions.push(`${labels.from}: its ${labels.labels.length} labels are not used for ${classes} classes`);
  if (scores.labels?.length === classes) return { labels: scores.labels, origin: 'graph', from: model.file };
  // First, as it is the one that every reader sees.
  assumptions.unshift('no labels: classes are called by their index');
  return undefined;
}

/** A single label of a single score is that of the class which it speaks for. */
function ofBoth(read: ReadLabels, isPair: boolean): ReadLabels {
  const [only, ...others] = read.labels;
  return isPair && only && others.length === 0 ? { ...read, labels: [`not ${only}`, only] } : read;
}

function layerOf(
  { model, layer, sources }: Known,
  layers: readonly LayerInfo[],
  preferred: Sourced<string>,
): Sourced<string> {
  const isKnown = (name: string) => layers.some(({ tensor }) => tensor === name);
  if (layer !== undefined) {
    if (!isKnown(layer)) throw errors.unknownLayer(model.file, layer, nearLayers(layers, layer));
    return { value: layer, origin: 'chosen' };
  }
  const source = sources.find(({ conventions }) => conventions.layer !== undefined);
  const said = source?.conventions.layer;
  if (!source || said === undefined) return preferred;
  if (!isKnown(said)) {
    const near = nearLayers(layers, said).join(', ');
    throw errors.sidecarInvalid(source.file, `layer: no layer "${said}" to explain. Candidates: ${near}`);
  }
  return { value: said, origin: source.origin };
}

/** Layers of a similar name, else the last ones. */
function nearLayers(layers: readonly LayerInfo[], wanted: string): string[] {
  const named = layers.map(({ tensor }) => ({ name: tensor }));
  const near = nearest(named, wanted);
  return (near.length > 0 ? near : named.slice(-5).reverse()).map(({ name }) => name);
}
