/** The names of all methods. */

/** Title and publication of every method. core/methods/method-table.ts has the methods themselves. */
export const METHOD_NAMES = {
  'group-cam': { title: 'Group-CAM', paper: 'arXiv 2103.13859' },
  'grad-cam': { title: 'Grad-CAM', paper: 'arXiv 1610.02391' },
  'grad-cam++': { title: 'Grad-CAM++', paper: 'arXiv 1710.11063' },
  'hires-cam': { title: 'HiResCAM', paper: 'arXiv 2011.08891' },
  'layer-cam': { title: 'LayerCAM', paper: 'Jiang et al., IEEE TIP 30, 2021' },
  'xgrad-cam': { title: 'XGrad-CAM', paper: 'arXiv 2008.02312' },
  cam: { title: 'CAM', paper: 'arXiv 1512.04150' },
  'eigen-cam': { title: 'Eigen-CAM', paper: 'arXiv 2008.00299' },
  'score-cam': { title: 'Score-CAM', paper: 'arXiv 1910.01279' },
  'ablation-cam': { title: 'Ablation-CAM', paper: 'Desai and Ramaswamy, WACV 2020' },
  'recipro-cam': { title: 'Recipro-CAM', paper: 'arXiv 2209.14074' },
  rise: { title: 'RISE', paper: 'arXiv 1806.07421' },
  occlusion: { title: 'Occlusion', paper: 'arXiv 1311.2901' },
  gradient: { title: 'Gradient', paper: 'arXiv 1312.6034' },
  'input-x-gradient': { title: 'Input x Gradient', paper: 'arXiv 1605.01713' },
  'guided-backpropagation': { title: 'Guided Backpropagation', paper: 'arXiv 1412.6806' },
  'integrated-gradients': { title: 'Integrated Gradients', paper: 'arXiv 1703.01365' },
  'smooth-grad': { title: 'SmoothGrad', paper: 'arXiv 1706.03825' },
  xrai: { title: 'XRAI', paper: 'arXiv 1906.02825' },
} as const satisfies Record<string, { readonly title: string; readonly paper: string }>;

export type MethodName = keyof typeof METHOD_NAMES;
/** Methods that use no layer of the model, so that none is named beside their maps. */
const WITHOUT_LAYER: readonly MethodName[] = [
  'rise',
  'occlusion',
  'gradient',
  'input-x-gradient',
  'guided-backpropagation',
  'integrated-gradients',
  'smooth-grad',
  'xrai',
];
export const usesLayer = (method: MethodName): boolean => !WITHOUT_LAYER.includes(method);
export const METHODS = Object.keys(METHOD_NAMES) as readonly MethodName[];
