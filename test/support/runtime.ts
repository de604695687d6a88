/** Gradients of models and of small graphs, run by the product's own runtime. */
import { create, toBinary } from '@bufbuild/protobuf';
import {
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  OperatorSetIdProtoSchema,
  type TensorProto,
  ValueInfoProtoSchema,
} from 'onnx-buf';
import { appendGradient } from '../../src/core/gradients/driver';
import { createEmitter } from '../../src/core/onnx/emit';
import { type Facts, valueInfo } from '../../src/core/onnx/facts';
import { type Model, parseModel } from '../../src/core/onnx/model';
import { DataType } from '../../src/core/onnx/tensors';
import { encodeModel, OWN_BYTES } from '../../src/core/onnx/weights';
import type { ModelFile } from '../../src/engine/model-file';
import { createSession, type Session, type Tensor } from '../../src/engine/runtime';
import { traceFacts } from '../../src/engine/trace';

export interface GradientSession {
  readonly facts: Facts;
  /** Runs the model and its gradient: the score and d(seed . score) / d(tensor) for each tensor of `wrt`. */
  run(
    input: Tensor,
    seed: (score: Tensor) => Float32Array | Float64Array,
  ): Promise<{ score: Tensor; gradients: Map<string, Tensor> }>;
  release(): Promise<void>;
}

/** A session of a model with the gradient of its first output appended; `input` tells the dimensions. */
export async function gradientSession(
  file: ModelFile,
  input: Tensor,
  wrt: readonly string[],
): Promise<GradientSession> {
  const { model } = file;
  const { graph } = model;
  const [source, score] = [graph.input[0]!.name, graph.output[0]!.name];
  const dtype = input.type === 'float64' ? DataType.DOUBLE : DataType.FLOAT;
  const facts = await traceFacts(file, { name: source, dtype, dims: input.dims });
  const emit = createEmitter('grad', model.opset, facts.keys());
  const seed = 'seed';
  const request = { nodes: graph.node, facts, score, seed, wrt };
  const gradients = appendGradient(emit, request);
  const outputs = new Map(wrt.map((tensor, i) => [tensor, emit.alias(gradients.get(tensor)!, `grad/result${i}`)]));
  const dims = facts.get(score)!.dims;
  const encoded = encodeModel(model, {
    ...graph,
    node: [...graph.node, ...emit.nodes],
    initializer: [...graph.initializer, ...emit.initializers],
    input: [valueInfo(source, dtype, input.dims), valueInfo(seed, dtype, dims)],
    output: [score, ...outputs.values()].map((name) => create(ValueInfoProtoSchema, { name })),
    valueInfo: [],
  });
  const session = await createSession(file.path, encoded, await file.buffers(encoded), {
    device: 'cpu',
    optimize: 'all',
    prepack: true,
  });
  return {
    facts,
    run: async (x, seedOf) => {
      const zero: Tensor = {
        type: x.type,
        data: new (x.data.constructor as Float32ArrayConstructor)(size(dims)),
        dims,
      };
      const forward = (await session.run({ [source]: x, [seed]: zero }, [score]))[score]!;
      const seeded = { ...zero, data: seedOf(forward) };
      const results = await session.run({ [source]: x, [seed]: seeded }, [score, ...outputs.values()]);
      return {
        score: results[score]!,
        gradients: new Map([...outputs].map(([tensor, output]) => [tensor, results[output]!])),
      };
    },
    release: () => session.release(),
  };
}

const size = (dims: readonly number[]) => dims.reduce((a, b) => a * b, 1);

/** The seed that picks one class of [1, classes]. */
export const oneHot = (index: number) => (score: Tensor) =>
  Float32Array.from(score.data as Float32Array, (_, i) => Number(i === index));
