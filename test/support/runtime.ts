/** The gradient of a whole model, run by the product's own runtime. */
import { create } from '@bufbuild/protobuf';
import { ValueInfoProtoSchema } from 'onnx-buf';
import { CPU_RULES } from '../../src/core/gradients/cpu';
import { appendGradient } from '../../src/core/gradients/driver';
import type { RuleTable } from '../../src/core/gradients/rule';
import { createEmitter } from '../../src/core/onnx/emit';
import { type Facts, valueInfo } from '../../src/core/onnx/facts';
import { DataType, sizeOf } from '../../src/core/onnx/tensors';
import { encodeModel } from '../../src/core/onnx/weights';
import type { ModelFile } from '../../src/engine/model/model-file';
import { traceFacts } from '../../src/engine/model/trace';
import { createSession, type SessionOptions, type Tensor } from '../../src/engine/runtime/runtime';

/** A model with the gradient of its first output, at the dimensions of one input; a float16 is its bits. */
export interface GradientSession {
  readonly facts: Facts;
  /** The score, and d(seed . score) / d(tensor) for each tensor of `wrt`; a number seeds that one class of [1, classes]. */
  run(
    input: Tensor,
    seed: Float32Array | Uint16Array | number,
  ): Promise<{ score: Tensor; gradients: ReadonlyMap<string, Tensor> }>;
  release(): Promise<void>;
}

export async function gradientSession(
  file: ModelFile,
  dims: readonly number[],
  wrt: readonly string[],
  optimize: SessionOptions['optimize'] = 'all',
  dtype = DataType.FLOAT,
  rules: RuleTable = CPU_RULES,
): Promise<GradientSession> {
  const { model } = file;
  const { graph } = model;
  const [source, score] = [graph.input[0]!.name, graph.output[0]!.name];
  const facts = await traceFacts(file, { name: source, dtype, dims });
  const emit = createEmitter('grad', model.opset, facts.keys());
  const gradients = appendGradient(emit, { nodes: graph.node, facts, seeds: new Map([[score, 'seed']]), wrt }, rules);
  const outputs = new Map(wrt.map((tensor, i) => [tensor, emit.alias(gradients.get(tensor)!, `gradient ${i}`)]));
  const scores = facts.get(score)!.dims;
  const encoded = encodeModel(model, {
    ...graph,
    node: [...graph.node, ...emit.nodes],
    initializer: [...graph.initializer, ...emit.initializers],
    input: [valueInfo(source, dtype, dims), valueInfo('seed', dtype, scores)],
    output: [score, ...outputs.values()].map((name) => create(ValueInfoProtoSchema, { name })),
    valueInfo: [],
  });
  const session = await createSession(file.path, encoded, await file.buffers(encoded), {
    device: 'cpu',
    optimize,
    prepack: true,
  });
  return {
    facts,
    run: async (input, choice) => {
      const data = typeof choice === 'number' ? oneHot(sizeOf(scores), choice) : choice;
      const seed = { type: input.type, data, dims: scores };
      const results = await session.run({ [source]: input, seed }, [score, ...outputs.values()]);
      return {
        score: results[score]!,
        gradients: new Map([...outputs].map(([tensor, output]) => [tensor, results[output]!])),
      };
    },
    release: () => session.release(),
  };
}

const oneHot = (length: number, index: number) => new Float32Array(length).fill(1, index, index + 1);

/** The largest and the median difference, relative to the largest magnitude expected. */
export function relativeErrors(actual: ArrayLike<number>, expected: ArrayLike<number>) {
  if (actual.length !== expected.length) throw new Error(`${actual.length} values for ${expected.length}`);
  const scale = Array.from(expected).reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  const differences = Float64Array.from(expected, (value, i) => Math.abs(actual[i]! - value) / scale).sort();
  // A NaN sorts to the end, so it is the largest difference and fails any comparison.
  return { largest: differences.at(-1)!, median: differences[differences.length >> 1]! };
}
