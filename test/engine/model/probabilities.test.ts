/** Models that give probabilities without a Softmax or Sigmoid at the end: what is shown, and what is differentiated. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { DataType, makeTensor } from '../../../src/core/onnx/tensors';
import type { Link } from '../../../src/core/output';
import { saliencyOf } from '../../../src/core/saliency';
import { gradient } from '../../../src/engine/explanations/gradient';
import { openModel } from '../../../src/engine/model/inspect';
import { createSession, floats } from '../../../src/engine/runtime/runtime';
import { createService } from '../../../src/engine/service';
import { explainWith } from '../../support/explain';
import { testFolder } from '../../support/folder';
import { largestDifference } from '../../support/reference';
import { relativeErrors } from '../../support/runtime';
import { needs, shared } from '../../support/shared';
import { type TinyModel, type TinyNode, tinyModel } from '../../support/tiny-model';
import { noise, tensorFile } from '../../support/tiny-network';

const IMAGE = { data: noise(3 * 8 * 8, 5), depth: 3, height: 8, width: 8 };
const scalar = (name: string, value: number) => makeTensor(name, DataType.FLOAT, [], [value]);

/** Logits y, [1, 3], that are linear in the image. */
const LOGITS: readonly TinyNode[] = [
  ['Conv', 'image stem', 'map'],
  ['GlobalAveragePool', 'map', 'pooled'],
  ['Flatten', 'pooled', 'f'],
  ['MatMul', 'f fc', 'y'],
];
const WEIGHTS = noise(12, 9).map((value) => value * 8);
const BASE = {
  initializers: [
    makeTensor('stem', DataType.FLOAT, [4, 3, 3, 3], noise(108, 3)),
    makeTensor('fc', DataType.FLOAT, [4, 3], WEIGHTS),
    ...[0, 1, 2, 3].map((value) => scalar(`n${value}`, value)),
    scalar('half', 0.5),
    scalar('large', 1e4),
    makeTensor('classes', DataType.INT64, [1], [1]),
    makeTensor('first', DataType.INT64, [1], [0]),
  ],
};

type Vector = readonly number[];
const softmax = (y: Vector): number[] => {
  const e = y.map(Math.exp);
  return e.map((value) => value / e.reduce((sum, other) => sum + other, 0));
};
const sigmoid = (y: number) => 1 / (1 + Math.exp(-y));
const LINKS: Readonly<Record<Link, (p: number) => number>> = {
  identity: (p) => p,
  log: Math.log,
  logit: (p) => Math.log(p / (1 - p)),
};

const quotient: TinyNode[] = [
  ['ReduceSum', 'e classes', 's'],
  ['Div', 'e s', 'p'],
];
const oneLogit: TinyNode[] = [
  ['Gather', 'y first', 'g', { axis: { int: 1 } }],
  ['Sigmoid', 'g', 'q'],
  ['Sub', 'n1 q', 'r'],
];
const join = (inputs: string): TinyNode => ['Concat', inputs, 'p', { axis: { int: 1 } }];

interface Case {
  readonly tail: readonly TinyNode[];
  /** p of y. */
  readonly p: (y: Vector) => number[];
  /** Of the score that is differentiated. */
  readonly link: Link;
}

const CASES: Readonly<Record<string, Case>> = {
  'p and its complement': { tail: [...oneLogit, join('q r')], p: ([y]) => [sigmoid(y!), 1 - sigmoid(y!)], link: 'log' },
  'the complement and p': { tail: [...oneLogit, join('r q')], p: ([y]) => [1 - sigmoid(y!), sigmoid(y!)], link: 'log' },
  'the mean of two softmaxes': {
    tail: [
      ['Softmax', 'y', 'a'],
      ['Mul', 'y half', 't'],
      ['Softmax', 't', 'b'],
      ['Mean', 'a b', 'p'],
    ],
    p: (y) => softmax(y).map((p, c) => (p + softmax(y.map((value) => value / 2))[c]!) / 2),
    link: 'log',
  },
  'softmax with another base': {
    tail: [['Pow', 'n3 y', 'e'], ...quotient],
    p: (y) => softmax(y.map((value) => value * Math.log(3))),
    link: 'log',
  },
  'means of sigmoids': {
    tail: [
      ['Sigmoid', 'y', 'a'],
      ['Mul', 'y half', 't'],
      ['Sigmoid', 't', 'b'],
      ['Mean', 'a b', 'p'],
    ],
    p: (y) => y.map((value) => (sigmoid(value) + sigmoid(value / 2)) / 2),
    link: 'logit',
  },
  'sigmoid written out': {
    tail: [
      ['Neg', 'y', 'n'],
      ['Exp', 'n', 'e'],
      ['Add', 'n1 e', 'd'],
      ['Reciprocal', 'd', 'p'],
    ],
    p: (y) => y.map(sigmoid),
    link: 'logit',
  },
};

