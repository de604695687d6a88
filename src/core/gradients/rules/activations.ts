/** Activations beyond those of elementwise.ts: dx = dy f'(x). */
import { floatAttribute, stringAttribute } from '../../onnx/model';
import type { Rule, RuleContext } from '../rule';
import { add, divide, multiply, subtract, where } from './arithmetic';

const isPositive = ({ emit, scalar }: RuleContext, tensor: string) => emit.op('Greater', [tensor, scalar(0)]);

/** dx = dy times a constant where x > 0, and times a tensor elsewhere. */
const twoSided = (c: RuleContext, positive: number, elsewhere: string) => [
  multiply(c, c.dy, where(c, isPositive(c, c.x.name), c.scalar(positive), elsewhere)),
];

/**
 * y = x s with s = sigmoid(alpha x): dx = dy (s + alpha y (1 - s))
 *
 * @param rest 1 - s
 */
export function swish(c: RuleContext, rest: (s: string) => string): string {
  const alpha = floatAttribute(c.node, 'alpha', 1);
  const scaled = (tensor: string) => (alpha === 1 ? tensor : multiply(c, tensor, c.scalar(alpha)));
  const s = c.emit.op('Sigmoid', [scaled(c.x.name)]);
  return multiply(c, c.dy, add(c, s, multiply(c, scaled(c.y.name), rest(s))));
}

/**
 * Of y = x Phi(x): Phi(x) + x phi(x), with the normal distribution's Phi and phi; phi(x) = exp(log(1 / sqrt(2 pi)) - x^2 / 2)
 *
 * @param cumulative Phi(x) of erf(x / sqrt 2)
 */
export function geluSlope(c: RuleContext, cumulative: (error: string) => string): string {
  const scaled = multiply(c, c.x.name, c.scalar(Math.SQRT1_2));
  const exponent = subtract(c, c.scalar(-Math.log(2 * Math.PI) / 2), multiply(c, scaled, scaled));
  const density = c.emit.op('Exp', [exponent]);
  return add(c, cumulative(c.emit.op('Erf', [scaled])), multiply(c, c.x.name, density));
}

const gelu = (c: RuleContext) => geluSlope(c, (error) => multiply(c, add(c, error, c.scalar(1)), c.scalar(0.5)));

export const isApproximateGelu = ({ node }: RuleContext) => stringAttribute(node, 'approximate', 'none') === 'tanh';

/** Of y = x (1 + t) / 2 with t = tanh(k (x + q x^3)): (1 + t) / 2 + x (1 - t^2) k (1 + 3 q x^2) / 2 */
function geluByTanh(c: RuleContext) {
  const [k, q] = [Math.sqrt(2 / Math.PI), 0.044715];
  const square = multiply(c, c.x.name, c.x.name);
  const inner = add(c, multiply(c, square, c.scalar(k * q)), c.scalar(k));
  const t = c.emit.op('Tanh', [multiply(c, c.x.name, inner)]);
  const slope = add(c, multiply(c, square, c.scalar(3 * k * q)), c.scalar(k));
  const steep = multiply(c, subtract(c, c.scalar(1), multiply(c, t, t)), multiply(c, c.x.name, slope));
  return multiply(c, add(c, add(c, t, c.scalar(1)), steep), c.scalar(0.5));
}

export const activations = {
  Gelu: (c) => [multiply(c, c.dy, isApproximateGelu(c) ? geluByTanh(c) : gelu(c))],

  Swish: (c) => [swish(c, (s) => subtract(c, c.scalar(1), s))],

  /** y = x t with t = tanh(softplus(x)): dx = dy (t + x (1 - t^2) sigmoid(x)) */
  Mish: (c) => {
    const t = c.emit.op('Tanh', [c.emit.op('Softplus', [c.x.name])]);
    const slope = multiply(c, subtract(c, c.scalar(1), multiply(c, t, t)), c.emit.op('Sigmoid', [c.x.name]));
    return [multiply(c, c.dy, add(c, t, multiply(c, c.x.name, slope)))];
  },

  /** y = x / (1 + |x|): dx = dy / (1 + |x|)^2 */
  Softsign: (c) => {
    const size = add(c, c.emit.op('Abs', [c.x.name]), c.scalar(1));
    return [divide(c, c.dy, multiply(c, size, size))];
  },

  /** y = gamma x where x > 0, else gamma alpha (exp(x) - 1): dx = dy gamma, else dy (y + gamma alpha) */
  Selu: (c) => {
    const alpha = floatAttribute(c.node, 'alpha', 1.6732631921768188);
    const gamma = floatAttribute(c.node, 'gamma', 1.0507010221481323);
    return twoSided(c, gamma, add(c, c.y.name, c.scalar(gamma * alpha)));
  },

  /** y = x where x > 0, else alpha (exp(x / alpha) - 1): dx = dy, else dy (y / alpha + 1) */
  Celu: (c) => {
    const alpha = c.scalar(floatAttribute(c.node, 'alpha', 1));
    return twoSided(c, 1, add(c, divide(c, c.y.name, alpha), c.scalar(1)));
  },

  /** dx = dy where x > alpha */
  ThresholdedRelu: (c) => {
    const above = c.emit.op('Greater', [c.x.name, c.scalar(floatAttribute(c.node, 'alpha', 1))]);
    return [where(c, above, c.dy, c.scalar(0))];
  },

  /** y = x moved towards 0 by a bias where |x| > lambda, else 0: dx = dy there */
  Shrink: (c) => {
    const outside = c.emit.op('Greater', [
      c.emit.op('Abs', [c.x.name]),
      c.scalar(floatAttribute(c.node, 'lambd', 0.5)),
    ]);
    return [where(c, outside, c.dy, c.scalar(0))];
  },
} satisfies Record<string, Rule>;
