/**
 * The options of each method: their names, defaults, bounds and words. The command line, the settings and the editor's
 * pickers are made from this table, without loading the code of the methods.
 */
import { VARIANTS } from '../cam/variants';
import {
  type ChoiceOption,
  choice,
  integer,
  type OptionsOf,
  type OptionTable,
  type OptionValues,
  real,
  seedOption,
} from '../options';
import type { MethodName } from './names';
import { PRECISIONS } from './precision';

/** For methods without options. */
const NONE = {};

const POOLINGS = ['sum', 'magnitude', 'largest'] as const;
export type ChannelPooling = (typeof POOLINGS)[number];

function pooling(value: ChannelPooling): ChoiceOption<ChannelPooling> {
  return choice('How the colours of a pixel become one value', value, POOLINGS, {
    texts: {
      sum: 'Their sum, with its sign',
      magnitude: 'The sum of their magnitudes',
      largest: 'The largest magnitude',
    },
  });
}

export const METHOD_OPTIONS = {
  'group-cam': {
    variant: choice('Variant', 'paper', VARIANTS, {
      text: 'The variant of Group-CAM.',
      texts: {
        paper: 'As the paper describes it: masks de-noised at a percentile and normalised, scores of either sign',
        official:
          "As the authors' published code: no percentile, no negative scores, masks summed before normalisation",
        'gradient-free':
          'Groups of plain activations; only the scores depend on the class. Also for operators that have no gradient rule',
      },
    }),
    groups: integer('Groups of channels', 32, 1, 1024, {
      symbol: 'G',
      text: 'G, the number of channel groups, which is the number of masks to score. More groups take longer and may show more detail.',
    }),
    grouping: choice('How channels are grouped', 'consecutive', ['consecutive', 'k-means'], {
      texts: { consecutive: 'In the order they have', 'k-means': "By likeness, as in the authors' code" },
    }),
    theta: real('Percentile below which a mask is emptied', 70, 0, 100, {
      symbol: 'θ',
      text: 'θ, a percentile: values of a mask up to this percentile are set to zero.',
      only: { variant: 'paper' },
    }),
    evidence: choice('Evidence that is shown', 'auto', ['auto', 'positive', 'signed'], {
      texts: {
        auto: 'For the class; where there is none, what speaks against it',
        positive: 'For the class alone',
        signed: 'For the class and against it',
      },
    }),
    seed: { ...seedOption, only: { grouping: 'k-means' } },
    precision: choice('Precision of the passes that score masks', 'float32', PRECISIONS, {
      text: "The precision of the passes that score masks. Everything else is always computed in the model's own.",
      texts: {
        float32: "The model's own",
        int8: 'Integers of 8 bits: faster on processors with instructions for them; maps are nearly the same',
        float16: 'Half floats, on graphics cards only, where they rank the masks alike',
        auto: 'Integers of 8 bits on a processor, or half floats on a graphics card, where the first image shows that they are faster and rank the masks alike',
      },
    }),
  },
  'grad-cam': NONE,
  'grad-cam++': NONE,
  'hires-cam': NONE,
  'layer-cam': NONE,
  'xgrad-cam': NONE,
  cam: NONE,
  'eigen-cam': NONE,
  'score-cam': { channels: integer('Channels scored at most, those that vary most', 65_536, 1, 65_536) },
  'ablation-cam': NONE,
  'recipro-cam': { mask: choice('What is kept around a position', 'gaussian', ['gaussian', 'point']) },
  rise: {
    masks: integer('Random masks', 4000, 1, 100_000),
    cells: integer('Cells of the grid along each side', 7, 1, 64),
    probability: real('Probability that a cell is shown', 0.5, 0.01, 0.99),
    seed: seedOption,
  },
  occlusion: {
    patch: real('Side of the patch, in percent of the shorter side of the input', 15, 0.1, 100),
    stride: real('Step between patches, in percent of the shorter side of the input', 5, 0.1, 100),
  },
  gradient: { channels: pooling('largest') },
  'input-x-gradient': { channels: pooling('sum') },
  'guided-backpropagation': { channels: pooling('magnitude') },
  'integrated-gradients': { steps: integer('Steps of the path', 100, 1, 10_000), channels: pooling('sum') },
  'smooth-grad': {
    samples: integer('Noisy copies', 50, 1, 10_000),
    noise: real('Sigma of the noise, in percent of the range of the input', 15, 0, 100),
    channels: pooling('magnitude'),
    seed: seedOption,
  },
  xrai: {
    steps: integer('Steps of each of the two paths', 50, 1, 10_000),
    order: choice('How regions are ordered', 'full', ['full', 'fast']),
  },
} as const satisfies Record<MethodName, OptionTable>;

/** The values that a method's options take. */
export type OptionsOfMethod<Name extends MethodName> = OptionsOf<(typeof METHOD_OPTIONS)[Name]>;

/** Options by the method that they belong to. */
export type OptionsByMethod = { readonly [Name in MethodName]?: OptionValues };
