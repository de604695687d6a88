/** Training steps of a model, run by the product's own runtime. */
import { create } from '@bufbuild/protobuf';
import { TensorProtoSchema } from 'onnx-buf';
import { CPU_RULES } from '../../src/core/gradients/cpu';
import { valueInfo } from '../../src/core/onnx/facts';
import { type Model, withGraph } from '../../src/core/onnx/model';
import { DataType, dimsOf, makeTensor, sizeOf, type TensorProto, valuesOf } from '../../src/core/onnx/tensors';
import { encodeModel } from '../../src/core/onnx/weights';
import type { ScoresOf } from '../../src/core/target/class-scores';
import { type Parameters, parametersOf } from '../../src/core/training/parameters';
import { STEP, stepGraph, trainedType } from '../../src/core/training/step-graph';
import type { ModelFile } from '../../src/engine/model/model-file';
import { traceFacts } from '../../src/engine/model/trace';
import { createSession, floats, type Tensor } from '../../src/engine/runtime/runtime';
import { factsInDouble, withKernels } from './float64';

export type Numbers = Float32Array | Float64Array;
export type Weights = ReadonlyMap<string, Numbers>;

export interface Trained extends Parameters {
  readonly classes: number;
  /** Copies of the parameters' values in the model. */
  readonly weights: Map<string, Numbers>;
  /** A step's loss of each image and its gradients by parameter. */
  step(image: Float32Array, labels: Float32Array, weights?: Weights): Promise<{ loss: Numbers; gradients: Weights }>;
  release(): Promise<void>;
}

export interface TrainedAs {
  /** Of the images, batch included. */
  readonly dims: readonly number[];
  readonly output?: Partial<ScoresOf>;
  /** The parameters to train; all that can be if it is left out. */
  readonly only?: (name: string) => boolean;
  readonly rules?: typeof CPU_RULES;
  /** Of the model's input: float64 models are run with other operators in place of those that have no kernel. */
  readonly dtype?: DataType;
}

/** The model's first output holds its scores; softmax follows unless `output` says otherwise. */
export async function trained(file: ModelFile, as: TrainedAs): Promise<Trained> {
  const { model } = file;
  const { dims, dtype = DataType.FLOAT } = as;
  const [input, logits] = [model.graph.input[0]!.name, model.graph.output[0]!.name];
  const isDouble = dtype === DataType.DOUBLE;
  const facts = isDouble
    ? await factsInDouble(file, model, input, dims)
    : await traceFacts(file, { name: input, dtype, dims });
  const output: ScoresOf = {
    logits,
    link: 'identity',
    activation: 'softmax',
    classes: facts.get(logits)!.dims[1]!,
    ...as.output,
  };
  const found = parametersOf(model, facts, { input, logits: output.logits });
  const parameters = found.parameters.filter(({ name }) => as.only?.(name) ?? true);
  const made = stepGraph(model, facts, { input, parameters, output }, as.rules ?? CPU_RULES);
  const graph = isDouble ? withKernels(made, await wholeFacts(file, made, dims), model.opset) : made;
  const encoded = encodeModel(model, graph);
  const options = { device: 'cpu', optimize: isDouble ? 'none' : 'all', prepack: true } as const;
  const session = await createSession(file.path, encoded, await file.buffers(encoded), options);
  const weights = new Map(
    parameters.map((parameter) => {
      const values = valuesOf(model.initializers.get(parameter.name)!)!;
      const isWide = trainedType(parameter) === DataType.DOUBLE;
      return [parameter.name, isWide ? Float64Array.from(values) : Float32Array.from(values)];
    }),
  );
  const gradientNames = parameters.map(({ name }) => STEP.gradientOf(name));
  return {
    parameters,
    frozen: found.frozen,
    classes: output.classes,
    weights,
    step: async (image, labels, given = weights) => {
      const fed = parameters.map(({ name, dims: size }): [string, Tensor] => {
        const data = given.get(name)!;
        return [name, { type: data instanceof Float64Array ? 'float64' : 'float32', data, dims: size }];
      });
      const results = await session.run(
        {
          ...Object.fromEntries(fed),
          [STEP.image]: floats(image, dims),
          [STEP.labels]: floats(labels, [dims[0]!, output.classes]),
        },
        [STEP.loss, ...gradientNames],
      );
      const numbers = (name: string) => results[name]!.data as Numbers;
      return {
        loss: numbers(STEP.loss),
        gradients: new Map(parameters.map(({ name }) => [name, numbers(STEP.gradientOf(name))])),
      };
    },
    release: () => session.release(),
  };
}

/** Of a whole step graph in float64, whose other inputs than the images become weights for it. */
async function wholeFacts(file: ModelFile, graph: Model['graph'], dims: readonly number[]) {
  const others = graph.input.filter(({ name }) => name !== STEP.image);
  const zeros = others.map(({ name, type }): TensorProto => {
    const { elemType, shape } = type!.value.value as {
      elemType: number;
      shape: { dim: { value: { value: bigint } }[] };
    };
    const size = shape.dim.map(({ value }) => Number(value.value));
    if (sizeOf(size) > 1024) return create(TensorProtoSchema, { name, dataType: elemType, dims: size.map(BigInt) });
    return makeTensor(name, elemType, size, new Array(sizeOf(size)).fill(0));
  });
  const whole = {
    ...graph,
    initializer: [...graph.initializer, ...zeros],
    input: [valueInfo(STEP.image, DataType.FLOAT, dims)],
  };
  return factsInDouble(file, withGraph(file.model, whole), STEP.image, dims);
}

/** One row for each class of `classes`, with a 1 in its place. */
export function oneHot(classes: readonly number[], count: number): Float32Array {
  const labels = new Float32Array(classes.length * count);
  classes.forEach((index, i) => {
    labels[i * count + index] = 1;
  });
  return labels;
}

/** The model with all its float32 weights, inputs and outputs in float64. */
export function widened(model: Model): Model {
  const initializer = model.graph.initializer.map((tensor) =>
    tensor.dataType === DataType.FLOAT
      ? makeTensor(tensor.name, DataType.DOUBLE, dimsOf(tensor), valuesOf(tensor)!)
      : tensor,
  );
  return withGraph(model, { ...model.graph, initializer });
}
