/** Finds a model's class scores: the tensor that holds them, and the tensor before softmax or sigmoid. */
import { errors } from '../errors';
import type { Facts } from '../onnx/facts';
import { type GraphIndex, indexGraph, nodesLeadingTo, tensorsDependingOn } from '../onnx/graph';
import type { Model } from '../onnx/model';
import { operatorOf } from '../onnx/operators';
import { FLOATS, sizeOf } from '../onnx/tensors';
import type { ScoresInfo } from '../output';
import type { Origin } from '../sourced';
import { nearest } from './classes/near';
import { type Decided, decidedBy, labelsOfClassifier } from './scores/decisions';
import { type Ending, endingOf, originOf } from './scores/ending';
import { sidecarPath } from './sidecar';

export interface ScoresTensor extends Ending {
  /**
   * The tensor that holds the scores, usually an output of the graph. `logits` also has one value for each class, in
   * the same order.
   */
  readonly output: string;
  readonly classes: number;
  /** Labels of the classes, if the graph itself has them. */
  readonly labels: readonly string[] | undefined;
  /** All tensors that could be the scores, best first. */
  readonly candidates: readonly ScoresInfo[];
  /** Why these scores were chosen among several, in words; undefined if the user or a file named them. */
  readonly reason: string | undefined;
}

interface Candidate extends Ending, Omit<Decided, 'tensor'> {
  readonly output: string;
  readonly classes: number;
  /** Names of the tensor and of the tensors that are derived from it. */
  readonly names: readonly string[];
  /** False for a tensor inside the graph that a decision of the graph is based on. */
  readonly isOutput: boolean;
  readonly rank: number;
  /** How many convolutions and matrix products lead to it; 0 if they were not counted. */
  readonly depth: number;
}

/** What helps to choose the scores. */
export interface WantedScores {
  readonly value: string;
  readonly origin: Origin;
}

/**
 * Finds the class scores. They are the tensor of the shape [N, classes] (further axes of size 1 are allowed) that the
 * user or the conventions name. Otherwise they are the best output of this shape or, if the output is a decision for a
 * class, the tensor that the decision is based on.
 *
 * @param facts at batch 1
 * @param known the wanted tensor's name, or that of a decision downstream of it, and the number of labels
 * @throws no-scores; sidecar-invalid for a name that it has
 */
export function findScores(
  model: Model,
  facts: Facts,
  input: string,
  known: { readonly wanted?: WantedScores | undefined; readonly labels?: number | undefined } = {},
): ScoresTensor {
  const graph = indexGraph(model.graph.node);
  const dependent = tensorsDependingOn(graph, [input]);
  const outputs = model.graph.output.map(({ name }) => name);
  const hasAxis = outputs.some((name) => hasScoresShape(facts, name));
  // Without an axis of classes, [N] is one score for each image.
  const isScores = (name: string) =>
    dependent.has(name) &&
    (hasScoresShape(facts, name) || (!hasAxis && outputs.includes(name) && isSingle(facts, name)));
  const found = outputs.flatMap((name) => candidateOf(model, graph, facts, name, isScores) ?? []);
  const ranked = withoutDoubles(graph, rankedByDepth(graph, found, known.labels));
  const [best, second] = ranked;
  const { wanted } = known;
  const chosen = wanted ? candidateOf(model, graph, facts, wanted.value, isScores) : best;
  if (!chosen) {
    const possible = possibleScores(model, isScores);
    if (wanted) throw wantedFailure(model, facts, wanted, [...ranked.map(({ output }) => output), ...possible]);
    throw errors.noScores(
      model.file,
      outputs.map((name) => describe(facts, name)),
      possible.map((name) => describe(facts, name)),
    );
  }
  // If the chosen output has no activation, another output with the same scores may have it.
  const same = ranked.find((other) => scoresKey(graph, other) === scoresKey(graph, chosen));
  const activation = chosen.activation ?? same?.activation;
  const others = ranked.filter((other) => other !== same).map(infoOf);
  const { output, logits, unbounded, classes, labels = same?.labels } = chosen;
  return {
    output,
    logits,
    activation,
    unbounded,
    classes,
    labels,
    candidates: [infoOf(chosen), ...others],
    reason: wanted || !second ? undefined : reasonOf(chosen, second, known.labels),
  };
}

function hasScoresShape(facts: Facts, name: string): boolean {
  const fact = facts.get(name);
  if (!fact || !FLOATS.has(fact.dtype)) return false;
  return fact.dims.length >= 2 && fact.dims[0] === 1 && fact.dims.filter((dim) => dim !== 1).length <= 1;
}

function isSingle(facts: Facts, name: string): boolean {
  const fact = facts.get(name);
  return fact !== undefined && FLOATS.has(fact.dtype) && String(fact.dims) === '1';
}

function candidateOf(
  model: Model,
  graph: GraphIndex,
  facts: Facts,
  name: string,
  isScores: (tensor: string) => boolean,
): Candidate | undefined {
  const decided = decidedBy(model, graph, name, isScores);
  const output = decided?.tensor ?? name;
  if (!isScores(output)) return undefined;
  const { dims } = facts.get(output)!;
  return {
    output,
    labels: decided?.labels ?? labelsOfClassifier(graph, output),
    names: [...new Set([output, name])],
    ...endingOf(model, graph, facts, output),
    classes: sizeOf(dims),
    isOutput: output === name,
    rank: dims.length,
    depth: 0,
  };
}

