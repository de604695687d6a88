/** y = (x - mean) / sqrt(var) over the axes; see standardise.ts. */
import { intsAttribute } from '../../onnx/model';
import type { Rule } from '../rule';
import { standardised } from '../standardise';

/** Of the variance, as the operator's definition adds 1e-9 to the deviation: neither shows but where all is constant. */
const EPSILON = 1e-18;

export const MeanVarianceNormalization: Rule = (c) => [
  standardised(c, c.x.name, intsAttribute(c.node, 'axes') ?? [0, 2, 3], EPSILON).back(c.dy),
];
