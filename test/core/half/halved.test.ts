/** Graphs in half floats: which operators are in them, and how near their results are. */
import assert from 'node:assert/strict';
import { imageGraph, SCORE } from '../../../src/core/cam/transform';
import { halved } from '../../../src/core/half/halved';
import { DataType, toHalf } from '../../../src/core/onnx/tensors';
import { encodeModel } from '../../../src/core/onnx/weights';
import { CLASSES } from '../../../src/core/target/class-scores';
import { openModel } from '../../../src/engine/model/inspect';
import { createSession, floats } from '../../../src/engine/runtime/runtime';
import { fragmentOf } from '../../../src/engine/sessions/parts';
import { testFolder } from '../../support/folder';
import { largestDifference } from '../../support/reference';
import { IMAGE, NETWORK, networkModel } from '../../support/tiny-network';

/** Rounded to 11 bits, as numbers. */
const rounded = (value: number) => fromHalf(toHalf(value));
function fromHalf(bits: number): number {
  const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

describe('a graph in half floats', () => {
  const folder = testFolder();

  async function graphs(bytes: Uint8Array) {
    const { file, info, facts } = await openModel({ path: folder.write('model.onnx', bytes) });
    const real = imageGraph(file.model, facts, { input: info.input.name }, fragmentOf({ info, facts }));
    const half = halved(real, facts, file.model.opset);
    const run = async (graph: typeof real) => {
      const encoded = encodeModel(file.model, graph);
      const options = { device: 'cpu', optimize: 'all', prepack: true } as const;
      const session = await createSession(file.path, encoded, await file.buffers(encoded), options);
      const feeds = {
        [SCORE.image]: floats(Float32Array.from(IMAGE.data), [1, IMAGE.depth, IMAGE.height, IMAGE.width]),
      };
      const result = await session.run(feeds, [CLASSES.logits, CLASSES.probabilities]);
      await session.release();
      return Object.values(result).map(({ data }) => data as Float32Array);
    };
    return { half, real: await run(real), rounded: await run(half) };
  }

  it('gives scores that differ by what 11 bits round away, and by no less', async () => {
    const { real, rounded } = await graphs(networkModel());
    for (const [i, values] of real.entries()) {
      const scale = Math.max(...Array.from(values, Math.abs));
      const error = largestDifference(values, rounded[i]!) / scale;
      assert.ok(error > 2 ** -20 && error < 2 ** -7, `${error}`);
    }
  });

  it('is float32 with rounded weights where the weights alone are in half floats', async () => {
    // The rounding of the last product's weights is the largest part of this network's error.
    const network = { ...NETWORK, conv: NETWORK.conv.map(rounded), linear: NETWORK.linear.map(rounded) };
    const [own, given] = [await graphs(networkModel()), await graphs(networkModel({ network }))];
    assert.deepEqual([...own.rounded[0]!], [...given.rounded[0]!]);
  });

  it('sums, exponentials and what makes scores stay in float32', async () => {
    const { half } = await graphs(networkModel({ ending: ['Softmax'] }));
    const halves = new Set(
      half.node
        .filter(({ opType, attribute }) => opType === 'Cast' && Number(attribute[0]!.i) === DataType.FLOAT16)
        .flatMap(({ output }) => output),
    );
    for (const { opType, input, output } of half.node)
      if (input.some((name) => halves.has(name)) && opType !== 'Cast') for (const name of output) halves.add(name);
    const isHalf = (type: string) =>
      half.node.filter(({ opType }) => opType === type).map(({ input }) => input.every((name) => halves.has(name)));
    assert.deepEqual(isHalf('Conv'), [true]);
    assert.deepEqual(isHalf('MatMul'), [true]);
    assert.deepEqual(isHalf('GlobalAveragePool'), [false]);
    assert.deepEqual(isHalf('Softmax'), [false]);
  });
});
