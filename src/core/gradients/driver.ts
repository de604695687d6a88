/**
 * Reverse-mode differentiation as a graph pass: adds nodes that compute the gradient of a score with respect to any
 * tensor before it. The rule of each operator gives the local derivative. Checks, un-broadcasting, accumulation and
 * names are in this file; pruning is in path.ts.
 */
import type { NodeProto } from 'onnx-buf';
import { ExplainError, errors, reasonOf } from '../errors';
import { createEmitter, type Emitter } from '../onnx/emit';
import { entryOf, operatorOf } from '../onnx/operators';
import { reduceSum, reshape } from '../onnx/ops';
import { fused } from './fusion';
import { lowered } from './lowering';
import { LOWERINGS } from './lowering-table';
import { type GradientPath, nodesOnPath } from './path';
import { type Answer, createContext, nameOf, type Rule, type RuleContext, type RuleTable } from './rule';
import { INFINITE_SLOPES, RULES } from './rule-table';

export interface GradientRequest extends Omit<GradientPath, 'scores'> {
  /** The cotangent of each score: a tensor with the score's dimensions and type, one-hot to select one class. */
  readonly seeds: ReadonlyMap<string, string>;
}

/**
 * Adds nodes that compute d(sum of seed . score) / d(tensor) for each tensor of `wrt`.
 *
 * @param rules by operator; guided backpropagation and tests use other tables than that of the derivatives
 * @returns the gradients' names by tensor; each has its tensor's dimensions and type
 * @throws unsupported-operator if an operator between `wrt` and a score has no rule; not-connected if no score depends
 *   on a tensor of `wrt`; gradient-rule if a rule fails or its answer is invalid
 */
export function appendGradient(
  emit: Emitter,
  request: GradientRequest,
  rules: RuleTable = RULES,
): ReadonlyMap<string, string> {
  const { seeds, wrt } = request;
  const scores = [...seeds.keys()];
  const { nodes, facts } = lowered(request.nodes, request.facts, emit, LOWERINGS);
  const path = nodesOnPath({ nodes, facts, wrt, scores });
  const check = createChecker(emit, [...facts.keys(), ...seeds.values()]);
  const parts = new Map<string, string[]>([...seeds].map(([score, seed]) => [score, [seed]]));
  const gradients = new Map<string, string>();

  /** The sum of all gradients of a tensor. It is complete once the walk reaches the tensor's producer. */
  const settle = (tensor: string) => {
    const arrived = parts.get(tensor);
    if (arrived && !gradients.has(tensor))
      gradients.set(tensor, arrived.length === 1 ? arrived[0]! : emit.op('Sum', arrived));
  };
  let staysFinite = true;
  for (const node of fused(path.nodes, [...wrt, ...scores], facts, rules).toReversed()) {
    emit.scope(nameOf(node).replace(/^\/+/, ''));
    node.output.forEach(settle);
    const wants = (input: number) => path.carries(node, input);
    const context = createContext(node, emit, facts, gradients, { staysFinite, wants });
    staysFinite &&= !INFINITE_SLOPES.has(operatorOf(node));
    const answers = answersOf(ruleOf(node, rules), context);
    for (const [index, name] of node.input.entries()) {
      if (!context.wants(index)) continue;
      const answer = answers[index];
      if (answer === undefined) throw errors.unsupportedOperator(operatorOf(node), nameOf(node));
      const part = unbroadcast(context, index, answer);
      check(context, part);
      parts.set(name, [...(parts.get(name) ?? []), part]);
    }
  }
  emit.scope('');
  wrt.forEach(settle);
  return new Map(
    wrt.map((tensor) => {
      const gradient = gradients.get(tensor);
      if (gradient === undefined) throw errors.notConnected(tensor, scores.join(', '));
      return [tensor, gradient];
    }),
  );
}

/** The operators between `wrt` and the scores that have no rule, each with the name of its first node. */
export function operatorsWithoutRule(path: GradientPath): { operator: string; node: string }[] {
  const missing = new Map<string, string>();
  for (const node of loweredPath(path)) {
    const operator = operatorOf(node);
    if (!entryOf(RULES, node) && !missing.has(operator)) missing.set(operator, nameOf(node));
  }
  return [...missing].map(([operator, node]) => ({ operator, node }));
}

/** The nodes that a gradient passes, with others in place of those that stand for several. */
export function loweredPath(path: GradientPath): readonly NodeProto[] {
  const emit = createEmitter('path', NEWEST, path.facts.keys());
  return nodesOnPath({ ...path, ...lowered(path.nodes, path.facts, emit, LOWERINGS) }).nodes;
}

/** No node of the emitter is run, so the operator set does not matter. */
const NEWEST = 23;

function ruleOf(node: NodeProto, rules: RuleTable): Rule {
  const rule = entryOf(rules, node);
  if (!rule) throw errors.unsupportedOperator(operatorOf(node), nameOf(node));
  return rule;
}

function answersOf(rule: Rule, context: RuleContext): readonly (Answer | undefined)[] {
  const answers = runRule(rule, context);
  if (answers.length > context.arity)
    throw context.failure(`it answers ${answers.length} gradients for ${context.arity} inputs`);
  return answers;
}

function runRule(rule: Rule, context: RuleContext) {
  try {
    return rule(context);
  } catch (thrown) {
    throw thrown instanceof ExplainError ? thrown : context.failure(reasonOf(thrown));
  }
}

/** Sums a gradient over the axes along which the input was broadcast. */
function unbroadcast(context: RuleContext, input: number, answer: Answer): string {
  if (typeof answer === 'string') return answer;
  const { tensor, dims: from } = answer;
  const { name, dims: to } = context.input(input);
  const extra = from.length - to.length;
  const axes = from.flatMap((dim, axis) => (axis < extra || (to[axis - extra] === 1 && dim !== 1) ? [axis] : []));
  const fits = extra >= 0 && to.every((dim, axis) => dim === 1 || dim === from[axis + extra]);
  if (!fits) throw context.failure(`a gradient of [${from}] does not fit input "${name}" of [${to}]`);
  if (axes.length === 0) return tensor;
  const sum = reduceSum(context.emit, tensor, axes);
  return extra === 0 ? sum : reshape(context.emit, sum, to);
}

/**
 * Returns a check that an answer and every input of the nodes added since the last check exist. A mistake in a rule is
 * then found here, with the rule's name, and not by the runtime.
 */
function createChecker(emit: Emitter, forward: Iterable<string>) {
  const known = new Set(forward);
  let nodes = 0;
  let initializers = 0;
  const missing = (names: readonly string[]) => names.find((name) => name !== '' && !known.has(name));
  return (context: RuleContext, answer: string) => {
    for (; initializers < emit.initializers.length; initializers++) known.add(emit.initializers[initializers]!.name);
    for (; nodes < emit.nodes.length; nodes++) {
      const added = emit.nodes[nodes]!;
      const name = missing(added.input);
      if (name !== undefined) throw context.failure(`its ${operatorOf(added)} reads "${name}", which does not exist`);
      for (const made of added.output) known.add(made);
    }
    if (missing([answer]) !== undefined || answer === '')
      throw context.failure(`its answer "${answer}" does not exist`);
  };
}
