/** Operators of onnxruntime that its optimiser fuses others to; docs/ContribOperators.md defines them. */
import { floatAttribute, floatsAttribute, intAttribute } from '../../onnx/model';
import type { Lowerer, Lowering } from '../lowering';
import { activated, attributesWithout, combined, productDims, scaledBy, swapped } from './parts';

const ACTIVATION = ['activation', 'activation_params', 'activation_alpha', 'activation_beta', 'activation_gamma'];

const FusedConv: Lowering = (l) => {
  const { input, node } = l;
  const dims = l.dims(node.output[0]!);
  const inputs = [input(0), input(1), ...(l.has(2) ? [input(2)] : [])];
  const conv = l.op('Conv', inputs, dims, attributesWithout(l, ACTIVATION));
  activated(l, l.has(3) ? l.op('Add', [conv, input(3)], dims) : conv, floatsAttribute(node, 'activation_params') ?? []);
};

const FusedGemm: Lowering = (l) => {
  const { node } = l;
  const given = ['activation_alpha', 'activation_beta'].map((name) =>
    node.attribute.some((attribute) => attribute.name === name) ? floatAttribute(node, name, 0) : undefined,
  );
  const inputs = node.input.filter((name) => name !== '');
  activated(l, l.op('Gemm', inputs, l.dims(node.output[0]!), attributesWithout(l, ACTIVATION)), given);
};

const FusedMatMul: Lowering = (l) => {
  const isSet = (name: string) => intAttribute(l.node, name, 0) !== 0;
  if (isSet('transBatchA') || isSet('transBatchB')) l.refuse();
  const [a, b] = [
    isSet('transA') ? swapped(l, l.input(0)) : l.input(0),
    isSet('transB') ? swapped(l, l.input(1)) : l.input(1),
  ];
  const factor = floatAttribute(l.node, 'alpha', 1);
  if (factor === 1) l.end('MatMul', [a, b]);
  else l.end('Identity', [scaledBy(l, l.op('MatMul', [a, b], productDims(l, a, b)), 'alpha')]);
};

/** The sum of input, skip and bias, which is also the fourth output. */
function summed(l: Lowerer, bias: number): string {
  const both = combined(l, 'Add', l.input(0), l.input(1));
  const sum = l.has(bias) ? combined(l, 'Add', both, l.input(bias)) : both;
  if (!l.node.output[3]) return sum;
  l.end('Identity', [sum], {}, 3);
  return l.node.output[3];
}

const gelu =
  (approximate: 'none' | 'tanh'): Lowering =>
  (l) =>
    l.end('Gelu', [l.has(1) ? combined(l, 'Add', l.input(0), l.input(1)) : l.input(0)], {
      approximate: { string: approximate },
    });

export const fusedOperators = {
  FusedConv,
  FusedGemm,
  FusedMatMul,
  TransposeMatMul: FusedMatMul,
  BiasGelu: gelu('none'),
  Gelu: gelu('none'),
  FastGelu: gelu('tanh'),
  QuickGelu: (l) => l.end('Swish', [l.input(0)], { alpha: { float: floatAttribute(l.node, 'alpha', 1.702) } }),
  SkipLayerNormalization: (l) => {
    const epsilon = { float: floatAttribute(l.node, 'epsilon', 1e-12) };
    const affine = [l.input(2), ...(l.has(3) ? [l.input(3)] : [])];
    l.end('LayerNormalization', [summed(l, 4), ...affine], { axis: { int: -1 }, epsilon });
  },
  SkipSimplifiedLayerNormalization: (l) => {
    const epsilon = { float: floatAttribute(l.node, 'epsilon', 1e-12) };
    l.end('RMSNormalization', [summed(l, 3), l.input(2)], { axis: { int: -1 }, epsilon });
  },
} satisfies Record<string, Lowering>;
