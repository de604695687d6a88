/** Operators that broadcast their inputs. Answers have the output's dimensions, and the driver sums them back. */
import { broadcast, type Rule, type RuleContext } from '../rule';

export const add = ({ emit }: RuleContext, a: string, b: string) => emit.op('Add', [a, b]);
export const subtract = ({ emit }: RuleContext, a: string, b: string) => emit.op('Sub', [a, b]);
export const multiply = ({ emit }: RuleContext, a: string, b: string) => emit.op('Mul', [a, b]);
export const divide = ({ emit }: RuleContext, a: string, b: string) => emit.op('Div', [a, b]);
export const negate = ({ emit }: RuleContext, a: string) => emit.op('Neg', [a]);

/** A select rather than a product with 0 and 1, so that no NaN or infinity leaks from the branch that is not taken. */
export const where = ({ emit }: RuleContext, condition: string, then: string, otherwise: string) =>
  emit.op('Where', [condition, then, otherwise]);

/** The answers for those inputs whose gradients are needed. */
function each(c: RuleContext, gradient: (input: number) => string) {
  return Array.from({ length: c.arity }, (_, i) => (c.wants(i) ? broadcast(c, gradient(i)) : undefined));
}

/** y = extremum of all inputs: dx_i = dy / (number of inputs that reach it), where x_i reaches it */
const extremum: Rule = (c) => {
  const reaches = Array.from({ length: c.arity }, (_, i) => isEqual(c, c.input(i).name, c.y.name));
  const counts = reaches.map((mask) => c.emit.op('Cast', [mask], { to: { int: c.y.dtype } }));
  const share = divide(c, c.dy, c.emit.op('Sum', counts));
  return each(c, (i) => where(c, reaches[i]!, share, c.scalar(0)));
};

/** a == b for floats, which `Equal` itself accepts only since 11. */
export function isEqual({ emit }: RuleContext, a: string, b: string): string {
  if (emit.opset >= 11) return emit.op('Equal', [a, b]);
  return emit.op('Not', [emit.op('Or', [emit.op('Less', [a, b]), emit.op('Greater', [a, b])])]);
}

export const arithmetic = {
  /** da = dy, db = dy */
  Add: (c) => each(c, () => c.dy),

  /** da = dy, db = -dy */
  Sub: (c) => each(c, (i) => (i === 0 ? c.dy : negate(c, c.dy))),

  /** da = dy b, db = dy a */
  Mul: (c) => each(c, (i) => multiply(c, c.dy, c.input(1 - i).name)),

  /** da = dy / b, db = -dy y / b */
  Div: (c) =>
    each(c, (i) => {
      const slope = divide(c, c.dy, c.input(1).name);
      return i === 0 ? slope : negate(c, multiply(c, slope, c.y.name));
    }),

  /** y = a - b q with q the whole part of a / b: da = dy, db = -dy q = -dy (a - y) / b */
  Mod: (c) =>
    each(c, (i) => {
      if (i === 0) return c.dy;
      const quotient = divide(c, subtract(c, c.x.name, c.y.name), c.input(1).name);
      return negate(c, multiply(c, c.dy, quotient));
    }),

  /** dx_i = dy */
  Sum: (c) => each(c, () => c.dy),

  /** dx_i = dy / n */
  Mean: (c) => each(c, () => divide(c, c.dy, c.scalar(c.arity))),

  Max: extremum,
  Min: extremum,

  /** da = dy where the condition holds, db = dy elsewhere */
  Where: (c) => {
    const condition = c.input(0).name;
    return each(c, (i) => (i === 1 ? where(c, condition, c.dy, c.scalar(0)) : where(c, condition, c.scalar(0), c.dy)));
  },

  /** dx = dy p x^(p - 1), dp = dy y log(x) */
  Pow: (c) => {
    const power = c.input(1);
    return each(c, (i) => {
      if (i === 1) return multiply(c, c.dy, multiply(c, c.y.name, c.emit.op('Log', [c.x.name])));
      const { emit } = c;
      const lower = subtract(c, power.name, emit.scalar(1, power.dtype));
      const slope = emit.op('Pow', [c.x.name, lower]);
      const factor = power.dtype === c.y.dtype ? power.name : emit.op('Cast', [power.name], { to: { int: c.y.dtype } });
      return multiply(c, c.dy, multiply(c, factor, slope));
    });
  },

  /** dx = dy where x >= 0, else dy slope; dslope = dy x where x < 0 */
  PRelu: (c) => {
    const negative = c.emit.op('Less', [c.x.name, c.scalar(0)]);
    return each(c, (i) =>
      i === 0
        ? where(c, negative, multiply(c, c.dy, c.input(1).name), c.dy)
        : where(c, negative, multiply(c, c.dy, c.x.name), c.scalar(0)),
    );
  },

  /** The input is repeated, so the gradients of its copies are summed: dx = dy, un-broadcast by the driver. */
  Expand: (c) => [broadcast(c, c.dy)],
} satisfies Record<string, Rule>;
