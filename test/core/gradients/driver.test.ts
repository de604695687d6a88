import { strict as assert } from 'node:assert';
import { appendGradient, operatorsWithoutRule } from '../../../src/core/gradients/driver';
import type { Rule } from '../../../src/core/gradients/rule';
import { RULES } from '../../../src/core/gradients/rule-table';
import { createEmitter } from '../../../src/core/onnx/emit';
import type { Facts } from '../../../src/core/onnx/facts';
import { factsOf, parseTiny, type TinyModel } from '../../support/tiny-model';

/** image -> map -> relu -> pooled -> row -> logits, with a branch that only tells sizes. */
const NETWORK: TinyModel = {
  nodes: [
    ['Conv', 'image stem', 'map'],
    ['Relu', 'map', 'relu'],
    ['GlobalAveragePool', 'relu', 'pooled'],
    ['Shape', 'pooled', 'sizes'],
    ['Flatten', 'pooled', 'row'],
    ['Gemm', 'row fc', 'logits'],
  ],
  outputs: ['logits'],
  weights: { stem: [4, 3, 3, 3], fc: [4, 2] },
};

/** An operator without a rule. */
const WINDOW = { kernel_shape: { ints: [1, 1] } };
const UNKNOWN = ['LpPool', 'map', 'relu', WINDOW] as const;

async function setUp(change: Partial<TinyModel> = {}) {
  const model = parseTiny({ ...NETWORK, ...change });
  const facts: Facts = await factsOf(model);
  const emit = createEmitter('grad', model.opset, facts.keys());
  const path = { nodes: model.graph.node, facts, scores: ['logits'] };
  const run = (wrt: readonly string[], rules: Readonly<Record<string, Rule>> = RULES) =>
    appendGradient(emit, { ...path, seeds: new Map([['logits', 'seed']]), wrt }, rules);
  return { emit, run, path };
}

const withNodes = (...nodes: TinyModel['nodes']): Partial<TinyModel> => ({ nodes: [...NETWORK.nodes, ...nodes] });

