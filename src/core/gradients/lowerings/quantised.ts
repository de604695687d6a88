/**
 * Operators on integers that stand for real numbers, as the operators on the real numbers between DequantizeLinear and
 * QuantizeLinear. So gradients pass rounding straight through, as quantisation.ts of the rules has it.
 */
import type { Attributes } from '../../onnx/emit';
import { floatAttribute, intAttribute } from '../../onnx/model';
import type { Lowerer, Lowering } from '../lowering';
import { attributesWithout, combined, product, real, reshaped } from './parts';

const maybe = (l: Lowerer, index: number) => (l.has(index) ? l.input(index) : undefined);

/** The real numbers of three inputs: integers, scale, zero point. */
const operand = (l: Lowerer, index: number, axis = -1): string =>
  real(l, l.input(index), l.input(index + 1), maybe(l, index + 2), axis);

/** The last node: real numbers to the operator's integers. */
const quantised = (l: Lowerer, tensor: string, scale: number): void =>
  l.end('QuantizeLinear', [tensor, l.input(scale), ...(l.has(scale + 1) ? [l.input(scale + 1)] : [])]);

const result = (l: Lowerer) => l.dims(l.node.output[0]!);

const isLast = ({ node }: Lowerer) => intAttribute(node, 'channels_last', 0) !== 0;

/** A bias of integers, whose scale is the product of the scales of both factors. */
function biasOf(l: Lowerer, bias: number, first: number, second: number): string {
  const values = real(l, l.input(bias), undefined, undefined, -1);
  const scale = combined(l, 'Mul', l.input(first), l.input(second));
  const size = l.dims(scale).reduce((total, dim) => total * dim, 1);
  return l.op('Mul', [values, reshaped(l, scale, [size])], l.dims(values));
}

const QLinearConv: Lowering = (l) => {
  if (isLast(l)) l.refuse();
  const bias = l.has(8) ? [biasOf(l, 8, 1, 4)] : [];
  const inputs = [operand(l, 0), operand(l, 3, 0), ...bias];
  quantised(l, l.op('Conv', inputs, result(l), attributesWithout(l, ['channels_last'])), 6);
};

const QGemm: Lowering = (l) => {
  const isTransposed = intAttribute(l.node, 'transB', 0) !== 0;
  const bias = l.has(6) ? [biasOf(l, 6, 1, 4)] : [];
  const inputs = [operand(l, 0), operand(l, 3, isTransposed ? 0 : -1), ...bias];
  const attributes = attributesWithout(l, []);
  if (!l.has(7)) l.end('Gemm', inputs, attributes);
  else quantised(l, l.op('Gemm', inputs, result(l), attributes), 7);
};

/** Of two operands with a scale and a zero point each. */
const ofTwo =
  (type: 'Add' | 'Mul'): Lowering =>
  (l) =>
    quantised(l, combined(l, type, operand(l, 0), operand(l, 3)), 6);

const ofOne =
  (type: string, attributes: (l: Lowerer) => Attributes = () => ({})): Lowering =>
  (l) => {
    if (isLast(l)) l.refuse();
    quantised(l, l.op(type, [operand(l, 0)], result(l), attributes(l)), 3);
  };

const QLinearConcat: Lowering = (l) => {
  const parts = Array.from({ length: (l.node.input.length - 2) / 3 }, (_, i) => operand(l, 2 + 3 * i));
  const joined = l.op('Concat', parts, result(l), { axis: { int: intAttribute(l.node, 'axis', 1) } });
  l.end('QuantizeLinear', [joined, l.input(0), l.input(1)]);
};

const QLinearWhere: Lowering = (l) => {
  const [x, y] = [operand(l, 1), operand(l, 4)];
  quantised(l, l.op('Where', [l.input(0), x, y], result(l), {}, l.dtype(x)), 7);
};

/** A product of integers, which stay integers; a zero point of the second factor is one for each column or channel. */
const ofIntegers =
  (type: 'MatMul' | 'Conv', axis: number): Lowering =>
  (l) => {
    const x = real(l, l.input(0), undefined, maybe(l, 2), type === 'MatMul' ? -2 : 1);
    const weights = real(l, l.input(1), undefined, maybe(l, 3), axis);
    l.end(type, [x, weights], attributesWithout(l, []));
  };

/** A product whose factors or result are real numbers. */
function withBias(l: Lowerer, a: string, b: string, bias: number): void {
  if (l.has(bias)) l.end('Add', [product(l, a, b), l.input(bias)]);
  else l.end('MatMul', [a, b]);
}

const MatMulIntegerToFloat: Lowering = (l) => {
  const a = real(l, l.input(0), l.input(2), maybe(l, 4), -2);
  withBias(l, a, real(l, l.input(1), l.input(3), maybe(l, 5), -1), 6);
};

export const onnxQuantised = {
  QLinearConv,
  QLinearMatMul: (l) => quantised(l, product(l, operand(l, 0, -2), operand(l, 3)), 6),
  MatMulInteger: ofIntegers('MatMul', -1),
  ConvInteger: ofIntegers('Conv', 0),
} satisfies Record<string, Lowering>;

export const quantisedOperators = {
  QGemm,
  QLinearConv,
  QLinearConcat,
  QLinearWhere,
  MatMulIntegerToFloat,
  QLinearAdd: ofTwo('Add'),
  QLinearMul: ofTwo('Mul'),
  QLinearAveragePool: ofOne('AveragePool', (l) => attributesWithout(l, ['channels_last'])),
  QLinearGlobalAveragePool: ofOne('GlobalAveragePool'),
  QLinearSigmoid: ofOne('Sigmoid'),
  QLinearLeakyRelu: ofOne('LeakyRelu', ({ node }) => ({ alpha: { float: floatAttribute(node, 'alpha', 0.01) } })),
  QLinearSoftmax: ofOne('Softmax', (l) => {
    // Its meaning is that of Softmax in the operator set that it names.
    if (intAttribute(l.node, 'opset', 13) >= 13 !== l.opset >= 13) l.refuse();
    return { axis: { int: intAttribute(l.node, 'axis', -1) } };
  }),
  QuantizeLinear: (l) => l.end('QuantizeLinear', l.node.input, attributesWithout(l, [])),
  DequantizeLinear: (l) => l.end('DequantizeLinear', l.node.input, attributesWithout(l, [])),
  DynamicQuantizeMatMul: (l) => withBias(l, l.input(0), real(l, l.input(1), l.input(2), maybe(l, 3), -1), 4),
} satisfies Record<string, Lowering>;
