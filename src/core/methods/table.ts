/** Every method: what it is called, what it needs of a model, and its options. */
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
import type { Method, MethodNetwork, MethodRun, Target } from './network';
import { occlusion, occlusionOptions } from './occlusion';
import { type OptionsOf, type OptionTable, resolveOptions } from './options';
import { reciproCam, reciproCamOptions } from './recipro-cam';
import { rise, riseOptions } from './rise';
import { scoreCam } from './score-cam';
import { smoothGrad, smoothGradOptions } from './smooth-grad';
import { vanillaGradient, vanillaGradientOptions } from './vanilla-gradient';
import { xGradCam } from './xgrad-cam';
import { xrai, xraiOptions } from './xrai';

/** `layer`: a layer with a map; `passes`: many passes of the network or of what is behind the layer. */
export type Need = 'layer' | 'head' | 'feature-gradient' | 'input-gradient' | 'guided' | 'passes';

interface Description<Table extends OptionTable> {
  readonly title: string;
  readonly paper: string;
  readonly needs: readonly Need[];
  /** False if the map is the same for every class. */
  readonly ofClass?: false;
  readonly options: Table;
}

export interface MethodInfo extends Description<OptionTable> {
  /**
   * @param given options by name; the others have their defaults
   * @throws bad-option, method-unsuitable, and what the network throws
   */
  run(network: MethodNetwork, target: Target, given?: Readonly<Record<string, unknown>>): MethodRun;
}

function method<const Table extends OptionTable>(
  description: Description<Table>,
  run: Method<OptionsOf<Table>>,
): MethodInfo {
  return {
    ...description,
    run: (network, target, given = {}) => run(network, target, resolveOptions(description.options, given)),
  };
}

const BY_GRADIENT: readonly Need[] = ['layer', 'feature-gradient'];
const NO_OPTIONS = {};

export const methods = {
  'group-cam': method(
    { title: 'Group-CAM', paper: 'arXiv 2103.13859', needs: [...BY_GRADIENT, 'passes'], options: groupCamOptions },
    groupCam,
  ),
  'grad-cam': method(
    { title: 'Grad-CAM', paper: 'arXiv 1610.02391', needs: BY_GRADIENT, options: NO_OPTIONS },
    gradCam,
  ),
  'grad-cam++': method(
    { title: 'Grad-CAM++', paper: 'arXiv 1710.11063', needs: BY_GRADIENT, options: NO_OPTIONS },
    gradCamPlusPlus,
  ),
  'hires-cam': method(
    { title: 'HiResCAM', paper: 'arXiv 2011.08891', needs: BY_GRADIENT, options: NO_OPTIONS },
    hiResCam,
  ),
  'layer-cam': method(
    { title: 'LayerCAM', paper: 'Jiang et al., IEEE TIP 30, 2021', needs: BY_GRADIENT, options: NO_OPTIONS },
    layerCam,
  ),
  'xgrad-cam': method(
    { title: 'XGrad-CAM', paper: 'arXiv 2008.02312', needs: BY_GRADIENT, options: NO_OPTIONS },
    xGradCam,
  ),
  cam: method({ title: 'CAM', paper: 'arXiv 1512.04150', needs: ['layer', 'head'], options: NO_OPTIONS }, cam),
  'eigen-cam': method(
    { title: 'Eigen-CAM', paper: 'arXiv 2008.00299', needs: ['layer'], ofClass: false, options: NO_OPTIONS },
    eigenCam,
  ),
  'score-cam': method(
    { title: 'Score-CAM', paper: 'arXiv 1910.01279', needs: ['layer', 'passes'], options: NO_OPTIONS },
    scoreCam,
  ),
  'ablation-cam': method(
    { title: 'Ablation-CAM', paper: 'Desai and Ramaswamy, WACV 2020', needs: ['layer', 'passes'], options: NO_OPTIONS },
    ablationCam,
  ),
  'recipro-cam': method(
    { title: 'Recipro-CAM', paper: 'arXiv 2209.14074', needs: ['layer', 'passes'], options: reciproCamOptions },
    reciproCam,
  ),
  rise: method({ title: 'RISE', paper: 'arXiv 1806.07421', needs: ['passes'], options: riseOptions }, rise),
  occlusion: method(
    { title: 'Occlusion', paper: 'arXiv 1311.2901', needs: ['passes'], options: occlusionOptions },
    occlusion,
  ),
  gradient: method(
    { title: 'Gradient', paper: 'arXiv 1312.6034', needs: ['input-gradient'], options: vanillaGradientOptions },
    vanillaGradient,
  ),
  'input-x-gradient': method(
    { title: 'Input x Gradient', paper: 'arXiv 1605.01713', needs: ['input-gradient'], options: inputXGradientOptions },
    inputXGradient,
  ),
  'guided-backpropagation': method(
    {
      title: 'Guided Backpropagation',
      paper: 'arXiv 1412.6806',
      needs: ['input-gradient', 'guided'],
      options: guidedBackpropagationOptions,
    },
    guidedBackpropagation,
  ),
  'integrated-gradients': method(
    {
      title: 'Integrated Gradients',
      paper: 'arXiv 1703.01365',
      needs: ['input-gradient', 'passes'],
      options: integratedGradientsOptions,
    },
    integratedGradients,
  ),
  'smooth-grad': method(
    {
      title: 'SmoothGrad',
      paper: 'arXiv 1706.03825',
      needs: ['input-gradient', 'passes'],
      options: smoothGradOptions,
    },
    smoothGrad,
  ),
  xrai: method(
    { title: 'XRAI', paper: 'arXiv 1906.02825', needs: ['input-gradient', 'passes'], options: xraiOptions },
    xrai,
  ),
} as const satisfies Record<string, MethodInfo>;

export type MethodName = keyof typeof methods;
