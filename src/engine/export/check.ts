/** Whether an exported model gives the maps that the engine computes. */
import { EXPORTED } from '../../core/export/names';
import type { Size } from '../../core/geometry';
import type { MethodChoice } from '../../core/methods/choice';
import { methods } from '../../core/methods/method-table';
import type { ModelInfo } from '../../core/model/info';
import type { Model } from '../../core/onnx/model';
import { sizeOf, toHalf } from '../../core/onnx/tensors';
import { encodeModel } from '../../core/onnx/weights';
import { createRandom } from '../../core/random';
import type { RgbImage } from '../../core/resample';
import { saliencyOf } from '../../core/saliency';
import { classTarget, probabilitiesOf } from '../../core/target/class-scores';
import type { ExportChoice } from '../../protocol/explanation';
import { topClasses } from '../explanations/class-choice';
import { inputSizeOf } from '../explanations/image-state';
import type { ModelFile } from '../model/model-file';
import { type PreparedInput, prepareImage } from '../pictures/prepare';
import { createSession, type Tensor, type TensorMetadata } from '../runtime/runtime';
import type { Explainer } from '../sessions/explainer';
import { networkOf } from '../sessions/method-network';
import { firstPass, type Work } from '../sessions/passes';

/** What the engine says of an input. */
export interface Expected {
  readonly input: PreparedInput;
  readonly class: number;
  /** Of the size that is exported. */
  readonly map: Float32Array;
}

/** Sides of the tiles in the pictures that are compared, as a part of the picture's. */
const TILES = [1 / 7, 1 / 3];

/** Classes of a picture that are tried, the most probable ones first, until one has a map that is not blank. */
const TRIED = 4;

/**
 * The maps of two pictures of coloured tiles, which are the same in each call: of the most probable class, or of another one
 * where a model that is asked for a class has something to show.
 */
export async function expectedMaps(
  explainer: Explainer,
  { method, options, blur }: MethodChoice,
  { size, class: of }: Pick<ExportChoice, 'size' | 'class'>,
  work: Work,
): Promise<Expected[]> {
  const expected: Expected[] = [];
  for (const tile of TILES) {
    const input = { ...prepareImage(tiles(inputSizeOf(explainer), tile), explainer.info), milliseconds: 0 };
    const state = await firstPass(explainer, input, blur, work);
    const mapOf = async (index: number): Promise<Float32Array> => {
      const target = classTarget(explainer.info.labels.value, { class: index });
      let map: Float32Array = new Float32Array();
      for await (const frame of methods[method].run(networkOf(explainer, state, blur, work), target, options))
        map = saliencyOf({ ...frame, inputSize: size === 'input' ? inputSizeOf(explainer) : frame }).map;
      return map;
    };
    const [top, ...others] = topClasses(probabilitiesOf(state.outputs), of === 'input' ? TRIED : 1);
    let found: Expected = { input, class: top!, map: await mapOf(top!) };
    for (const index of others) {
      if (isShown(found)) break;
      found = { input, class: index, map: await mapOf(index) };
    }
    expected.push(found);
  }
  return expected;
}

export const isShown = ({ map }: Expected): boolean => map.some((value) => value > 0);

/**
 * Runs an exported model on the pictures, each alone and, if it takes any number of images, all at once.
 *
 * @param model the exported one
 * @returns the largest difference of its maps from the expected ones; not a number if it gives other ones than numbers
 * @throws runtime-failed
 */
export async function differenceOf(
  file: ModelFile,
  model: Model,
  info: ModelInfo,
  expected: readonly Expected[],
): Promise<number> {
  const encoded = encodeModel(model, model.graph);
  const options = { device: 'cpu', optimize: 'all', prepack: false } as const;
  const session = await createSession(file.path, encoded, await file.buffers(encoded), options);
  try {
    const takesMany = typeof session.inputs.get(info.input.name)?.shape[0] === 'string';
    const runs = [...expected.map((one) => [one]), ...(takesMany ? [expected] : [])];
    let largest = 0;
    for (const run of runs) {
      const { [EXPORTED.saliency]: result } = await session.run(feedsFor(session, info, run), [EXPORTED.saliency]);
      const maps = run.flatMap(({ map }) => Array.from(map));
      const found = result!.data as Float32Array;
      if (found.length !== maps.length) return Number.NaN;
      maps.forEach((value, i) => {
        // Math.max keeps a NaN.
        largest = Math.max(largest, Math.abs(value - found[i]!));
      });
    }
    return largest;
  } finally {
    await session.release();
  }
}

type Inputs = Awaited<ReturnType<typeof createSession>>['inputs'];

/**
 * What an exported model gets for images and their classes; without a class input, the latter are left out. Other inputs don't
 * reach the map, but a runtime wants them too.
 */
export function feedsFor(
  { inputs }: { readonly inputs: Inputs },
  { input }: ModelInfo,
  run: readonly Pick<Expected, 'input' | 'class'>[],
) {
  const [first] = run as readonly [Expected];
  const own = input.shape ?? first.input.dims;
  const dims = run.length === 1 ? own : [run.length, ...own.slice(1)];
  const values = new Float32Array(sizeOf(first.input.dims) * run.length);
  run.forEach(({ input: { tensor } }, i) => {
    values.set(tensor, i * tensor.length);
  });
  const { dtype: type, shape } = inputs.get(input.name)!;
  const classes = BigInt64Array.from(run, (one) => BigInt(one.class));
  const others = [...inputs].filter(([name]) => name !== input.name && name !== EXPORTED.class);
  return {
    ...Object.fromEntries(others.map(([name, other]) => [name, zeros(other, { [`${shape[0]}`]: run.length })])),
    [input.name]: { type, data: (TYPED[type] ?? TYPED['float32']!)(values), dims },
    ...(inputs.has(EXPORTED.class) && { [EXPORTED.class]: { type: 'int64', data: classes, dims: [run.length] } }),
  };
}

/** @param sizes those of free axes, by name; another one has size 1 */
function zeros({ dtype, shape }: TensorMetadata, sizes: Readonly<Record<string, number>>): Tensor {
  const dims = shape.map((size) => (typeof size === 'string' ? (sizes[size] ?? 1) : size));
  return { type: dtype, data: new (ARRAYS[dtype] ?? Float32Array)(sizeOf(dims)), dims };
}

/** By the runtime's names of types other than float32. */
const ARRAYS: Readonly<Record<string, new (length: number) => Tensor['data']>> = {
  float64: Float64Array,
  float16: Uint16Array,
  bool: Uint8Array,
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  uint64: BigUint64Array,
  int64: BigInt64Array,
};

/** The values in the type of a model's input. */
const TYPED: Readonly<Record<string, (values: Float32Array) => Tensor['data']>> = {
  float32: (values) => values,
  float64: (values) => Float64Array.from(values),
  float16: (values) => Uint16Array.from(values, toHalf),
  uint8: (values) => Uint8Array.from(values, (value) => Math.floor(Math.min(Math.max(value, 0), 255) + 0.5)),
};

/** A picture of square tiles with random colours. */
function tiles({ width, height }: Size, part: number): RgbImage {
  const random = createRandom(Math.round(1 / part));
  const side = Math.max(1, Math.round(part * Math.min(width, height)));
  const across = Math.ceil(width / side);
  const colours = Array.from({ length: across * Math.ceil(height / side) * 3 }, () => random.below(256));
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    const tile = Math.floor(Math.floor(pixel / width) / side) * across + Math.floor((pixel % width) / side);
    return colours[tile * 3 + (i % 3)]!;
  });
  return { width, height, data };
}
