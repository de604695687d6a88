/**
 * Whether what a model says of an image is the same beside others. It is not where a batch is normalised as a whole, as by batch
 * norms that were exported in training, or where a branch is taken for all images.
 */
import { errors } from '../../core/errors';
import type { Facts } from '../../core/onnx/facts';
import { indexGraph, tensorsDependingOn } from '../../core/onnx/graph';
import type { Model } from '../../core/onnx/model';
import { operatorOf } from '../../core/onnx/operators';
import { DataType } from '../../core/onnx/tensors';
import { CLASSES } from '../../core/target/class-scores';
import type { Outputs } from '../../core/target/target';
import type { Explainer } from './explainer';

/**
 * The largest difference of scores, as a share of the largest score, that is rounding. In 8 bits and half floats a last bit more
 * or less is a larger step.
 */
const SAME = 1e-3;
const SAME_ROUNDED = 2e-2;
const ROUNDED = [DataType.FLOAT16, DataType.INT8, DataType.UINT8];

/** Whether 8 bits compute what is compared, and what of the network it is: all of it, or what follows the layer. */
interface Compared {
  readonly isRounded?: boolean;
  readonly of?: 'network' | 'rest';
}

/**
 * Compares once for each explainer, and once for what follows the layer if that is run without the whole network before. A run that
 * says the same of all its images shows nothing, since they may be the same: then the next one is compared.
 *
 * @param together what was said of the images of a run; undefined where that is no number, as of padding
 * @param at the index of an image in it
 * @param alone gives what is said of this one alone, or beside copies of itself (see `copiesAlone`)
 * @throws runtime-failed if they differ, as a graph does that can't take several images: they are then run one by one
 */
export async function checkApart(
  explainer: Explainer,
  together: readonly (Outputs | undefined)[],
  at: number,
  alone: () => Promise<Outputs>,
  { isRounded = false, of = 'network' }: Compared = {},
): Promise<void> {
  const { isApart } = explainer;
  const beside = together[at];
  if (isApart === 'network' || isApart === of || !beside) return;
  const said = await alone();
  const { info, facts } = explainer;
  const dtypes = new Set([...facts.values()].map(({ dtype }) => dtype));
  const same = isRounded || ROUNDED.some((dtype) => dtypes.has(dtype)) ? SAME_ROUNDED : SAME;
  // Logits that are made of probabilities near 0 or 1 have none of their digits.
  const isMade = info.output.link !== 'identity';
  for (const [name, values] of Object.entries(said)) {
    if (isMade && name === CLASSES.logits) continue;
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    if (values.some((value, i) => Math.abs(value - beside[name]![i]!) > same * largest))
      throw errors.runtimeFailed(info.path, 'it says something else of an image alone than beside others');
  }
  if (together.some((outputs) => outputs && !areSame(outputs, beside))) explainer.isApart = of;
}

const areSame = (a: Outputs, b: Outputs): boolean =>
  Object.entries(a).every(([name, values]) => values.every((value, i) => value === b[name]![i]));

/**
 * How many copies of an image are run to see what is said of it alone: on a device whose runs all have one size, as many as fill a run.
 * Copies change nothing of what a batch has in common, such as its mean.
 */
export const copiesAlone = ({ padded, size }: Explainer['batching']): number => (padded ? size : 1);

/**
 * Whether the graph computes a single number from the values of all images of a run, such as the condition of a branch. What an
 * image is given then depends on those beside it, although often nothing shows that.
 *
 * @param facts at batch 1
 */
export function sharesNumbers({ graph }: Model, facts: Facts, input: string): boolean {
  const index = indexGraph(graph.node);
  const dependent = tensorsDependingOn(index, [input], (node) => !OF_NO_VALUES.has(operatorOf(node)));
  return [...dependent].some((tensor) => facts.get(tensor)?.dims.length === 0);
}

/** Those of sizes, and one whose common scale moves no more than the rounding to 8 bits. */
const OF_NO_VALUES: ReadonlySet<string> = new Set(['Shape', 'Size', 'DynamicQuantizeLinear']);
