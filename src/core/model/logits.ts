/** Where a model's class scores are: which tensor holds them, and the one before softmax or sigmoid. */
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
  /** The tensor that holds them, mostly an output of the graph. `logits` has one value a class too, in the classes' order. */
  readonly output: string;
  readonly classes: number;
  /** Of the classes, where the graph itself has them. */
  readonly labels: readonly string[] | undefined;
  /** All tensors that may be the scores, best first. */
  readonly candidates: readonly ScoresInfo[];
  /** Why these and not the others, in words, where nobody said so. */
  readonly reason: string | undefined;
}

interface Candidate extends Ending, Omit<Decided, 'tensor'> {
  readonly output: string;
  readonly classes: number;
  /** What it is called, by the graph and by what is made of it. */
  readonly names: readonly string[];
  /** False of what a decision of the graph rests on. */
  readonly isOutput: boolean;
  readonly rank: number;
  /** How much of the network leads to it; 0 as long as nobody has looked. */
  readonly depth: number;
}

/** Whose scores are wanted. */
export interface WantedScores {
  readonly value: string;
  readonly origin: Origin;
}

/**
 * The class scores. Any tensor of the shape [N, classes] (further axes of size 1 allowed) that is named by the user or the
 * conventions; else the best output of this shape, or what the graph decides by if the output is its decision.
 *
 * @param facts at batch 1
 * @param known what else tells: the tensor's name, or that of a decision downstream of it, and the number of labels
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
  const isScores = (name: string) => dependent.has(name) && hasScoresShape(facts, name);
  const outputs = model.graph.output.map(({ name }) => name);
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
  // The output with the activation tells it of one without.
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

/** The same for two outputs with the same scores, before and after the activation or in another shape. */
const scoresKey = (graph: GraphIndex, { classes, logits }: Candidate) => `${classes} ${originOf(graph, logits)}`;

/** Of those with the same scores the first, if it is an output; what a later one knows of the classes is known of it too. */
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

/** What an output with class scores is called, best first, and what others are called. */
const TELLING = [/logit/i, /prob/i, /score|class|label|pred/i, /^out/i];
const OTHERS = /aux|feat|embed|pool|hidden|repr|token|latent/i;

function telling({ names }: Candidate): number {
  if (names.some((name) => OTHERS.test(name))) return -1;
  const place = TELLING.findIndex((pattern) => names.some((name) => pattern.test(name)));
  return place < 0 ? 0 : TELLING.length - place;
}

/** What speaks for scores, the most telling first; more is better. */
const CRITERIA: readonly (readonly [words: string, value: (of: Candidate, labels: number | undefined) => number])[] = [
  ['it has as many classes as there are labels', ({ classes }, labels) => Number(classes === labels)],
  ['the graph names its classes', ({ labels }) => Number(labels !== undefined)],
  ['it has more than one class', ({ classes }) => Number(classes > 1)],
  ['its name says so', telling],
  ['it ends in softmax or sigmoid', ({ activation }) => Number(activation !== undefined)],
  ['more of the network leads to it', ({ depth }) => depth],
  ['it has no further axes', ({ rank }) => Number(rank === 2)],
];

/** Best first; of equals in the graph's order. */
function ranking(candidates: readonly Candidate[], labels: number | undefined): Candidate[] {
  return candidates.toSorted(
    (a, b) => CRITERIA.map(([, value]) => value(b, labels) - value(a, labels)).find((by) => by !== 0) ?? 0,
  );
}

/** So many are compared by what leads to them, which is a walk through the graph for each. */
const MOST_DEPTHS = 100;

/** The ranking, with the depths of those that the other criteria put first. */
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

/** Tensors inside the graph that may be the scores, the last first. */
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
