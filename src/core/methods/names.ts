/** The names of all methods, and what each shows. */

/** Title, publication and what is shown, in a few words, of every method. core/methods/method-table.ts has the methods themselves. */
export const METHOD_NAMES = {
  'group-cam': {
    title: 'Group-CAM',
    paper: 'arXiv 2103.13859',
    shows: 'groups of channels as masks, each scored by the model',
  },
  'grad-cam': { title: 'Grad-CAM', paper: 'arXiv 1610.02391', shows: 'one gradient-weighted map, without scoring' },
  'grad-cam++': {
    title: 'Grad-CAM++',
    paper: 'arXiv 1710.11063',
    shows: 'as Grad-CAM, with the positive gradients weighted pixel by pixel',
  },
  'hires-cam': {
    title: 'HiResCAM',
    paper: 'arXiv 2011.08891',
    shows: 'activations times gradients, element by element',
  },
  'layer-cam': {
    title: 'LayerCAM',
    paper: 'Jiang et al., IEEE TIP 30, 2021',
    shows: 'activations times their positive gradients; fine on early layers',
  },
  'xgrad-cam': {
    title: 'XGrad-CAM',
    paper: 'arXiv 2008.02312',
    shows: 'Grad-CAM with gradients averaged by activation',
  },
  cam: { title: 'CAM', paper: 'arXiv 1512.04150', shows: 'the weights of a linear last layer' },
  'eigen-cam': {
    title: 'Eigen-CAM',
    paper: 'arXiv 2008.00299',
    shows: 'the first principal component of the activations; the same for every class',
  },
  'score-cam': { title: 'Score-CAM', paper: 'arXiv 1910.01279', shows: 'every channel as a mask, scored by the model' },
  'ablation-cam': {
    title: 'Ablation-CAM',
    paper: 'Desai and Ramaswamy, WACV 2020',
    shows: 'how much the score drops without each channel',
  },
  'recipro-cam': {
    title: 'Recipro-CAM',
    paper: 'arXiv 2209.14074',
    shows: 'the score of each position of the feature map on its own',
  },
  rise: { title: 'RISE', paper: 'arXiv 1806.07421', shows: 'thousands of random masks, scored by the model' },
  occlusion: {
    title: 'Occlusion',
    paper: 'arXiv 1311.2901',
    shows: 'how much a grey patch lowers the score, place by place',
  },
  gradient: { title: 'Gradient', paper: 'arXiv 1312.6034', shows: 'of the score with respect to the pixels' },
  'input-x-gradient': { title: 'Input x Gradient', paper: 'arXiv 1605.01713', shows: 'each pixel times its gradient' },
  'guided-backpropagation': {
    title: 'Guided Backpropagation',
    paper: 'arXiv 1412.6806',
    shows: 'the gradient with only positive signals passed back',
  },
  'integrated-gradients': {
    title: 'Integrated Gradients',
    paper: 'arXiv 1703.01365',
    shows: 'gradients along the path from a blank image',
  },
  'smooth-grad': { title: 'SmoothGrad', paper: 'arXiv 1706.03825', shows: 'the mean gradient of noisy copies' },
  xrai: {
    title: 'XRAI',
    paper: 'arXiv 1906.02825',
    shows: 'regions of the image in the order of their integrated gradients',
  },
} as const satisfies Record<string, { readonly title: string; readonly paper: string; readonly shows: string }>;

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
/** True if the method blends the image with its blurred copy. */
export const usesBlur = (method: MethodName): boolean => method === 'group-cam';
/** The title of a method, or the name as it is, where a model names a method that is none of these. */
export const titleOf = (name: string): string =>
  Object.hasOwn(METHOD_NAMES, name) ? METHOD_NAMES[name as MethodName].title : name;
export const METHODS = Object.keys(METHOD_NAMES) as readonly MethodName[];

/** Methods that one graph can hold, as an exported model does. */
export const EXPORTABLE: readonly MethodName[] = ['group-cam', 'grad-cam', 'hires-cam', 'layer-cam'];
