/** Operators of one input that work element by element: dx = dy f'(x). */
import { floatAttribute } from '../../onnx/model';
import type { Rule, RuleContext } from '../rule';
import { add, divide, multiply, negate, subtract, where } from './arithmetic';

const TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);

const isPositive = ({ emit, scalar }: RuleContext, tensor: string) => emit.op('Greater', [tensor, scalar(0)]);

const square = (c: RuleContext, tensor: string) => multiply(c, tensor, tensor);

export const elementwise = {
  /**
   * dx = dy where y > 0. The rule uses y rather than x, so that the runtime may still fuse the ReLU with the operator
   * before it.
   */
  Relu: (c) => [where(c, isPositive(c, c.y.name), c.dy, c.scalar(0))],

  /** dx = dy where x > 0, else alpha dy */
  LeakyRelu: (c) => {
    const alpha = c.scalar(floatAttribute(c.node, 'alpha', 0.01));
    return [where(c, isPositive(c, c.x.name), c.dy, multiply(c, c.dy, alpha))];
  },

  /** dx = dy where x > 0, else dy alpha exp(x) = dy (y + alpha) */
  Elu: (c) => {
    const slope = add(c, c.y.name, c.scalar(floatAttribute(c.node, 'alpha', 1)));
    return [where(c, isPositive(c, c.x.name), c.dy, multiply(c, c.dy, slope))];
  },

  /** dx = dy y (1 - y) */
  Sigmoid: (c) => [multiply(c, c.dy, multiply(c, c.y.name, subtract(c, c.scalar(1), c.y.name)))],

  /** dx = dy alpha where 0 < alpha x + beta < 1 */
  HardSigmoid: (c) => {
    const inside = c.emit.op('And', [isPositive(c, c.y.name), c.emit.op('Less', [c.y.name, c.scalar(1)])]);
    return [where(c, inside, multiply(c, c.dy, c.scalar(floatAttribute(c.node, 'alpha', 0.2))), c.scalar(0))];
  },

  /** y = x clip(x / 6 + 1 / 2, 0, 1): dx = 0 where x < -3, dy (x / 3 + 1 / 2) up to 3, dy beyond */
  HardSwish: (c) => {
    const slope = add(c, divide(c, c.x.name, c.scalar(3)), c.scalar(0.5));
    const below = c.emit.op('Less', [c.x.name, c.scalar(-3)]);
    const beyond = c.emit.op('Greater', [c.x.name, c.scalar(3)]);
    return [where(c, below, c.scalar(0), where(c, beyond, c.dy, multiply(c, c.dy, slope)))];
  },

  /** dx = dy (1 - y^2) */
  Tanh: (c) => [multiply(c, c.dy, subtract(c, c.scalar(1), square(c, c.y.name)))],

  /** y = log(1 + exp(x)): dx = dy sigmoid(x) */
  Softplus: (c) => [multiply(c, c.dy, c.emit.op('Sigmoid', [c.x.name]))],

  /** dx = dy y */
  Exp: (c) => [multiply(c, c.dy, c.y.name)],

  /** dx = dy / x */
  Log: (c) => [divide(c, c.dy, c.x.name)],

  /** dx = dy / (2 y) */
  Sqrt: (c) => [divide(c, c.dy, add(c, c.y.name, c.y.name))],

  /** dx = -dy y^2 */
  Reciprocal: (c) => [negate(c, multiply(c, c.dy, square(c, c.y.name)))],

  /** dx = -dy */
  Neg: (c) => [negate(c, c.dy)],

  /** dx = dy sign(x), 0 at 0 */
  Abs: (c) => [multiply(c, c.dy, c.emit.op('Sign', [c.x.name]))],

  /** dx = dy 2 / sqrt(pi) exp(-x^2) */
  Erf: (c) => {
    const bell = c.emit.op('Exp', [negate(c, square(c, c.x.name))]);
    return [multiply(c, c.dy, multiply(c, bell, c.scalar(TWO_OVER_SQRT_PI)))];
  },

  /** dx = dy cos(x) */
  Sin: (c) => [multiply(c, c.dy, c.emit.op('Cos', [c.x.name]))],

  /** dx = -dy sin(x) */
  Cos: (c) => [negate(c, multiply(c, c.dy, c.emit.op('Sin', [c.x.name])))],
} satisfies Record<string, Rule>;
