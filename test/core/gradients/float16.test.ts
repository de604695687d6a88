import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import { untypedInfo } from '../../../src/core/onnx/compose';
import { type Model, parseModel } from '../../../src/core/onnx/model';
import {
  DataType,
  dimsOf,
  fromHalf,
  makeTensor,
  type TensorProto,
  toHalf,
  valuesOf,
} from '../../../src/core/onnx/tensors';
import { gradientSession, relativeErrors } from '../../support/runtime';
import { project } from '../../support/shared';
import { inMemory } from '../../support/tiny-model';

const folder = project('test', 'data', 'gradients');
/** Scales of quantisation are float32 until operator set 19. */
const FLOAT32: readonly string[] = ['quantised.onnx'];
/** Numbers of 11 bits, through a whole network and back; and rounding moves units over their kinks. */
const TOLERANCE = { largest: 0.2, median: 0.005 };

function inHalf(model: Model): Model {
  const kept = new Set(model.graph.node.flatMap(({ opType, input }) => (opType === 'Resize' ? input.slice(1) : [])));
  const half = (tensor: TensorProto) =>
    tensor.dataType === DataType.FLOAT && !kept.has(tensor.name)
      ? makeTensor(tensor.name, DataType.FLOAT16, dimsOf(tensor), valuesOf(tensor)!)
      : tensor;
  for (const { attribute } of model.graph.node) {
    for (const each of attribute) {
      if (each.name === 'to' && each.i === BigInt(DataType.FLOAT)) each.i = BigInt(DataType.FLOAT16);
      if (each.t) each.t = half(each.t);
    }
  }
  const initializer = model.graph.initializer.map(half);
  const output = model.graph.output.map(({ name }) => untypedInfo(name));
  const graph = { ...model.graph, initializer, output };
  return { ...model, graph, initializers: new Map(initializer.map((tensor) => [tensor.name, tensor])) };
}

describe('gradients in float16', () => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.onnx') && !FLOAT32.includes(name))) {
    it(`network ${file} agrees with autograd in float32, but for rounding`, async () => {
      const stored = JSON.parse(readFileSync(`${folder}/${file.replace('.onnx', '.json')}`, 'utf8'));
      const model = inHalf(parseModel(readFileSync(`${folder}/${file}`), file));
      const bits = (values: readonly number[]) => Uint16Array.from(values, toHalf);
      const session = await gradientSession(inMemory(model), stored.dims, ['image'], 'all', DataType.FLOAT16);
      const x = { type: 'float16', data: bits(stored.input), dims: stored.dims };
      const { gradients } = await session.run(x, bits(stored.seed));
      await session.release();
      const actual = Array.from(gradients.get('image')!.data as Uint16Array, (value) => fromHalf(value));
      const { largest, median } = relativeErrors(actual, stored.gradient);
      const agrees = largest <= TOLERANCE.largest && median <= TOLERANCE.median;
      assert.ok(agrees, `${largest} of the largest magnitude, the median difference ${median}`);
    });
  }
});
