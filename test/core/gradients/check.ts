/** Checks the gradient of a one-operator graph against what the runtime computes forwards. */
import { strict as assert } from 'node:assert';
import { create } from '@bufbuild/protobuf';
import { ValueInfoProtoSchema } from 'onnx-buf';
import { appendGradient } from '../../../src/core/gradients/driver';
import type { RuleTable } from '../../../src/core/gradients/rule';
import { RULES } from '../../../src/core/gradients/rule-table';
import { type Attributes, createEmitter } from '../../../src/core/onnx/emit';
import { valueInfo } from '../../../src/core/onnx/facts';
import { DataType, makeTensor, sizeOf } from '../../../src/core/onnx/tensors';
import { encodeModel, OWN_BYTES } from '../../../src/core/onnx/weights';
import { createSession, type Tensor } from '../../../src/engine/runtime/runtime';
import { parseTiny, type TinyNode, traceTiny } from '../../support/tiny-model';

export interface Operand {
  readonly dims: readonly number[];
  readonly values: readonly number[];
  /** The case's own type if it is left out. */
  readonly dtype?: DataType;
}

/**
 * How the expected derivative is computed from forward runs:
 * - smooth: central differences for every element, in float64;
 * - smooth32: the same in float32, for operators without a float64 kernel;
 * - linear: the adjoint identity <J u, v> = <u, J' v> with J u = y(u) - y(0), in float32;
 * - piecewise: the same with J u = y(x + u) - y(x), for u too small to choose another piece and all values exact.
 */
export type Kind = 'smooth' | 'smooth32' | 'linear' | 'piecewise';

export interface Case {
  readonly op: string;
  readonly kind: Kind;
  /** Dimensions of a random operand, or an operand; '' is an absent one. They are called x0, x1 and so on. */
  readonly inputs: readonly (readonly number[] | Operand | '')[];
  readonly attributes?: Attributes;
  /** In place of one node that makes `y` of all inputs. */
  readonly nodes?: readonly TinyNode[];
  /** Inputs to differentiate with respect to. */
  readonly wrt?: readonly number[];
  readonly opset?: number;
  /** Of random operands; by default their magnitudes are between 0.2 and 1, so that no element is at a kink. */
  readonly range?: readonly [number, number];
}

const TOLERANCE: Readonly<Record<Kind, number>> = { smooth: 1e-5, smooth32: 2e-3, linear: 1e-5, piecewise: 1e-5 };
const STEP = { smooth: 1e-5, smooth32: 2 ** -6 };

export async function check(row: Case, rules: RuleTable = RULES): Promise<void> {
  const dtype = row.kind === 'smooth' ? DataType.DOUBLE : DataType.FLOAT;
  const wrt = (row.wrt ?? [0]).map((index) => `x${index}`);
  const random = generator(1);
  const operands = row.inputs.map((input) => (input === '' ? undefined : operandOf(row, input, random)));
  const session = await sessionOf(row, operands, dtype, wrt, rules);
  try {
    const start = new Map(wrt.map((name) => [name, Float64Array.from(operands[Number(name.slice(1))]!.values)]));
    const { y } = await session.run(start);
    for (const name of wrt) {
      const seed = Float64Array.from({ length: y.data.length }, () => symmetric(random));
      if (row.kind === 'smooth' || row.kind === 'smooth32') {
        const { gradients } = await session.run(start, seed);
        await differences(name, start, seed, gradients.get(name)!, { ...session, kind: row.kind });
      } else await adjoint(row.kind, name, start, seed, random, session.run);
    }
  } finally {
    await session.release();
  }
}

type Values = ReadonlyMap<string, Float64Array>;
type Run = (inputs: Values, seed?: Float64Array) => Promise<{ y: Tensor; gradients: ReadonlyMap<string, Tensor> }>;

async function differences(
  name: string,
  start: Values,
  seed: Float64Array,
  gradient: Tensor,
  { run, kind }: { run: Run; kind: 'smooth' | 'smooth32' },
) {
  const x = start.get(name)!;
  const scoreAt = async (index: number, step: number) => {
    const moved = new Map(start).set(name, x.with(index, x[index]! + step));
    return dot(numbers((await run(moved)).y), seed);
  };
  const expected = new Float64Array(x.length);
  for (const index of x.keys()) {
    const step = STEP[kind];
    expected[index] = ((await scoreAt(index, step)) - (await scoreAt(index, -step))) / (2 * step);
  }
  const actual = numbers(gradient);
  const scale = Math.max(...expected.map(Math.abs), 1e-3);
  for (const [index, value] of expected.entries()) {
    const error = Math.abs(actual[index]! - value) / scale;
    assert.ok(error <= TOLERANCE[kind], `d/d${name}[${index}]: ${actual[index]} for ${value}`);
  }
}

