/** Every method: what it needs of a model, and its options. */

import { type OptionsOf, type OptionTable, resolveOptions } from '../options';
import { ablationCam } from './ablation-cam';
import { cam } from './cam';
import { eigenCam } from './eigen-cam';
import { gradCam } from './grad-cam';
import { gradCamPlusPlus } from './grad-cam-plus-plus';
import { groupCam, groupCamOptions } from './group-cam';
import { guidedBackpropagation, guidedBackpropagationOptions } from './guided-backpropagation';
import { hiResCam } from './hires-cam';
import { inputXGradient, inputXGradientOptions } from './input-x-gradient';
import { integratedGradients, integratedGradientsOptions } from './integrated-gradients';
import { layerCam } from './layer-cam';
import { METHOD_NAMES, type MethodName } from './names';
import type { Method, MethodNetwork, MethodRun, Target } from './network';
import { occlusion, occlusionOptions } from './occlusion';
import { reciproCam, reciproCamOptions } from './recipro-cam';
import { rise, riseOptions } from './rise';
import { scoreCam, scoreCamOptions } from './score-cam';
import { smoothGrad, smoothGradOptions } from './smooth-grad';
import { vanillaGradient, vanillaGradientOptions } from './vanilla-gradient';
import { xGradCam } from './xgrad-cam';
import { xrai, xraiOptions } from './xrai';

/**
 * What a method asks of a model.
 *
 * - `layer`: a layer with a map
 * - `linear-head`: global average pooling and one linear layer downstream of it
 * - `feature-gradient`: gradient rules for the operators between the layer and the scores
 * - `input-gradient`, `guided-gradient`: rules for those between the input and the scores
 * - `features`: scores of other features in the place of the layer's
 * - `passes`: many passes
 */
export type Need =
  | 'layer'
  | 'linear-head'
  | 'feature-gradient'
  | 'input-gradient'
  | 'guided-gradient'
  | 'features'
  | 'passes';

interface Description<Table extends OptionTable> {
  readonly needs: readonly Need[];
  /** False if the map is the same for every class. */
  readonly ofClass?: false;
  readonly options: Table;
}

export interface MethodInfo extends Description<OptionTable> {
  readonly title: string;
  readonly paper: string;
  /**
   * @param given options by name; the others have their defaults
   * @throws bad-option, method-unsuitable, and what the network throws
   */
  run(network: MethodNetwork, target: Target, given?: Readonly<Record<string, unknown>>): MethodRun;
}

function method<const Table extends OptionTable>(
  name: MethodName,
  description: Description<Table>,
  run: Method<OptionsOf<Table>>,
): MethodInfo {
  return {
    ...METHOD_NAMES[name],
    ...description,
    run: (network, target, given = {}) => run(network, target, resolveOptions(description.options, given)),
  };
}

const BY_GRADIENT: readonly Need[] = ['layer', 'feature-gradient'];
const NO_OPTIONS = {};

export const methods = {
  'group-cam': method('group-cam', { needs: [...BY_GRADIENT, 'passes'], options: groupCamOptions }, groupCam),
  'grad-cam': method('grad-cam', { needs: BY_GRADIENT, options: NO_OPTIONS }, gradCam),
  'grad-cam++': method('grad-cam++', { needs: BY_GRADIENT, options: NO_OPTIONS }, gradCamPlusPlus),
  'hires-cam': method('hires-cam', { needs: BY_GRADIENT, options: NO_OPTIONS }, hiResCam),
  'layer-cam': method('layer-cam', { needs: BY_GRADIENT, options: NO_OPTIONS }, layerCam),
  'xgrad-cam': method('xgrad-cam', { needs: BY_GRADIENT, options: NO_OPTIONS }, xGradCam),
  cam: method('cam', { needs: ['layer', 'linear-head'], options: NO_OPTIONS }, cam),
  'eigen-cam': method('eigen-cam', { needs: ['layer'], ofClass: false, options: NO_OPTIONS }, eigenCam),
  'score-cam': method('score-cam', { needs: ['layer', 'passes'], options: scoreCamOptions }, scoreCam),
  'ablation-cam': method('ablation-cam', { needs: ['layer', 'features', 'passes'], options: NO_OPTIONS }, ablationCam),
  'recipro-cam': method(
    'recipro-cam',
    { needs: ['layer', 'features', 'passes'], options: reciproCamOptions },
    reciproCam,
  ),
  rise: method('rise', { needs: ['passes'], options: riseOptions }, rise),
  occlusion: method('occlusion', { needs: ['passes'], options: occlusionOptions }, occlusion),
  gradient: method('gradient', { needs: ['input-gradient'], options: vanillaGradientOptions }, vanillaGradient),
  'input-x-gradient': method(
    'input-x-gradient',
    { needs: ['input-gradient'], options: inputXGradientOptions },
    inputXGradient,
  ),
  'guided-backpropagation': method(
    'guided-backpropagation',
    { needs: ['guided-gradient'], options: guidedBackpropagationOptions },
    guidedBackpropagation,
  ),
  'integrated-gradients': method(
    'integrated-gradients',
    { needs: ['input-gradient', 'passes'], options: integratedGradientsOptions },
    integratedGradients,
  ),
  'smooth-grad': method('smooth-grad', { needs: ['input-gradient', 'passes'], options: smoothGradOptions }, smoothGrad),
  xrai: method('xrai', { needs: ['input-gradient', 'passes'], options: xraiOptions }, xrai),
} as const satisfies Record<MethodName, MethodInfo>;
