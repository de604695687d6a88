import type { ErrorCode } from '../core/error-codes';
import { ExplainError, errors } from '../core/errors';
import type { Size } from '../core/geometry';
import { DEFAULT_CHOICE } from '../core/methods/choice';
import type { MethodName } from '../core/methods/names';
import { findClass } from '../core/model/classes/labels';
import { DEFAULT_STYLE } from '../core/style';
import { recordOf } from '../engine/explanations/record';
import { filesOf } from '../engine/model/inspect';
import { type Outputs, outputsBeside } from '../files/output';
import { type OutputName, outputName } from '../files/output-names';
import type { DeviceChoice } from '../protocol/devices';
import type { Explanation } from '../protocol/explanation';
import type { ClassChoice, ImageSource, RenderKind, Service } from '../protocol/requests';
import { compareMethods } from './compare';
import { withoutExports } from './left-out';
import { checkUsed, type GivenOptions, methodChoicesOf } from './method-options';
import type { Terminal } from './terminal';
import { explanationText } from './text';
import { givenMasks, type MaskFlags } from './values';

/** In place of a method: the map that an exported model makes itself. */
export const OWN = 'own';

/** The options of `explain` under the names that the command line gives them. */
export interface ExplainOptions extends MaskFlags {
  readonly method: MethodName | typeof OWN;
  readonly seed: number;
  readonly tensor?: string;
  readonly model?: string;
  readonly layer?: readonly string[];
  readonly class?: readonly string[];
  readonly option?: readonly string[];
  readonly contrast?: readonly string[];
  readonly contrastWeight?: number;
  readonly compare?: readonly MethodName[];
  readonly top: number;
  readonly device: DeviceChoice;
  readonly output?: string;
  readonly force?: boolean;
  readonly npy?: string;
  readonly npyFrame?: 'input' | 'image';
  readonly json?: boolean;
}

type Source = Extract<ImageSource, { readonly path: string } | { readonly tensor: string }>;

interface Target {
  readonly kind: RenderKind;
  readonly name: OutputName;
}

/** Failures that concern one image. The other images are still explained. */
const OF_ONE_IMAGE: ReadonlySet<ErrorCode> = new Set([
  'image-missing',
  'image-unreadable',
  'image-too-large',
  'output-taken',
]);

/**
 * Explains every image for every class by every method, in this order, and writes each result, or the sheet of compared
 * methods, as soon as it is ready.
 */
export async function explain(
  images: readonly string[],
  options: ExplainOptions,
  service: Service,
  terminal: Terminal,
): Promise<void> {
  const named = sourcesOf(images, options.tensor);
  const sources = named.length > 1 ? await withoutExports(named, fileOf, terminal) : named;
  if (sources.length === 0) throw errors.nothingToExplain();
  const several = sources.length * (options.class?.length ?? 1) > 1;
  const chosen = chosenMethods(options);
  const { seed, layer, option: pairs } = options;
  const given = { ...givenMasks(options), pairs, layer, seed };
  if (options.method === OWN) checkOwn(given);
  if (options.contrast === undefined && options.contrastWeight !== undefined)
    throw errors.badOption('--contrast-weight', options.contrastWeight, 'given with --contrast');
  if (options.npy === undefined && options.npyFrame !== undefined)
    throw errors.badOption('--npy-frame', options.npyFrame, 'given with --npy');
  const choices = methodChoicesOf(chosen, given, terminal.say);
  const targets = targetsOf(sources.map(fileOf), options, several);
  const info = await service.inspect({ model: modelOf(options) }, { signal: terminal.signal, emit() {} });
  const labels = info.labels.value;
  const classes = classesOf(labels, options.class);
  const outputs = outputsBeside([...sources.map(fileOf), ...filesOf(info)], options.force);
  if (!several) await checkTargets(targets, fileOf(sources[0]!), classes[0]!, outputs);
  const { contrastWeight = 1 } = options;
  const contrast = (options.contrast ?? []).map((label) => ({ index: findClass(labels, { label }) }));
  if (!options.json) for (const assumption of info.assumptions) terminal.say(`assumed: ${assumption}`);

  const say = (explanation: Explanation, written: readonly string[]) => {
    if (options.json) terminal.put(recordOf(explanation));
    else terminal.say(explanationText(explanation, written));
  };
  for (const source of sources) {
    try {
      for (const target of classes) {
        const request = { ...paramsOf(source, target, options), contrast, contrastWeight };
        const requests = choices.map((choice) => ({ ...request, ...choice }));
        if (options.compare) {
          const output = (index: number) => targets[0]!.name(fileOf(source), index);
          await compareMethods(requests, (explanation) => say(explanation, []), output, outputs, service, terminal);
          continue;
        }
        const explanation = await service.explain(requests[0]!, { signal: terminal.signal, emit() {} });
        say(explanation, await writeAll(explanation, source, targets, outputs, service, terminal));
      }
    } catch (thrown) {
      if (!(thrown instanceof ExplainError && OF_ONE_IMAGE.has(thrown.code))) throw thrown;
      terminal.fail(thrown);
    }
  }
}