describe('probabilities that the model gives itself', () => {
  const folder = testFolder();
  const service = createService();
  const write = (tail: readonly TinyNode[], more: Partial<TinyModel> = {}) =>
    folder.write('m.onnx', tinyModel({ ...BASE, nodes: [...LOGITS, ...tail], outputs: ['p'], ...more }));
  const tensor = () => folder.write('input.npy', tensorFile(IMAGE));

  for (const [what, { tail, p, link }] of Object.entries(CASES)) {
    it(`${what}: p is onnxruntime's`, async () => {
      const path = write(tail);
      const { info } = await openModel({ path });
      assert.deepEqual([info.output.link, info.output.activation], [link, { value: 'none', origin: 'assumed' }]);
      assert.match(
        info.assumptions.join('; '),
        link === 'log' ? /gradients are those of log p/ : /log\(p \/ \(1 - p\)\)/,
      );
      const { explanation } = await explainWith(service, { image: { tensor: tensor() }, model: { path } });
      assert.ok(largestDifference(explanation.probabilities, await run(path, 'p')) <= 1e-6);
      assert.equal(explanation.activation, 'probability');
      const { map } = saliencyOf(explanation.frame);
      assert.ok(map.every(Number.isFinite));
    });

    it(`${what}: the gradient against the closed form`, async () => {
      const path = write(tail);
      const plain = folder.write('plain.onnx', tinyModel({ ...BASE, nodes: LOGITS, outputs: ['y'] }));
      const y = Array.from(await run(plain, 'y'));
      const image = { tensor: tensor() };
      const ofLogits = await Promise.all(
        y.map((_, index) => gradient({ model: { path: plain }, image, target: { index } })),
      );
      for (const index of p(y).keys()) {
        // Central differences in double precision.
        const slopes = y.map((_, k) => {
          const at = (step: number) => LINKS[link](p(y.map((value, i) => (i === k ? value + step : value)))[index]!);
          return (at(1e-5) - at(-1e-5)) / 2e-5;
        });
        const expected = ofLogits[0]!.data.map((_, i) =>
          slopes.reduce((sum, slope, k) => sum + slope * ofLogits[k]!.data[i]!, 0),
        );
        const { data } = await gradient({ model: { path }, image, target: { index } });
        assert.ok(expected.some((value) => Math.abs(value) > 1e-3));
        assert.ok(relativeErrors(data, expected).largest <= 1e-4, `class ${index}`);
      }
    });
  }

  for (const [what, tail] of Object.entries<TinyNode[]>({
    'softmax written out': [['Exp', 'y', 'e'], ...quotient],
    'softmax written out, with the largest subtracted': [
      ['ReduceMax', 'y', 'm', { axes: { ints: [1] } }],
      ['Sub', 'y m', 'z'],
      ['Exp', 'z', 'e'],
      ...quotient,
    ],
    'softmax times 1': [
      ['Softmax', 'y', 'q'],
      ['Mul', 'q n1', 'p'],
    ],
  }))
    it(`${what}: p is onnxruntime's, the gradient and the map are those of the model with Softmax`, async () => {
      const path = write(tail);
      const same = folder.write(
        'softmax.onnx',
        tinyModel({ ...BASE, nodes: [...LOGITS, ['Softmax', 'y', 'p']], outputs: ['p'] }),
      );
      const image = { tensor: tensor() };
      const [own, other] = await Promise.all(
        [path, same].map((model) => explainWith(service, { image, model: { path: model }, view: model })),
      );
      assert.ok(largestDifference(own!.explanation.probabilities, await run(path, 'p')) <= 1e-6);
      assert.ok(
        largestDifference(saliencyOf(own!.explanation.frame).map, saliencyOf(other!.explanation.frame).map) <= 1e-5,
      );
      const target = { index: 1 };
      const [mine, theirs] = await Promise.all(
        [path, same].map((model) => gradient({ model: { path: model }, image, target })),
      );
      assert.ok(relativeErrors(mine!.data, theirs!.data).largest <= 1e-6);
    });

  it('in parts of another whole are shown as parts of 1', async () => {
    const path = write([
      ['Softmax', 'y', 'q'],
      ['Mul', 'large q', 'p'],
    ]);
    const { explanation } = await explainWith(service, { image: { tensor: tensor() }, model: { path } });
    const expected = Array.from(await run(path, 'p'), (value) => value / 1e4);
    assert.ok(largestDifference(explanation.probabilities, expected) <= 1e-6);
  });

  it('of 0 and 1 have finite maps by every kind of method', async () => {
    const scaled: TinyNode[] = [
      ['Mul', 'y large', 'u'],
      ['Gather', 'u first', 'g', { axis: { int: 1 } }],
    ];
    const tail: TinyNode[] = [...scaled, ...oneLogit.slice(1), join('q r')];
    const path = write(tail);
    const p = Array.from(await run(path, 'p')).sort();
    assert.deepEqual(p, [0, 1]);
    for (const method of ['group-cam', 'grad-cam', 'integrated-gradients', 'recipro-cam', 'rise'] as const)
      for (const index of [0, 1]) {
        const model = { path };
        const options = method === 'rise' ? { masks: 16 } : {};
        const target = { index };
        const { explanation } = await explainWith(service, {
          image: { tensor: tensor() },
          model,
          method,
          target,
          options,
        });
        assert.ok(explanation.frame.map.every(Number.isFinite), method);
      }
  });

  it('are not what small logits are, even within 0 and 1', async () => {
    const tail: TinyNode[] = [
      ['Mul', 'y half', 't'],
      ['Div', 't large', 'u'],
      ['Pow', 'u n2', 'v'],
      ['Add', 'v half', 'p'],
    ];
    const path = write(tail);
    assert.ok((await run(path, 'p')).every((value) => value > 0 && value < 1));
    const { output } = (await openModel({ path })).info;
    assert.deepEqual([output.link, output.activation.value], ['identity', 'softmax']);
  });

  it('of a model for one image, whose values are looked at, whatever the input is', async () => {
    const { tail } = CASES['p and its complement']!;
    const nodes: TinyNode[] = [
      ['Cast', 'pixels', 'image_', { to: { int: DataType.FLOAT } }],
      ['Transpose', 'image_', 'image', { perm: { ints: [0, 3, 1, 2] } }],
      ...LOGITS,
      ...tail,
    ];
    const path = write([], { inputs: { pixels: [1, 8, 8, 3] }, inputType: DataType.UINT8, nodes });
    const { output, input } = (await openModel({ path })).info;
    assert.deepEqual([output.link, input.layout], ['log', 'NHWC']);
  });

  describe('and the sidecar', () => {
    const { tail } = CASES['p and its complement']!;
    const withActivation = async (activation: string) => {
      folder.write('m.explain.json', { output: { activation } });
      const { output, assumptions } = (await openModel({ path: write(tail) })).info;
      return { output, said: assumptions.filter((text) => text.startsWith('probability')) };
    };

    it('says "none": that is what they are', async () => {
      const { output, said } = await withActivation('none');
      assert.deepEqual([output.link, output.activation, said], ['log', { value: 'none', origin: 'sidecar' }, []]);
    });

    it('says "softmax": it is done, and told', async () => {
      const { output, said } = await withActivation('softmax');
      assert.deepEqual([output.link, output.activation.value], ['identity', 'softmax']);
      assert.deepEqual(said, ['probability: softmax of p, though these are probabilities already']);
    });
  });

  it('the complement of a sigmoid among the cases', async function () {
    const path = shared('cases', 'prob', 'complement.onnx');
    needs(this, path, 'a model with probabilities');
    const image = { ...IMAGE, data: noise(3 * 32 * 32, 2), height: 32, width: 32 };
    const file = folder.write('large.npy', tensorFile(image));
    const { explanation } = await explainWith(service, { image: { tensor: file }, model: { path } });
    const expected = await run(path, 'probabilities', 'x', image);
    assert.ok(largestDifference(explanation.probabilities, expected) <= 1e-6);
  });
});

/** An output of a model as it is, by onnxruntime. */
async function run(path: string, output: string, input = 'image', image = IMAGE): Promise<Float32Array> {
  const session = await createSession(path, { bytes: readFileSync(path), nodes: 0, buffers: [] }, new Map(), {
    device: 'cpu',
    optimize: 'all',
    prepack: true,
  });
  try {
    const feed = floats(Float32Array.from(image.data), [1, image.depth, image.height, image.width]);
    return (await session.run({ [input]: feed }, [output]))[output]!.data as Float32Array;
  } finally {
    await session.release();
  }
}
