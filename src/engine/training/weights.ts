/** The weights of a network in training, which live outside the sessions and are fed to them. */
import { DataType, fromHalf, sizeOf, toHalf } from '../../core/onnx/tensors';
import type { Values } from '../../core/training/sgd';
import type { Session, Tensor } from '../runtime/runtime';

export interface Weight {
  readonly name: string;
  readonly dims: readonly number[];
  readonly dtype: DataType;
  /** Those of halves are kept in single precision, since small steps would be lost in halves. */
  readonly values: Values;
}

export interface Weights {
  readonly all: readonly Weight[];
  readonly names: ReadonlySet<string>;
  /** Says that values were changed. */
  changed(): void;
  /** A session that gets those weights which it has as inputs with each run. */
  feed(session: Session): Session;
}

interface Stored {
  readonly name: string;
  readonly dims: readonly number[];
  readonly dtype: DataType;
}

/** Types that can be trained. */
export const TRAINABLE: ReadonlySet<DataType> = new Set([DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16]);

/** @param bytesOf each weight's, little endian; need not be aligned */
export function createWeights(stored: readonly Stored[], bytesOf: (name: string) => Uint8Array): Weights {
  const all = stored.map(({ name, dims, dtype }) => ({ name, dims, dtype, values: valuesOf(dtype, bytesOf(name)) }));
  const byName = new Map(all.map((weight) => [weight.name, weight]));
  let tensors = new Map<string, Tensor>();
  const tensorOf = (name: string, type: string) => {
    const key = `${type} ${name}`;
    const known = tensors.get(key);
    if (known) return known;
    const { values, dims } = byName.get(name)!;
    const made: Tensor = { type, dims, data: type === 'float16' ? Uint16Array.from(values, toHalf) : values };
    tensors.set(key, made);
    return made;
  };
  return {
    all,
    names: new Set(byName.keys()),
    changed: () => {
      tensors = new Map();
    },
    feed: (session) => {
      const own = [...session.inputs].filter(([name]) => byName.has(name));
      return {
        ...session,
        run: (feeds, fetches) =>
          session.run(
            { ...feeds, ...Object.fromEntries(own.map(([name, { dtype }]) => [name, tensorOf(name, dtype)])) },
            fetches,
          ),
      };
    },
  };
}

function valuesOf(dtype: DataType, bytes: Uint8Array): Values {
  const own = Uint8Array.from(bytes).buffer;
  if (dtype === DataType.DOUBLE) return new Float64Array(own);
  if (dtype === DataType.FLOAT) return new Float32Array(own);
  return Float32Array.from(new Uint16Array(own), fromHalf);
}

/** The values in the type that the file has them in, little endian. */
export function bytesOf({ dtype, values }: Weight): Uint8Array<ArrayBuffer> {
  if (dtype === DataType.FLOAT16) return new Uint8Array(Uint16Array.from(values, toHalf).buffer);
  return Uint8Array.from(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

/** Values of a tensor of the runtime as numbers. */
export function numbersOf({ type, data }: Tensor): ArrayLike<number> {
  if (type === 'float16') return Float32Array.from(data as Uint16Array, fromHalf);
  return data as Float32Array | Float64Array;
}

export const bytesIn = (weights: readonly Weight[]): number =>
  weights.reduce((sum, { dims, values }) => sum + sizeOf(dims) * values.BYTES_PER_ELEMENT, 0);
