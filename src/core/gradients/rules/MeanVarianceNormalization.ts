/** y = (x - mean) / sqrt(var) over the axes; see standardise.ts. */
import { intsAttribute } from '../../onnx/model';
import type { Rule } from '../rule';
import { standardised } from '../standardise';

/**
 * This is added to the variance. The operator's definition adds 1e-9 to the standard deviation; the two differ only
 * where the input is constant.
 */
const EPSILON = 1e-18;

export const MeanVarianceNormalization: Rule = (c) => [
  standardised(c, c.x.name, intsAttribute(c.node, 'axes') ?? [0, 2, 3], EPSILON).back(c.dy),
];