async function adjoint(
  kind: 'linear' | 'piecewise',
  name: string,
  start: Values,
  seed: Float64Array,
  random: () => number,
  run: Run,
) {
  const x = kind === 'linear' ? start.get(name)!.map(() => 0) : start.get(name)!;
  for (let round = 0; round < 3; round++) {
    const height = x.map(() => (kind === 'linear' ? symmetric(random) : Math.round(symmetric(random) * 255) / 1024));
    const base = new Map(start).set(name, x);
    const moved = new Map(start).set(
      name,
      x.map((value, i) => value + height[i]!),
    );
    const [before, after] = [await run(base, seed), await run(moved)];
    const change = numbers(after.y).map((value, i) => value - numbers(before.y)[i]!);
    const gradient = numbers(before.gradients.get(name)!);
    const [forwards, backwards] = [dot(change, seed), dot(height, gradient)];
    const scale = Math.sqrt(dot(change, change) * dot(seed, seed));
    assert.ok(scale > 0, 'the change of the output is zero, so nothing was tested');
    assert.ok(Math.abs(forwards - backwards) <= TOLERANCE[kind] * scale, `<Ju, v> ${forwards}, <u, J'v> ${backwards}`);
  }
}

/** A session of the graph with its gradient, whose inputs are `wrt` and the seed. */
async function sessionOf(
  row: Case,
  operands: readonly (Operand | undefined)[],
  dtype: DataType,
  wrt: string[],
  rules: RuleTable,
) {
  const names = operands.map((operand, i) => (operand ? `x${i}` : ''));
  const nodes: readonly TinyNode[] = row.nodes ?? [[row.op, names.join(' '), 'y', row.attributes]];
  const constant = (name: string) => {
    const { dims, values, dtype: own = dtype } = operands[Number(name.slice(1))]!;
    return makeTensor(name, own, dims, values);
  };
  const source = wrt[0]!;
  const { dims } = constant(source);
  const model = parseTiny({
    inputs: { [source]: dims.map(Number) },
    inputType: dtype,
    outputs: ['y'],
    nodes,
    initializers: names.filter((name) => name !== '' && name !== source).map(constant),
    opset: row.opset ?? 17,
  });
  const facts = await traceTiny(model, { name: source, dtype, dims: dims.map(Number) });
  const emit = createEmitter('grad', model.opset, facts.keys());
  const gradients = appendGradient(
    emit,
    { nodes: model.graph.node, facts, seeds: new Map([['y', 'seed']]), wrt },
    rules,
  );
  const outputs = new Map(wrt.map((name) => [name, emit.alias(gradients.get(name)!, `grad/of/${name}`)]));
  const score = facts.get('y')!;
  const encoded = encodeModel(model, {
    ...model.graph,
    node: [...model.graph.node, ...emit.nodes],
    initializer: [...model.graph.initializer.filter(({ name }) => !wrt.includes(name)), ...emit.initializers],
    input: [...wrt.map((name) => valueInfo(name, dtype, facts.get(name)!.dims)), valueInfo('seed', dtype, score.dims)],
    output: ['y', ...outputs.values()].map((name) => create(ValueInfoProtoSchema, { name })),
  });
  const buffers = new Map([[OWN_BYTES, model.bytes]]);
  const session = await createSession(row.op, encoded, buffers, { device: 'cpu', optimize: 'all', prepack: true });
  const tensor = (values: ArrayLike<number>, size: readonly number[]): Tensor =>
    dtype === DataType.DOUBLE
      ? { type: 'float64', data: Float64Array.from(values), dims: size }
      : { type: 'float32', data: Float32Array.from(values), dims: size };
  const run: Run = async (inputs, seed = new Float64Array(sizeOf(score.dims))) => {
    const feeds = Object.fromEntries(
      [...inputs].map(([name, values]) => [name, tensor(values, facts.get(name)!.dims)]),
    );
    const results = await session.run({ ...feeds, seed: tensor(seed, score.dims) }, ['y', ...outputs.values()]);
    for (const [name, output] of outputs) {
      assert.deepEqual([...results[output]!.dims], [...facts.get(name)!.dims], `dimensions of d/d${name}`);
      assert.equal(results[output]!.type, tensor([], []).type, `type of d/d${name}`);
    }
    return { y: results['y']!, gradients: new Map([...outputs].map(([name, output]) => [name, results[output]!])) };
  };
  return { run, release: () => session.release() };
}

function operandOf({ range, kind }: Case, input: readonly number[] | Operand, random: () => number): Operand {
  if ('dims' in input) return input;
  const count = sizeOf(input);
  // Distinct whole numbers, so that no two elements of a window are within a step of each other.
  if (kind === 'piecewise') return { dims: input, values: Array.from({ length: count }, (_, i) => (i * 7919) % count) };
  const one = () => (range ? range[0] + random() * (range[1] - range[0]) : symmetric(random));
  return { dims: input, values: Array.from({ length: count }, one) };
}

/** Magnitudes between 0.2 and 1, of either sign. */
const symmetric = (random: () => number) => (random() < 0.5 ? -1 : 1) * (0.2 + 0.8 * random());

/** Uniform numbers in [0, 1), the same ones for the same seed (mulberry32). */
export function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const numbers = ({ data }: Tensor) => Float64Array.from(data as Float32Array);

const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