const WEIGHTED: ReadonlySet<string> = new Set(['Conv', 'Gemm', 'MatMul', 'QLinearConv', 'QLinearMatMul']);

const infoOf = ({ output, classes }: Candidate): ScoresInfo => ({ name: output, classes });

/** Equal for two outputs with the same scores, before and after the activation or in another shape. */
const scoresKey = (graph: GraphIndex, { classes, logits }: Candidate) => `${classes} ${originOf(graph, logits)}`;

/**
 * Keeps one of the candidates with the same scores, preferably an output, and gives it the labels and the activation of
 * the others.
 */
function withoutDoubles(graph: GraphIndex, ranked: readonly Candidate[]): Candidate[] {
  const kept = new Map<string, Candidate>();
  for (const candidate of ranked) {
    const key = scoresKey(graph, candidate);
    const first = kept.get(key);
    if (!first) kept.set(key, candidate);
    else {
      const named = first.isOutput ? first : candidate;
      const { labels = candidate.labels, activation = candidate.activation } = first;
      kept.set(key, { ...named, labels, activation });
    }
  }
  return [...kept.values()];
}

/** Patterns for the names of outputs with class scores, best first, and for the names of other outputs. */
const TELLING = [/logit/i, /prob/i, /score|class|label|pred/i, /^out/i];
const OTHERS = /aux|feat|embed|pool|hidden|repr|token|latent/i;

function telling({ names }: Candidate): number {
  if (names.some((name) => OTHERS.test(name))) return -1;
  const place = TELLING.findIndex((pattern) => names.some((name) => pattern.test(name)));
  return place < 0 ? 0 : TELLING.length - place;
}

/** Criteria for the choice of the scores, most important first. A larger value is better. */
const CRITERIA: readonly (readonly [words: string, value: (of: Candidate, labels: number | undefined) => number])[] = [
  [
    'it has as many classes as there are labels',
    ({ classes }, labels) => Number((classes === 1 ? 2 : classes) === labels),
  ],
  ['the graph names its classes', ({ labels }) => Number(labels !== undefined)],
  ['it has more than one class', ({ classes }) => Number(classes > 1)],
  ['its name says so', telling],
  ['it ends in softmax or sigmoid', ({ activation }) => Number(activation !== undefined)],
  ['more of the network leads to it', ({ depth }) => depth],
  ['it has no further axes', ({ rank }) => Number(rank === 2)],
];

/** Sorts the candidates, best first; equal ones keep the graph's order. */
function ranking(candidates: readonly Candidate[], labels: number | undefined): Candidate[] {
  return candidates.toSorted(
    (a, b) => CRITERIA.map(([, value]) => value(b, labels) - value(a, labels)).find((by) => by !== 0) ?? 0,
  );
}

/** At most so many candidates are compared by depth, since each comparison is a walk through the graph. */
const MOST_DEPTHS = 100;

/** Sorts the candidates, and computes the depths of those that the other criteria put first. */
function rankedByDepth(graph: GraphIndex, found: readonly Candidate[], labels: number | undefined): Candidate[] {
  const measured = ranking(found, labels).map((candidate, i) => ({
    ...candidate,
    depth: i < MOST_DEPTHS ? depthOf(graph, candidate.output) : 0,
  }));
  return ranking(measured, labels);
}

function depthOf(graph: GraphIndex, output: string): number {
  return nodesLeadingTo(graph, [output]).filter((node) => WEIGHTED.has(operatorOf(node))).length;
}

function reasonOf(best: Candidate, second: Candidate, labels: number | undefined): string {
  const [words] = CRITERIA.find(([, value]) => value(best, labels) !== value(second, labels)) ?? ['it comes first'];
  return words;
}

/** Tensors inside the graph that could be the scores, the last one first. */
function possibleScores({ graph }: Model, isScores: (tensor: string) => boolean): string[] {
  return graph.node
    .flatMap(({ output }) => output)
    .filter(isScores)
    .reverse();
}

function wantedFailure(model: Model, facts: Facts, { value, origin }: WantedScores, possible: readonly string[]) {
  const isKnown = facts.has(value) || model.graph.node.some(({ output }) => output.includes(value));
  const named = [...new Set(possible)].map((name) => ({ name }));
  const near = isKnown ? [] : nearest(named, value);
  const problem = isKnown
    ? `${describe(facts, value)} does not hold one score a class ([N, classes])`
    : `no tensor "${value}" in the model`;
  const instead = (near.length > 0 ? near : named.slice(0, 5)).map(({ name }) => name);
  const reason = instead.length > 0 ? `${problem}; it may be ${instead.join(', ')}` : problem;
  return origin === 'sidecar'
    ? errors.sidecarInvalid(sidecarPath(model.file), `output.name: ${reason}`)
    : errors.scoresUnknown(model.file, reason);
}

function describe(facts: Facts, name: string): string {
  return `${name} [${facts.get(name)?.dims.join(', ') ?? '?'}]`;
}
