/** Losses and their gradients, as part of a step of a linear layer whose only image is its input. */
import { strict as assert } from 'node:assert';
import { DataType, makeTensor } from '../../../src/core/onnx/tensors';
import type { ScoresOf } from '../../../src/core/target/class-scores';
import { inMemory, parseTiny, type TinyNode } from '../../support/tiny-model';
import { trained } from '../../support/training';

const IMAGES = [
  [0.5, -1, 2],
  [3, 0.25, -0.5],
];
const WEIGHTS = [
  [0.5, -2, 1],
  [1, 0.5, -1],
  [-0.25, 1, 3],
];
const LABELS = [
  [0, 1, 0],
  [0.75, 0, 0.25],
];

type Loss = (z: readonly number[], t: readonly number[]) => number;

const softmax: Loss = (z, t) => {
  const norm = Math.log(z.reduce((sum, value) => sum + Math.exp(value), 0));
  return -z.reduce((sum, value, c) => sum + t[c]! * (value - norm), 0);
};

const sigmoid: Loss = (z, t) =>
  z.reduce((sum, value, c) => {
    const p = 1 / (1 + Math.exp(-value));
    return sum - t[c]! * Math.log(p) - (1 - t[c]!) * Math.log(1 - p);
  }, 0) / z.length;

interface Row {
  readonly title: string;
  readonly end?: readonly TinyNode[];
  readonly output: Omit<ScoresOf, 'logits' | 'classes'>;
  readonly loss: Loss;
  /** Of a single score that stands for two classes. */
  readonly single?: boolean;
}

const rows: readonly Row[] = [
  { title: 'softmax', output: { link: 'identity', activation: 'softmax' }, loss: softmax },
  { title: 'sigmoid', output: { link: 'identity', activation: 'sigmoid' }, loss: sigmoid },
  {
    title: 'softmax inside the model',
    end: [['Softmax', 'z', 'y']],
    output: { link: 'log', activation: 'none' },
    loss: softmax,
  },
  {
    title: 'sigmoid inside the model',
    end: [['Sigmoid', 'z', 'y']],
    output: { link: 'logit', activation: 'none' },
    loss: sigmoid,
  },
  {
    title: 'one score of two classes',
    output: { link: 'identity', activation: 'sigmoid' },
    loss: ([z], t) => sigmoid([-z!, z!], t),
    single: true,
  },
];

describe('losses', () => {
  for (const { title, end, output, loss, single } of rows)
    for (const type of [DataType.FLOAT, DataType.DOUBLE])
      it(`${title} in ${DataType[type]} has the loss and the gradient of its formula`, async () => {
        const weights = single ? WEIGHTS.slice(0, 1) : WEIGHTS;
        const classes = single ? 2 : 3;
        const labels = LABELS.map((row) => (single ? [1 - row[1]!, row[1]!] : row));
        const nodes: TinyNode[] = [
          ['Flatten', 'image', 'x'],
          ['Gemm', 'x w', end ? 'z' : 'y', { transB: { int: 1 } }],
          ...(end ?? []),
        ];
        const model = parseTiny({
          inputs: { image: ['N', 3, 1, 1] },
          inputType: type,
          outputs: ['y'],
          nodes,
          initializers: [makeTensor('w', type, [weights.length, 3], weights.flat())],
        });
        const network = await trained(inMemory(model), {
          dims: [2, 3, 1, 1],
          output: { ...output, classes },
          ...(type === DataType.DOUBLE && { dtype: type }),
        });
        const step = await network.step(Float32Array.from(IMAGES.flat()), Float32Array.from(labels.flat()));
        await network.release();

        const lossAt = (w: readonly (readonly number[])[]) =>
          IMAGES.map((x, i) =>
            loss(
              w.map((row) => row.reduce((sum, value, k) => sum + value * x[k]!, 0)),
              labels[i]!,
            ),
          );
        const tolerance = type === DataType.DOUBLE ? 1e-8 : 2e-5;
        lossAt(weights).forEach((value, i) => {
          assert.ok(Math.abs(step.loss[i]! - value) <= tolerance, `${step.loss[i]} for ${value}`);
        });
        const gradient = step.gradients.get('w')!;
        const mean = (w: readonly (readonly number[])[]) => lossAt(w).reduce((a, b) => a + b, 0) / 2;
        weights.flat().forEach((value, at) => {
          const moved = (by: number) => weights.map((row, r) => row.map((w, c) => (r * 3 + c === at ? value + by : w)));
          const expected = (mean(moved(1e-5)) - mean(moved(-1e-5))) / 2e-5;
          assert.ok(Math.abs(gradient[at]! - expected) <= tolerance, `[${at}]: ${gradient[at]} for ${expected}`);
        });
      });

  it('stays finite for scores that are far from right', async () => {
    for (const activation of ['softmax', 'sigmoid'] as const) {
      const model = parseTiny({
        inputs: { image: ['N', 1, 1, 1] },
        outputs: ['y'],
        nodes: [
          ['Flatten', 'image', 'x'],
          ['Gemm', 'x w', 'y'],
        ],
        initializers: [makeTensor('w', DataType.FLOAT, [1, 3], [1000, -1000, 0])],
      });
      const network = await trained(inMemory(model), {
        dims: [1, 1, 1, 1],
        output: { link: 'identity', activation, classes: 3 },
      });
      const { loss, gradients } = await network.step(Float32Array.of(1), Float32Array.of(0, 1, 0));
      await network.release();
      const right = activation === 'softmax' ? 2000 : (1000 + 1000 + Math.log(2)) / 3;
      assert.ok(Math.abs(loss[0]! - right) <= 1e-6 * right, `${loss[0]} for ${right}`);
      const expected = activation === 'softmax' ? [1, -1, 0] : [1, -1, 0.5].map((value) => Math.fround(value / 3));
      assert.deepEqual([...gradients.get('w')!], expected);
    }
  });
});
