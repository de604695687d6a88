/** Y = alpha A' B' + beta C with A' = A or A^T: dA' = alpha dY B'^T, dB' = alpha A'^T dY, dC = beta dY. */
import { floatAttribute, intAttribute } from '../../onnx/model';
import { broadcast, type Rule } from '../rule';
import { multiply } from './arithmetic';

export const Gemm: Rule = (c) => {
  const [a, b] = [c.input(0).name, c.input(1).name];
  const transA = intAttribute(c.node, 'transA', 0) !== 0;
  const transB = intAttribute(c.node, 'transB', 0) !== 0;
  /** Flags instead of Transpose nodes, so that no weight is copied. */
  const product = (left: string, right: string, transLeft: boolean, transRight: boolean) =>
    c.emit.op('Gemm', [left, right, ...(c.emit.opset < 11 ? [c.scalar(0)] : [])], {
      alpha: { float: floatAttribute(c.node, 'alpha', 1) },
      transA: { int: Number(transLeft) },
      transB: { int: Number(transRight) },
    });
  const dA = () => (transA ? product(b, c.dy, transB, true) : product(c.dy, b, false, !transB));
  const dB = () => (transB ? product(c.dy, a, true, transA) : product(a, c.dy, !transA, false));
  const beta = floatAttribute(c.node, 'beta', 1);
  const dC = () => broadcast(c, beta === 1 ? c.dy : multiply(c, c.dy, c.scalar(beta)));
  return [c.wants(0) ? dA() : undefined, c.wants(1) ? dB() : undefined, c.wants(2) ? dC() : undefined].slice(
    0,
    c.arity,
  );
};
