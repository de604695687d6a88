/**
 * Recognises what models that decide for a class themselves have downstream of their scores: the best classes, their
 * names, a dictionary.
 */
import type { NodeProto } from 'onnx-buf';
import type { GraphIndex } from '../../onnx/graph';
import { attributeOf, intAttribute, type Model } from '../../onnx/model';
import { entryOf, operatorOf } from '../../onnx/operators';
import { DataType, dimsOf, sizeOf, textsOf, valuesOf } from '../../onnx/tensors';

/** The input of an operator that the decision is based on, and the names of classes that the operator has. */
interface Decision {
  readonly input: number;
  /** True if the values that it gives are scores themselves, which may be computed with. */
  readonly valued?: true;
  /** True if the operator only gives names to an earlier decision. */
  readonly naming?: true;
  readonly labels?: (model: Model, node: NodeProto) => readonly string[] | undefined;
}

const DECISIONS: Readonly<Record<string, Decision>> = {
  TopK: { input: 0, valued: true },
  ArgMax: { input: 0 },
  Hardmax: { input: 0, valued: true },
  Greater: { input: 0, valued: true },
  GreaterOrEqual: { input: 0, valued: true },
  ReduceMax: { input: 0 },
  'ai.onnx.ml:ZipMap': {
    input: 0,
    labels: (_model, node) => listOf(node, 'classlabels_strings') ?? listOf(node, 'classlabels_int64s'),
  },
  Gather: { input: 1, naming: true, labels: namesIn },
  'ai.onnx.ml:ArrayFeatureExtractor': { input: 1, naming: true, labels: namesIn },
  'ai.onnx.ml:LabelEncoder': {
    input: 0,
    naming: true,
    labels: (_model, node) => listOf(node, 'classes_strings') ?? valuesByKey(node),
  },
};

/** Operators that may stand between and after decisions. */
const BETWEEN: ReadonlySet<string> = new Set(['Identity', 'Cast', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze']);

/** What may be computed of the values that a decision gives, such as probabilities of the best classes. */
const COMPUTED: ReadonlySet<string> = new Set(['Softmax', 'LogSoftmax', 'Sigmoid', 'Exp', 'Log', 'Neg', 'Round']);
/** The same with a constant. */
const SCALED: ReadonlySet<string> = new Set(['Add', 'Div', 'Mul', 'Sub']);

export interface Decided {
  /** The tensor that the decision is based on. */
  readonly tensor: string;
  /** Undefined if the graph has no names. */
  readonly labels: readonly string[] | undefined;
}

/**
 * If a tensor is the result of decisions, the tensor that the first of them is based on; otherwise undefined.
 *
 * @param isScores whether a tensor may hold class scores
 */
export function decidedBy(
  model: Model,
  { producer }: GraphIndex,
  end: string,
  isScores: (tensor: string) => boolean,
): Decided | undefined {
  let scores: string | undefined;
  let labels: readonly string[] | undefined;
  let computed = false;
  for (let node = producer.get(end); node; ) {
    const decision = decisionOf(model, node);
    if (decision && computed && !decision.valued) break;
    const tensor = decision ? decidingInput(node, decision, producer) : node.input[0]!;
    if (tensor === undefined) break;
    const computes = !decision && isComputed(model, node);
    const follows = decision ? decision.naming || isScores(tensor) : computes || BETWEEN.has(operatorOf(node));
    if (!follows) break;
    computed ||= computes;
    if (decision && !decision.naming) scores = tensor;
    labels ??= decision?.labels?.(model, node);
    node = producer.get(tensor);
  }
  return scores === undefined ? undefined : { tensor: scores, labels };
}

function isComputed({ initializers }: Model, node: NodeProto): boolean {
  const operator = operatorOf(node);
  return COMPUTED.has(operator) || (SCALED.has(operator) && initializers.has(node.input[1] ?? ''));
}

/** The smallest of some numbers decide for a class only if the numbers are negated scores; the scores are the input then. */
function decidingInput(node: NodeProto, { input }: Decision, producer: GraphIndex['producer']): string | undefined {
  const tensor = node.input[input]!;
  if (operatorOf(node) !== 'TopK' || intAttribute(node, 'largest', 1) !== 0) return tensor;
  const maker = producer.get(tensor);
  return maker && operatorOf(maker) === 'Neg' ? maker.input[0] : undefined;
}

function decisionOf(model: Model, node: NodeProto): Decision | undefined {
  const decision = entryOf(DECISIONS, node);
  // A Gather of names chooses the name of a class; a Gather of scores only selects some of them, so it is not a
  // decision.
  return operatorOf(node) === 'Gather' && !namesIn(model, node) ? undefined : decision;
}

/** The constant strings or class numbers that an index selects from. */
function namesIn({ initializers }: Model, node: NodeProto): readonly string[] | undefined {
  const tensor = initializers.get(node.input[0]!);
  if (tensor?.dataType === DataType.STRING) return textsOf(tensor);
  const isNumbers = tensor && NUMBERS.has(tensor.dataType) && sizeOf(dimsOf(tensor)) > 1;
  return isNumbers ? valuesOf(tensor)?.map(String) : undefined;
}

const NUMBERS: ReadonlySet<number> = new Set([DataType.INT32, DataType.INT64]);

/** scikit-learn's classifiers, whose second output holds the scores. */
const CLASSIFIERS: ReadonlySet<string> = new Set(
  ['LinearClassifier', 'SVMClassifier', 'TreeEnsembleClassifier'].map((name) => `ai.onnx.ml:${name}`),
);

/** Names of classes that are attributes of the operator which computes the scores. */
export function labelsOfClassifier({ producer }: GraphIndex, scores: string): readonly string[] | undefined {
  const node = producer.get(scores);
  if (!node || !CLASSIFIERS.has(operatorOf(node)) || node.output[1] !== scores) return undefined;
  return ['classlabels_strings', 'classlabels_ints', 'classlabels_int64s']
    .map((name) => listOf(node, name))
    .find((labels) => labels !== undefined);
}

function listOf(node: NodeProto, name: string): readonly string[] | undefined {
  const value = attributeOf(node, name);
  return Array.isArray(value) && value.length > 0 ? value.map(String) : undefined;
}

/** Names in the order of their indices. */
function valuesByKey(node: NodeProto): readonly string[] | undefined {
  const keys = listOf(node, 'keys_int64s');
  const values = listOf(node, 'values_strings');
  if (!keys || values?.length !== keys.length) return undefined;
  const named = new Map(keys.map((key, i) => [key, values[i]!]));
  const names = keys.map((_, index) => named.get(`${index}`));
  return names.every((name) => name !== undefined) ? (names as string[]) : undefined;
}
