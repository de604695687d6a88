/** y = scale n + bias with n = (x - mean) / sqrt(var + epsilon) over the axes from `axis` on; see standardise.ts. */
import { floatAttribute, intAttribute } from '../../onnx/model';
import { broadcast, type Rule, type RuleContext } from '../rule';
import { type Standardised, standardised } from '../standardise';
import { multiply } from './arithmetic';

/** @param standardise how n is computed over some axes */
export const layerNormalization =
  (standardise: (c: RuleContext, axes: readonly number[], epsilon: number) => Standardised): Rule =>
  (c) => {
    const { normal, back } = standardise(c, lastAxes(c), floatAttribute(c.node, 'epsilon', 1e-5));
    return [
      c.wants(0) ? back(multiply(c, c.dy, c.input(1).name)) : undefined,
      c.wants(1) ? broadcast(c, multiply(c, c.dy, normal)) : undefined,
      broadcast(c, c.dy),
    ].slice(0, c.arity);
  };

export const LayerNormalization = layerNormalization((c, axes, epsilon) => standardised(c, c.x.name, axes, epsilon));

/** The axes from the attribute `axis` on. */
export function lastAxes(c: RuleContext): number[] {
  const rank = c.x.dims.length;
  const given = intAttribute(c.node, 'axis', -1);
  const first = given < 0 ? given + rank : given;
  return Array.from({ length: rank - first }, (_, i) => first + i);
}