/** The methods to run. A comparison writes one file for each image and class, the sheet. */
function chosenMethods({ compare, method, output, npy }: ExplainOptions): readonly MethodName[] {
  // The model says which method it has.
  if (!compare) return [method === OWN ? DEFAULT_CHOICE.method : method];
  if (output === undefined) throw errors.badOption('--compare', compare.join(), 'with --output, where the sheet goes');
  if (npy !== undefined) throw errors.badOption('--npy', npy, 'left out with --compare, which writes one sheet');
  return compare;
}

/** A map that the model makes itself is made as it was exported. @throws bad-option */
function checkOwn(given: GivenOptions): void {
  checkUsed([OWN], given);
  const [pair] = given.pairs ?? [];
  if (pair !== undefined) throw errors.badOption('--option', pair, `left out: ${OWN} has no options`);
}

function sourcesOf(images: readonly string[], tensor: string | undefined): readonly Source[] {
  if (tensor !== undefined) {
    if (images.length > 0)
      throw errors.badOption('--tensor', tensor, `given in place of images, not with ${images[0]}`);
    return [{ tensor }];
  }
  if (images.length === 0) throw errors.nothingToExplain();
  return images.map((path) => ({ path }));
}

/** The classes to explain, without duplicates. All names are resolved before the first image is read. */
function classesOf(labels: readonly string[], names?: readonly string[]): readonly ClassChoice[] {
  if (names === undefined) return ['top'];
  return [...new Set(names.map((label) => findClass(labels, { label })))].map((index) => ({ index }));
}

const fileOf = (source: Source): string => ('tensor' in source ? source.tensor : source.path);

function targetsOf(
  images: readonly string[],
  { output, npy, npyFrame }: ExplainOptions,
  several: boolean,
): readonly Target[] {
  const targets: Target[] = [];
  if (output !== undefined) {
    targets.push({ kind: 'overlay', name: outputName('--output', output, '.png', images, several) });
  }
  const kind = npyFrame === 'image' ? 'npy-image' : 'npy';
  if (npy !== undefined) targets.push({ kind, name: outputName('--npy', npy, '.npy', images, several) });
  return targets;
}

/** Checks the output files before anything is computed, as far as their names are known by then. */
async function checkTargets(
  targets: readonly Target[],
  image: string,
  target: ClassChoice,
  outputs: Outputs,
): Promise<void> {
  const classes = typeof target === 'object' && 'index' in target ? [target.index] : [0, 1];
  for (const { kind, name } of targets) {
    const [file, ...others] = new Set(classes.map((index) => name(image, index)));
    if (others.length === 0) await outputs.check(file!, kind === 'overlay');
  }
}

const modelOf = ({ model, layer }: ExplainOptions) => ({
  ...(model !== undefined && { path: model }),
  ...(layer !== undefined && { layer: layer.length > 1 ? layer : layer[0]! }),
});

function paramsOf(image: Source, target: ClassChoice, options: ExplainOptions) {
  const { device, top, method } = options;
  const own = method === OWN && { own: true as const };
  return { ...own, view: 'cli', image, model: modelOf(options), target, device, top };
}

async function writeAll(
  explanation: Explanation,
  image: Source,
  targets: readonly Target[],
  outputs: Outputs,
  service: Service,
  { signal }: Terminal,
): Promise<readonly string[]> {
  const written: string[] = [];
  for (const { kind, name } of targets) {
    const output = name(fileOf(image), explanation.class);
    const drawing = { kind, explanation, image, style: DEFAULT_STYLE };
    const { bytes } = await service.render(drawing, { signal, emit() {} });
    await outputs.write(output, bytes!);
    written.push(`${output}${frameText(kind, explanation)}`);
  }
  return written;
}

/** In whose pixels a map was written. */
function frameText(kind: RenderKind, { frame: { inputSize, imageTransform } }: Explanation): string {
  const sizeText = ({ width, height }: Size) => `${width} x ${height}`;
  if (kind === 'npy') return ` (${sizeText(inputSize)}, in the frame of the network's input)`;
  return kind === 'npy-image' ? ` (${sizeText(imageTransform.image)}, in the frame of the image)` : '';
}