describe('gradient driver', () => {
  it('gives every wanted gradient, the score itself included', async () => {
    const { run } = await setUp();
    const gradients = run(['image', 'relu', 'logits']);
    assert.deepEqual([...gradients.keys()], ['image', 'relu', 'logits']);
    assert.equal(gradients.get('logits'), 'seed');
  });

  it('walks no farther back than it is asked to', async () => {
    const { run, emit } = await setUp();
    run(['relu']);
    assert.deepEqual(
      emit.nodes.filter(({ opType }) => opType === 'Conv'),
      [],
    );
  });

  it('names what it adds after the nodes it differentiates, the same each time', async () => {
    const names = async () => {
      const { run, emit } = await setUp();
      run(['image']);
      return emit.nodes.map(({ name }) => name);
    };
    const first = await names();
    assert.ok(first.includes('grad/logits/Gemm') && first.includes('grad/relu/Where'), `${first}`);
    assert.equal(new Set(first).size, first.length);
    assert.deepEqual(await names(), first);
  });

  const SILU = [
    ['Conv', 'image stem', 'map'],
    ['Sigmoid', 'map', 's'],
    ['Mul', 's map', 'relu'],
    ...NETWORK.nodes.slice(2),
  ] as const;

  it('differentiates x sigmoid(x) as one operator', async () => {
    const { run, emit } = await setUp({ nodes: SILU });
    run(['image']);
    // The sigmoid again, which the runtime computes once.
    assert.equal(emit.nodes.filter(({ opType }) => opType === 'Sigmoid').length, 1);
  });

  it("differentiates x sigmoid(x) node by node if the sigmoid's own gradient is asked for, or if it has another use or input", async () => {
    const other = [...SILU.slice(0, 2), ['Mul', 's s', 'relu'], ...SILU.slice(3)] as const;
    const twice = [...SILU.slice(0, 3), ['Add', 'relu s', 'sum'], ['GlobalAveragePool', 'sum', 'pooled']] as const;
    for (const [nodes, wrt] of [
      [SILU, ['image', 's']],
      [[...twice, ...SILU.slice(4)], ['image']],
      [other, ['image']],
    ] as const) {
      const { run, emit } = await setUp({ nodes });
      run(wrt);
      assert.equal(emit.nodes.filter(({ opType }) => opType === 'Sigmoid').length, 0);
    }
  });

  it('names the operator and the node without a rule on the path', async () => {
    const nodes = NETWORK.nodes.map((node) => (node[1] === 'map' ? UNKNOWN : node));
    const { run, path } = await setUp({ nodes });
    assert.throws(() => run(['image']), { code: 'unsupported-operator', message: /LpPool.*"relu"/ });
    assert.doesNotThrow(() => run(['relu']));
    assert.deepEqual(operatorsWithoutRule({ ...path, wrt: ['image'] }), [{ operator: 'LpPool', node: 'relu' }]);
    assert.deepEqual(operatorsWithoutRule({ ...path, wrt: ['relu'] }), []);
  });

  it('takes no offence at operators without a rule off the path', async () => {
    const { run, path } = await setUp(withNodes(['LpPool', 'relu', 'beside', WINDOW], ['NonZero', 'relu', 'places']));
    assert.doesNotThrow(() => run(['image']));
    assert.deepEqual(operatorsWithoutRule({ ...path, wrt: ['image'] }), []);
  });

  it('stops at sizes and rounded values', async () => {
    const { run } = await setUp({
      nodes: [
        ['Conv', 'image stem', 'map'],
        ['Round', 'map', 'rounded'],
        ['Add', 'map rounded', 'relu'],
        ...NETWORK.nodes.slice(2),
      ],
    });
    assert.throws(() => run(['rounded', 'sizes']), { code: 'not-connected', message: /sizes/ });
    assert.doesNotThrow(() => run(['image']));
  });

  it('says when the score does not depend on a tensor', async () => {
    const { run } = await setUp(withNodes(['Sqrt', 'relu', 'beside']));
    assert.throws(() => run(['beside']), { code: 'not-connected', message: /"beside".*"logits"/ });
    assert.throws(() => run(['no such tensor']), { code: 'not-connected' });
  });

  const nonsense: readonly [string, Rule, RegExp][] = [
    ['answers too many gradients', ({ dy }) => [dy, dy], /Relu.*"relu".*2 gradients for 1 input/],
    ['answers a tensor that does not exist', () => ['nowhere'], /"nowhere" does not exist/],
    ['reads a tensor that does not exist', ({ emit }) => [emit.op('Neg', ['nowhere'])], /Neg reads "nowhere"/],
    ['answers wrong dimensions', ({ dy }) => [{ tensor: dy, dims: [1, 4, 5, 6] }], /\[1,4,5,6\] does not fit/],
    ['answers too few dimensions', ({ dy }) => [{ tensor: dy, dims: [6, 6] }], /does not fit/],
    ['fails', () => [(undefined as unknown as string[])[0]!], /rule failed/],
    ['reads an input the node does not have', (c) => [c.input(1).name], /nothing is known of input 1/],
    ['needs values that depend on the image', (c) => [`${c.values(0)}`], /not known before the run/],
  ];
  for (const [what, rule, message] of nonsense) {
    it(`names the node whose rule ${what}`, async () => {
      const { run } = await setUp();
      assert.throws(() => run(['image'], { ...RULES, Relu: rule }), { code: 'gradient-rule', message });
    });
  }

  it('takes a rule that leaves out a wanted input for an unsupported operator', async () => {
    const { run } = await setUp();
    assert.throws(() => run(['image'], { ...RULES, Relu: () => [] }), { code: 'unsupported-operator' });
  });

  it('does not take operators of other domains for its own', async () => {
    const { path } = await setUp();
    const foreign = path.nodes.map((node) => (node.opType === 'Relu' ? { ...node, domain: 'com.example' } : node));
    assert.deepEqual(operatorsWithoutRule({ ...path, nodes: foreign, wrt: ['image'] }), [
      { operator: 'com.example:Relu', node: 'relu' },
    ]);
  });
});
