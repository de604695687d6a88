// The paper's experiments (arXiv 2103.13859, section 4) as commands of group-cam.
import path from 'node:path';
import { root } from '../host/run.mjs';

const shared = path.join(root, '..', 'shared');
const IMAGENET = path.join(shared, 'images', 'imagenet');
const COCO = path.join(shared, 'images', 'coco128', 'annotations.json');
/** The image of the running times and of the sanity check: the one of the authors' repository. */
const EXAMPLE = path.join(IMAGENET, 'ILSVRC2012_val_00000073.JPEG');

/** Every measurement is on the CPU, so that it can be repeated anywhere. */
const DEVICE = ['--device', 'cpu'];
/** 4 % of the pixels a time. */
const STEP = ['--metric-option', 'step=4'];
const CURVES = ['--metrics', 'insertion,deletion', ...STEP];
const MASKS = ['--option', 'masks=1000'];
/** Group-CAM's equation 7 as written: a map without positive evidence is blank. */
const POSITIVE = ['--option', 'evidence=positive'];
const ALL =
  'group-cam,grad-cam,grad-cam++,hires-cam,layer-cam,xgrad-cam,cam,eigen-cam,score-cam,ablation-cam,recipro-cam,rise,' +
  'occlusion,gradient,input-x-gradient,guided-backpropagation,integrated-gradients,smooth-grad,xrai';

export const MODELS = [
  { name: 'mobilenet_v2', title: 'MobileNet v2' },
  { name: 'squeezenet1_1', title: 'SqueezeNet 1.1' },
].map((model) => ({ ...model, file: path.join(shared, 'models', `${model.name}.onnx`) }));

/**
 * Experiments by the name of the folder or file that a model's results are written to. A stopped report is continued.
 * Results that are printed as JSON are kept and not computed again.
 *
 * @type {Readonly<Record<string, { args: readonly string[], kind: 'report' | 'json' }>>}
 */
export const EXPERIMENTS = {
  table1: {
    kind: 'report',
    args: [
      ...['evaluate', IMAGENET, '--methods', 'group-cam,grad-cam,grad-cam++'],
      ...['--metrics', 'insertion,deletion,average-drop', ...STEP, ...POSITIVE, ...DEVICE],
    ],
  },
  'table1-all': {
    kind: 'report',
    args: ['evaluate', IMAGENET, '--methods', ALL, ...MASKS, ...POSITIVE, ...CURVES, ...DEVICE, '--limit', '12'],
  },
  ablation: {
    kind: 'report',
    args: [
      ...['ablate', IMAGENET, '--sweep', 'theta=0,50,70,90', '--sweep', 'groups=1,8,32,64'],
      ...[...CURVES, ...POSITIVE, ...DEVICE, '--limit', '40'],
    ],
  },
  'table3.json': { kind: 'json', args: ['time', EXAMPLE, ...MASKS, ...DEVICE, '--repeat', '3', '--json'] },
  table4: {
    kind: 'report',
    args: [
      ...['evaluate', COCO, '--mapping', path.join(root, 'media', 'imagenet-to-coco.json'), '--methods'],
      'group-cam,grad-cam,grad-cam++,layer-cam,eigen-cam,guided-backpropagation',
      ...['--metrics', 'pointing,energy', ...POSITIVE, ...DEVICE],
    ],
  },
  'sanity.json': {
    kind: 'json',
    args: ['sanity', EXAMPLE, '--randomise', 'cascading', '--steps', '5', ...POSITIVE, ...DEVICE, '--json'],
  },
};
