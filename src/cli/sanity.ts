/** Sanity checks on the command line. */

import { METHOD_NAMES, type MethodName } from '../core/methods/names';
import { findClass } from '../core/model/classes/labels';
import type { Randomisation, SanityOfMethod, SanityResult, SanityStep } from '../core/sanity/types';
import { DEFAULT_STYLE } from '../core/style';
import { filesOf } from '../engine/model/inspect';
import { renderOverlay } from '../engine/pictures/render';
import { type Cell, contactSheet } from '../engine/pictures/sheet';
import { outputsBeside } from '../files/output';
import type { DeviceChoice } from '../protocol/devices';
import type { Service } from '../protocol/requests';
import { methodChoicesOf } from './method-options';
import type { Terminal } from './terminal';
import { table } from './text';

/** The options of `sanity` under the names that the command line gives them. */
export interface SanityOptions {
  readonly model?: string;
  readonly layer?: string;
  readonly class?: string;
  readonly methods: readonly MethodName[];
  readonly option?: readonly string[];
  readonly randomise: readonly Randomisation[];
  readonly steps: number;
  readonly seeds: number;
  readonly seed: number;
  readonly device: DeviceChoice;
  readonly output?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

export async function sanity(
  file: string,
  options: SanityOptions,
  service: Service,
  terminal: Terminal,
): Promise<void> {
  const { device, methods, steps, output, layer, seed } = options;
  const choices = methodChoicesOf(methods, { pairs: options.option, layer, seed }, terminal.say);
  const model = {
    ...(options.model !== undefined && { path: options.model }),
    ...(options.layer !== undefined && { layer: options.layer }),
  };
  const image = { path: file };
  const { signal } = terminal;
  const info = await service.inspect({ model }, { signal, emit() {} });
  const { labels } = info;
  const outputs = outputsBeside([file, ...filesOf(info)], options.force);
  if (output !== undefined) await outputs.check(output, true);
  const target = options.class === undefined ? 'top' : { index: findClass(labels.value, { label: options.class }) };
  const params = {
    view: 'cli',
    image,
    model,
    target,
    device,
    methods: choices,
    randomisations: options.randomise,
    steps,
    seeds: Array.from({ length: options.seeds }, (_, i) => options.seed + i),
  } as const;
  const result = await service.sanity(params, {
    signal,
    emit: (_event, data) => {
      if (!('map' in data)) return;
      const { method, randomisation, depth, seed } = data.map;
      terminal.say(`  ${data.done} of ${data.total}: ${method}, ${randomisation}, depth ${depth}, seed ${seed}`);
    },
  });
  if (options.json) terminal.put(recordOf(result));
  else terminal.say(textOf(result));
  if (output === undefined) return;
  const strips = await Promise.all(result.methods.flatMap((method) => stripsOf(method, options.seed, image)));
  const columns = Math.max(...strips.map((strip) => strip.length));
  const filled = strips.flatMap((strip) => [...strip, ...Array(columns - strip.length).fill(NOTHING)]);
  await outputs.write(output, await contactSheet(filled, columns));
  terminal.say(`  written: ${output}`);
}

/** The result without the maps. */
function recordOf({ methods, ...rest }: SanityResult) {
  return {
    ...rest,
    methods: methods.map(({ method, steps, verdict, maps }) => ({
      method,
      verdict,
      steps,
      maps: maps.map(({ frame, ...facts }) => facts),
    })),
  };
}

function textOf({ image, class: explained, model, layers, methods }: SanityResult): string[] {
  return [
    `${image}: ${explained.label} (class ${explained.class}), ${model}, ${layers} layers with weights`,
    ...methods.flatMap(({ steps, verdict }) => [
      verdict,
      ...table([['randomised', 'depth', 'layer', 'rank correlation', 'SSIM', 'maps', 'blank'], ...steps.map(rowOf)]),
    ]),
  ];
}

const rowOf = ({ randomisation, depth, layer, mean, compared, blank }: SanityStep) => [
  randomisation,
  String(depth),
  layer,
  mean ? mean.spearman.toFixed(3) : '-',
  mean ? mean.ssim.toFixed(3) : '-',
  String(compared),
  String(blank),
];

const NOTHING: Cell = { title: '', content: { note: '' } };

/** One strip for each way to randomise: the original map, then the maps of the first seed in the order of depth. */
function stripsOf(
  { method, original, maps }: SanityOfMethod,
  seed: number,
  image: { path: string },
): Promise<Cell[]>[] {
  const overlay = (frame: SanityOfMethod['original']) =>
    renderOverlay({ explanation: { frame }, image, style: DEFAULT_STYLE });
  return [...new Set(maps.map(({ randomisation }) => randomisation))].map(async (randomisation) => {
    const cells: Cell[] = [{ title: METHOD_NAMES[method].title, content: await overlay(original) }];
    for (const map of maps.filter((one) => one.seed === seed && one.randomisation === randomisation)) {
      const { depth, frame, similarity } = map;
      const title = `${randomisation} ${depth}: ${similarity ? similarity.spearman.toFixed(2) : 'blank'}`;
      cells.push({ title, content: frame ? await overlay(frame) : { note: map.blank! } });
    }
    return cells;
  });
}
