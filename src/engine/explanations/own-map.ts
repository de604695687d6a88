/** The map that an exported model makes itself, and how far it is from the one that is computed here. */
import * as v from 'valibot';
import { ExplainError, errors, reasonOf } from '../../core/errors';
import type { ExportFacts } from '../../core/export/metadata';
import { EXPORTED } from '../../core/export/names';
import { DEFAULT_CHOICE, type MethodChoice } from '../../core/methods/choice';
import { EXPORTABLE } from '../../core/methods/names';
import type { MethodRun } from '../../core/methods/network';
import { pearson } from '../../core/metrics/adcc';
import type { ModelInfo } from '../../core/model/info';
import type { OptionValues } from '../../core/options';
import { type MethodFrame, saliencyOf } from '../../core/saliency';
import { fields, readJson } from '../../core/schema';
import { probabilitiesOf } from '../../core/target/class-scores';
import type { OwnComparison } from '../../protocol/explanation';
import type { ExplainParams } from '../../protocol/requests';
import { feedsFor } from '../export/check';
import type { Explainer, ImageState } from '../sessions/explainer';
import { numbers, turn, type Work } from '../sessions/passes';
import { topClasses } from './class-choice';
import { checkOptions, completed } from './request-options';

/** How an exported model makes its map. */
export interface OwnMap extends MethodChoice {
  readonly layer: string;
  /** Whether it explains the most probable class, or the class that an input names. */
  readonly class: 'top' | 'input';
}

const OPTIONS = v.objectWithRest(
  { blur: v.exactOptional(fields({ kernel: v.number(), sigma: v.number() })) },
  v.union([v.number(), v.string()]),
);

/** The same facts, read; undefined if they are not those that an export writes. */
function ownMapOf({ method, layer, options = '', class: of }: Partial<ExportFacts>): OwnMap | undefined {
  const name = EXPORTABLE.find((known) => known === method);
  const read = readJson(OPTIONS, options);
  if (!name || layer === undefined || (of !== 'top' && of !== 'input') || !('value' in read)) return undefined;
  const { blur = DEFAULT_CHOICE.blur, ...values } = read.value;
  return { method: name, options: values as OptionValues, blur, layer, class: of };
}

/**
 * How the model makes its map.
 *
 * @throws method-unsuitable if it makes none; bad-option for a contrast, which it can't answer
 */
export function checkedOwnMap({ path, exported }: ModelInfo, { contrast = [], model }: ExplainParams): OwnMap {
  if (!exported) throw errors.ownMapRefused(path, 'it makes none', 'Use `group-cam export`, or choose a method');
  const unsaid = 'its metadata does not say how it is made';
  const again = 'Export the model again';
  const own = ownMapOf(exported);
  if (!own) throw errors.ownMapRefused(path, unsaid, again);
  if (contrast.length > 0) throw errors.badOption('contrast', contrast.length, "left out with the model's own map");
  try {
    checkOptions({ ...own, top: 1, model });
    return completed(own);
  } catch (thrown) {
    if (!(thrown instanceof ExplainError)) throw thrown;
    throw errors.ownMapRefused(path, `${unsaid} (${reasonOf(thrown).replace(/\.$/, '')})`, again);
  }
}

/**
 * Yields the model's own map. Its last frame comes after the same method was run here.
 *
 * @param here runs the method that the model says it has
 * @param compared gets the comparison of the two maps
 * @throws method-unsuitable if the model explains its most probable class alone and another one is asked for
 */
export async function* ownMap(
  explainer: Explainer,
  state: ImageState,
  { own, class: index }: { readonly own: OwnMap; readonly class: number },
  here: () => MethodRun,
  compared: (comparison: OwnComparison) => void,
  work: Work,
): MethodRun {
  const { info } = explainer;
  if (own.class === 'top' && topClasses(probabilitiesOf(state.outputs), 1)[0] !== index)
    throw errors.ownMapRefused(
      info.path,
      'it explains the most probable class of an image alone',
      'Choose that class, or export the model with an input for the class',
    );
  const session = explainer.parts['own-map']!;
  await turn(work);
  const feeds = feedsFor(session, info, [{ input: state.input, class: index }]);
  const { [EXPORTED.saliency]: made } = await session.run(feeds, [EXPORTED.saliency]);
  work.passes += 1;
  const { type, dims } = made!;
  const [, , height = 0, width = 0] = dims;
  if (type !== 'float32' || made!.data.length === 0 || made!.data.length !== height * width)
    throw errors.runtimeFailed(info.path, `its own map is ${type} [${dims.join(', ')}], not float32 [1, 1, H, W]`);
  const map = numbers(explainer, 'values of its own map', made!);
  const frame: MethodFrame = { done: 1, total: 2, height, width, map, offset: 0, signed: false };
  yield frame;
  let last: MethodFrame | undefined;
  for await (const estimate of here()) last = estimate;
  const size = { inputSize: { height, width } };
  const [ours, theirs] = [saliencyOf({ ...last!, ...size }), saliencyOf({ ...frame, ...size })];
  const difference = theirs.map.reduce((most, value, i) => Math.max(most, Math.abs(value - ours.map[i]!)), 0);
  const correlation = pearson(theirs.map, ours.map);
  compared({ difference, ...(correlation !== undefined && { correlation }) });
  yield { ...frame, done: 2 };
  return { whyBlank: "the model's own map has the same value everywhere" };
}
