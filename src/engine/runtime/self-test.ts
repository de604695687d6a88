/**
 * Runs a small network with known weights on a device and on the CPU, to see whether the device works and is faster.
 */

import { standaloneModel } from '../../core/onnx/compose';
import { createEmitter, type Emitter } from '../../core/onnx/emit';
import { valueInfo } from '../../core/onnx/facts';
import { DataType, sizeOf } from '../../core/onnx/tensors';
import type { EncodedModel } from '../../core/onnx/weights';
import type { Device } from '../../protocol/devices';
import { createSession, floats } from './runtime';

export interface Trial {
  readonly output: Float32Array;
  /** Milliseconds of the fastest of a few runs. */
  readonly milliseconds: number;
}

const IMAGES = 1;
const SIZE = 56;
const WIDTH = 64;
const RUNS = 3;
/** If a run takes so many milliseconds, it is not repeated. */
const SLOW = 200;

/** @throws device-unavailable, runtime-failed */
export async function trial(device: Device): Promise<Trial> {
  const session = await createSession('self-test', testModel(), new Map(), { device, optimize: 'all', prepack: true });
  try {
    const input = floats(noise(IMAGES * 3 * SIZE * SIZE), [IMAGES, 3, SIZE, SIZE]);
    // The first run includes compilation and tuning.
    const first = await session.run({ input }, ['output']);
    let milliseconds = Number.POSITIVE_INFINITY;
    for (let i = 0; i < RUNS && !(milliseconds > SLOW && i > 0); i++) {
      const start = performance.now();
      await session.run({ input }, ['output']);
      milliseconds = Math.min(milliseconds, performance.now() - start);
    }
    return { output: first['output']!.data as Float32Array, milliseconds };
  } finally {
    await session.release();
  }
}

/**
 * Devices round differently from the CPU. If all factors of products are rounded to 10 bits, as in TF32 and float16, this
 * network's output changes by 2.5e-4 of its largest value. If a convolution is padded on the wrong side, the mildest fault that
 * was tried, it changes by 1.9e-2.
 */
const TOLERANCE = 5e-3;

/** True if two outputs agree, relative to the largest value. */
export function agree(a: Float32Array, b: Float32Array): boolean {
  const largest = a.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  return a.length === b.length && a.every((value, i) => Math.abs(value - b[i]!) <= TOLERANCE * largest);
}

/**
 * The test network: the arithmetic of masks, then convolutions, a pooling, the gradient of a convolution and a linear
 * layer.
 */
function testModel(): EncodedModel {
  const emit = createEmitter('self-test', 13);
  const mask = weights(emit, [SIZE, SIZE]);
  let x = emit.op('Add', ['input', emit.op('Mul', [mask, emit.op('MatMul', [mask, 'input'])])]);
  x = conv(emit, x, 3, WIDTH, 1);
  x = conv(emit, x, WIDTH, WIDTH, 2);
  x = emit.op('ConvTranspose', [x, weights(emit, [WIDTH, 16, 2, 2])], { strides: { ints: [2, 2] } });
  x = emit.op('MaxPool', [x], { kernel_shape: { ints: [2, 2] }, strides: { ints: [2, 2] } });
  x = emit.op('Flatten', [emit.op('GlobalAveragePool', [x])]);
  emit.alias(emit.op('MatMul', [x, weights(emit, [16, 10])]), 'output');
  return standaloneModel(emit.opset, {
    name: 'self-test',
    node: emit.nodes,
    initializer: emit.initializers,
    input: [valueInfo('input', DataType.FLOAT, [IMAGES, 3, SIZE, SIZE])],
    output: [valueInfo('output', DataType.FLOAT, [IMAGES, 10])],
  });
}

function conv(emit: Emitter, x: string, from: number, to: number, stride: number): string {
  const attributes = { strides: { ints: [stride, stride] }, pads: { ints: [1, 1, 1, 1] } };
  return emit.op('Relu', [emit.op('Conv', [x, weights(emit, [to, from, 3, 3])], attributes)]);
}

function weights(emit: Emitter, dims: readonly number[]): string {
  const scale = 1 / Math.sqrt(sizeOf(dims) / dims[0]!);
  return emit.constant(
    DataType.FLOAT,
    dims,
    Array.from(noise(sizeOf(dims)), (value) => value * scale),
  );
}

/** Pseudo-random numbers within [-1, 1], which are the same on every machine. */
function noise(length: number): Float32Array {
  let state = length;
  return Float32Array.from({ length }, () => {
    state = (state * 48271) % 0x7fffffff;
    return (state / 0x7fffffff) * 2 - 1;
  });
}
