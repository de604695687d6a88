/** About how long methods take, in forward passes of the network, for a choice between them. */
import type { OptionValues } from '../options';
import type { MethodName } from './names';

/** Methods that run the network once, or once forward and once backward to the layer. */
const ONE = 3;
/** A gradient with respect to the pixels, in forward passes: 8 to 9 as measured in docs/bench.md, XRAI with its regions 12. */
const [TO_PIXELS, TO_REGIONS] = [8.5, 12];

type Cost = (options: OptionValues, channels: number) => number;

const one: Cost = () => ONE;
const gradient: Cost = () => TO_PIXELS;
const number = (options: OptionValues, name: string) => Number(options[name]);

/** Absent: methods that run only the part of the network downstream of the layer, whose share is not known. */
const COSTS: Readonly<Partial<Record<MethodName, Cost>>> = {
  'group-cam': (options) => number(options, 'groups') + ONE,
  'grad-cam': one,
  'grad-cam++': one,
  'hires-cam': one,
  'layer-cam': one,
  'xgrad-cam': one,
  cam: one,
  'eigen-cam': one,
  'score-cam': (options, channels) => Math.min(number(options, 'channels'), channels) + ONE,
  rise: (options) => number(options, 'masks'),
  occlusion: (options) => ((100 - number(options, 'patch')) / number(options, 'stride') + 2) ** 2,
  gradient,
  'input-x-gradient': gradient,
  'guided-backpropagation': gradient,
  'integrated-gradients': (options) => number(options, 'steps') * TO_PIXELS,
  'smooth-grad': (options) => number(options, 'samples') * TO_PIXELS,
  xrai: (options) => 2 * number(options, 'steps') * TO_REGIONS,
};

/**
 * @param options all of the method's options
 * @param channels of the target layer
 * @returns forward passes; undefined where they can't be told beforehand
 */
export function costOf(method: MethodName, options: OptionValues, channels: number): number | undefined {
  return COSTS[method]?.(options, channels);
}

/** `about 3 s`, of a few seconds and more in round numbers. */
export function aboutSeconds(seconds: number): string {
  if (seconds < 1) return 'under a second';
  if (seconds < 90) return `about ${seconds < 10 ? Math.round(seconds) : Math.round(seconds / 5) * 5} s`;
  return `about ${Math.round(seconds / 60)} min`;
}
