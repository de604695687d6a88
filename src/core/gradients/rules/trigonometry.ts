/** Trigonometric and hyperbolic functions: dx = dy f'(x). Sine, cosine and Tanh are in elementwise.ts. */
import type { Rule, RuleContext } from '../rule';
import { add, divide, multiply, negate, subtract } from './arithmetic';

const square = (c: RuleContext, tensor: string) => multiply(c, tensor, tensor);
const root = (c: RuleContext, tensor: string) => c.emit.op('Sqrt', [tensor]);
const oneMinusSquare = (c: RuleContext) => subtract(c, c.scalar(1), square(c, c.x.name));
const onePlusSquare = (c: RuleContext) => add(c, square(c, c.x.name), c.scalar(1));

export const trigonometry = {
  /** dx = dy (1 + y^2) */
  Tan: (c) => [multiply(c, c.dy, add(c, square(c, c.y.name), c.scalar(1)))],

  /** dx = dy / sqrt(1 - x^2) */
  Asin: (c) => [divide(c, c.dy, root(c, oneMinusSquare(c)))],

  /** dx = -dy / sqrt(1 - x^2) */
  Acos: (c) => [negate(c, divide(c, c.dy, root(c, oneMinusSquare(c))))],

  /** dx = dy / (1 + x^2) */
  Atan: (c) => [divide(c, c.dy, onePlusSquare(c))],

  /** dx = dy cosh(x) */
  Sinh: (c) => [multiply(c, c.dy, c.emit.op('Cosh', [c.x.name]))],

  /** dx = dy sinh(x) */
  Cosh: (c) => [multiply(c, c.dy, c.emit.op('Sinh', [c.x.name]))],

  /** dx = dy / sqrt(x^2 + 1) */
  Asinh: (c) => [divide(c, c.dy, root(c, onePlusSquare(c)))],

  /** dx = dy / sqrt(x^2 - 1) */
  Acosh: (c) => [divide(c, c.dy, root(c, subtract(c, square(c, c.x.name), c.scalar(1))))],

  /** dx = dy / (1 - x^2) */
  Atanh: (c) => [divide(c, c.dy, oneMinusSquare(c))],
} satisfies Record<string, Rule>;
