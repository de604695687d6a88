/** Every operator that stands for several others. */
import type { Lowering } from './lowering';
import { attentions } from './lowerings/attention';
import { MatMulNBits } from './lowerings/bits';
import { fusedOperators } from './lowerings/fused';
import { onnxQuantised, quantisedOperators } from './lowerings/quantised';

const ofMicrosoft = { ...attentions, ...fusedOperators, ...quantisedOperators, MatMulNBits };

export const LOWERINGS: Readonly<Record<string, Lowering>> = {
  ...onnxQuantised,
  ...Object.fromEntries(Object.entries(ofMicrosoft).map(([name, lowering]) => [`com.microsoft:${name}`, lowering])),
};
