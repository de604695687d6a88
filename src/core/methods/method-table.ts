/** Every method: what it needs of a model, and its options. */

import { type OptionTable, resolveOptions } from '../options';
import type { Target } from '../target/target';
import { ablationCam } from './ablation-cam';
import { cam } from './cam';
import { eigenCam } from './eigen-cam';
import { withoutRounding } from './faint';
import { gradCam } from './grad-cam';
import { gradCamPlusPlus } from './grad-cam-plus-plus';
import { groupCam } from './group-cam';
import { guidedBackpropagation } from './guided-backpropagation';
import { hiResCam } from './hires-cam';
import { inputXGradient } from './input-x-gradient';
import { integratedGradients } from './integrated-gradients';
import { layerCam } from './layer-cam';
import { METHOD_OPTIONS, type OptionsOfMethod } from './method-options';
import { METHOD_NAMES, type MethodName } from './names';
import type { Method, MethodNetwork, MethodRun } from './network';
import { occlusion } from './occlusion';
import { reciproCam } from './recipro-cam';
import { rise } from './rise';
import { scoreCam } from './score-cam';
import { smoothGrad } from './smooth-grad';
import { vanillaGradient } from './vanilla-gradient';
import { xGradCam } from './xgrad-cam';
import { xrai } from './xrai';

/**
 * What a method needs of a model.
 *
 * - `layer`: a layer with a map
 * - `linear-head`: global average pooling and one linear layer downstream of it
 * - `feature-gradient`: gradient rules for the operators between the layer and the scores
 * - `input-gradient`, `guided-gradient`: rules for those between the input and the scores
 * - `features`: scores of the network with other features instead of the layer's
 * - `passes`: many passes
 * - `int8`: scores in 8 bits, where they are possible
 */
export type Need =
  | 'layer'
  | 'linear-head'
  | 'feature-gradient'
  | 'input-gradient'
  | 'guided-gradient'
  | 'features'
  | 'passes'
  | 'int8';

interface Description<Options> {
  readonly needs: readonly Need[];
  /** What it does without where its options are these. */
  readonly spared?: (options: Options) => readonly Need[];
  /** False if the map is the same for every class. */
  readonly ofClass?: false;
}

export interface MethodInfo {
  readonly title: string;
  readonly paper: string;
  readonly needs: readonly Need[];
  readonly ofClass?: false;
  readonly options: OptionTable;
  /**
   * What it needs with these options; like `run` it takes those not given by their defaults.
   *
   * @throws bad-option
   */
  needsWith(given: Given): readonly Need[];
  /** @throws bad-option, method-unsuitable, and what the network throws */
  run(network: MethodNetwork, target: Target, given?: Given): MethodRun;
}

type Given = Readonly<Record<string, unknown>>;

function method<Name extends MethodName>(
  name: Name,
  { spared = () => [], ...description }: Description<OptionsOfMethod<Name>>,
  run: Method<OptionsOfMethod<Name>>,
): MethodInfo {
  const options: (typeof METHOD_OPTIONS)[Name] = METHOD_OPTIONS[name];
  const resolve = (given: Given): OptionsOfMethod<Name> => resolveOptions(options, given);
  return {
    ...METHOD_NAMES[name],
    ...description,
    options,
    needsWith: (given) => {
      const without = spared(resolve(given));
      return description.needs.filter((need) => !without.includes(need));
    },
    run: (network, target, given = {}) => {
      const chosen = resolve(given);
      return withoutRounding((watched) => run(network, watched, chosen), target);
    },
  };
}

const BY_GRADIENT: readonly Need[] = ['layer', 'feature-gradient'];

const GROUP_CAM: Description<OptionsOfMethod<'group-cam'>> = {
  needs: [...BY_GRADIENT, 'passes', 'int8'],
  spared: ({ variant, precision }) => [
    ...(variant === 'gradient-free' ? (['feature-gradient'] as const) : []),
    ...(precision === 'int8' || precision === 'auto' ? [] : (['int8'] as const)),
  ],
};

export const methods = {
  'group-cam': method('group-cam', GROUP_CAM, groupCam),
  'grad-cam': method('grad-cam', { needs: BY_GRADIENT }, gradCam),
  'grad-cam++': method('grad-cam++', { needs: BY_GRADIENT }, gradCamPlusPlus),
  'hires-cam': method('hires-cam', { needs: BY_GRADIENT }, hiResCam),
  'layer-cam': method('layer-cam', { needs: BY_GRADIENT }, layerCam),
  'xgrad-cam': method('xgrad-cam', { needs: BY_GRADIENT }, xGradCam),
  cam: method('cam', { needs: ['layer', 'linear-head'] }, cam),
  'eigen-cam': method('eigen-cam', { needs: ['layer'], ofClass: false }, eigenCam),
  'score-cam': method('score-cam', { needs: ['layer', 'passes'] }, scoreCam),
  'ablation-cam': method('ablation-cam', { needs: ['layer', 'features', 'passes'] }, ablationCam),
  'recipro-cam': method('recipro-cam', { needs: ['layer', 'features', 'passes'] }, reciproCam),
  rise: method('rise', { needs: ['passes'] }, rise),
  occlusion: method('occlusion', { needs: ['passes'] }, occlusion),
  gradient: method('gradient', { needs: ['input-gradient'] }, vanillaGradient),
  'input-x-gradient': method('input-x-gradient', { needs: ['input-gradient'] }, inputXGradient),
  'guided-backpropagation': method('guided-backpropagation', { needs: ['guided-gradient'] }, guidedBackpropagation),
  'integrated-gradients': method('integrated-gradients', { needs: ['input-gradient', 'passes'] }, integratedGradients),
  'smooth-grad': method('smooth-grad', { needs: ['input-gradient', 'passes'] }, smoothGrad),
  xrai: method('xrai', { needs: ['input-gradient', 'passes'] }, xrai),
} as const satisfies Record<MethodName, MethodInfo>;
