/**
 * Recognises what models that decide for a class themselves have downstream of their scores: the best classes, their
 * names, a dictionary.
 */
import type { NodeProto } from 'onnx-buf';
import type { GraphIndex } from '../../onnx/graph';
import { attributeOf, type Model } from '../../onnx/model';
import { entryOf, operatorOf } from '../../onnx/operators';
import { DataType, dimsOf, sizeOf, textsOf, valuesOf } from '../../onnx/tensors';

/** The input of an operator that the decision is based on, and the names of classes that the operator has. */
interface Decision {
  readonly input: number;
  /** True if the operator only gives names to an earlier decision. */
  readonly naming?: true;
  readonly labels?: (model: Model, node: NodeProto) => readonly string[] | undefined;
}

const DECISIONS: Readonly<Record<string, Decision>> = {
  TopK: { input: 0 },
  ArgMax: { input: 0 },
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
  for (let node = producer.get(end); node; ) {
    const decision = decisionOf(model, node);
    const tensor = node.input[decision?.input ?? 0]!;
    const follows = decision ? decision.naming || isScores(tensor) : BETWEEN.has(operatorOf(node));
    if (!follows) break;
    if (decision && !decision.naming) scores = tensor;
    labels ??= decision?.labels?.(model, node);
    node = producer.get(tensor);
  }
  return scores === undefined ? undefined : { tensor: scores, labels };
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
