/** The request `transplant`: whether a region of some images makes others their class. */
import { ExplainError, errors, toExplainError } from '../../core/errors';
import type { ModelInfo } from '../../core/model/info';
import { CLASSES, probabilitiesOf } from '../../core/target/class-scores';
import type { Outputs } from '../../core/target/target';
import type { Replaced, Replacement, TransplantAnswer } from '../../protocol/clusters/transplant';
import type { Params, RequestContext } from '../../protocol/requests';
import type { PreparedInput } from '../pictures/prepare';
import { floats } from '../runtime/runtime';
import { blurImage } from '../sessions/blur';
import type { Explainer, Part } from '../sessions/explainer';
import type { Work } from '../sessions/passes';
import { using } from '../sessions/sessions';
import { createRunner, type Runner } from '../sweep/run';
import { createInputs, type Inputs } from './inputs';
import { pixelsOf, withPixels } from './pixels';

/**
 * @param load returns the explainer with these parts
 * @param pause resolves once no urgent work is waiting; called between two batches
 * @throws cancelled between two batches; unknown-class; bad-option for cells that are not as long as they say; every
 *   failure of the model and of what all images need
 */
export async function transplant(
  load: (parts: readonly Part[]) => Promise<Explainer>,
  params: Params<'transplant'>,
  context: RequestContext<'transplant'>,
  pause: () => Promise<void>,
): Promise<TransplantAnswer> {
  if (context.signal.aborted) throw errors.cancelled();
  for (const { cells } of params.replacements) {
    if (!(cells.height >= 1 && cells.width >= 1 && cells.chosen.length === cells.height * cells.width))
      throw errors.badOption('cells', cells.chosen.length, `${cells.height} x ${cells.width} of them`);
  }
  const explainer = await load(['sweep']);
  const { labels } = explainer.info;
  if (labels.value[params.class] === undefined)
    throw errors.badOption('class', params.class, `below ${labels.value.length}`);
  return using(explainer, async () => {
    const work: Work = { signal: context.signal, passes: 0, pause };
    const lab: Lab = { explainer, params, work, runner: createRunner(explainer), inputs: createInputs(explainer.info) };
    const failed = new Map<string, string>();
    const before = new Map<string, Reading>();
    const replaced: Replaced[] = [];
    for (const replacement of params.replacements) {
      replaced.push(await replace(lab, replacement, before, failed));
      context.emit('progress', { share: replaced.length / params.replacements.length });
    }
    return { replaced, failed: Array.from(failed, ([path, message]) => ({ path, message })) };
  });
}

interface Lab {
  readonly explainer: Explainer;
  readonly params: Params<'transplant'>;
  readonly work: Work;
  readonly runner: Runner;
  readonly inputs: Inputs;
}

/** What the network says about the class on one image. */
interface Reading {
  readonly isClass: boolean;
  readonly p: number;
  readonly margin: number;
}

async function replace(
  lab: Lab,
  { cells, images, sources }: Replacement,
  known: Map<string, Reading>,
  failed: Map<string, string>,
): Promise<Replaced> {
  const { info } = lab.explainer;
  const pixels = pixelsOf(cells, sizeOf(info));
  const pairs = images.map((image, i) => ({ image, source: sources?.[i % sources.length] }));
  const [earlier, later]: [Reading[], Reading[]] = [[], []];
  for (let from = 0; from < pairs.length; from += lab.runner.size()) {
    const batch: { readonly image: string; readonly input: PreparedInput; readonly changed: PreparedInput }[] = [];
    for (const { image, source } of pairs.slice(from, from + lab.runner.size())) {
      const input = await readable(lab, image, failed);
      const other = source === undefined ? input && (await blurred(lab, input)) : await readable(lab, source, failed);
      if (!input || !other) continue;
      batch.push({ image, input, changed: { ...input, tensor: withPixels(input.tensor, other.tensor, pixels, info) } });
    }
    const unknown = batch.filter(({ image }) => !known.has(image));
    const first = await readings(
      lab,
      unknown.map(({ input }) => input),
    );
    unknown.forEach(({ image }, i) => {
      const reading = first[i]!;
      if (reading instanceof ExplainError) failed.set(image, reading.message);
      else known.set(image, reading);
    });
    const seen = batch.filter(({ image }) => known.has(image));
    const after = await readings(
      lab,
      seen.map(({ changed }) => changed),
    );
    seen.forEach(({ image }, i) => {
      const reading = after[i]!;
      if (reading instanceof ExplainError) failed.set(image, reading.message);
      else {
        earlier.push(known.get(image)!);
        later.push(reading);
      }
    });
  }
  const count = (all: readonly Reading[]) => all.filter(({ isClass }) => isClass).length;
  return {
    images: later.length,
    before: count(earlier),
    after: count(later),
    p: [mean(earlier.map(({ p }) => p)), mean(later.map(({ p }) => p))],
    margin: [mean(earlier.map(({ margin }) => margin)), mean(later.map(({ margin }) => margin))],
  };
}

/** The input of an image; undefined if it can't be read, which is noted. */
async function readable(
  { inputs }: Lab,
  path: string,
  failed: Map<string, string>,
): Promise<PreparedInput | undefined> {
  if (failed.has(path)) return undefined;
  try {
    return await inputs.of(path);
  } catch (thrown) {
    const error = toExplainError(thrown);
    if (error.code === 'codec-missing') throw error;
    failed.set(path, error.message);
    return undefined;
  }
}

async function blurred({ explainer, params: { blur } }: Lab, input: PreparedInput): Promise<PreparedInput> {
  const { layout } = explainer.info.input;
  const { data } = await blurImage(floats(input.tensor, input.dims), layout, blur.kernel, blur.sigma);
  return { ...input, tensor: data as Float32Array };
}

async function readings(
  { runner, params, work }: Lab,
  inputs: readonly PreparedInput[],
): Promise<(Reading | ExplainError)[]> {
  const passed = await runner.run(inputs, work);
  return passed.map((one) => (one instanceof ExplainError ? one : readingOf(one.outputs, params.class)));
}

function readingOf(outputs: Outputs, index: number): Reading {
  const logits = outputs[CLASSES.logits]!;
  const highest = logits.reduce((most, y, c) => (c === index ? most : Math.max(most, y)), Number.NEGATIVE_INFINITY);
  const margin = logits.length > 1 ? logits[index]! - highest : logits[index]!;
  return { isClass: margin > 0, p: probabilitiesOf(outputs)[index]!, margin };
}

const mean = (values: readonly number[]) =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

function sizeOf({ preprocessing: { width, height } }: ModelInfo) {
  return { width: width.value, height: height.value };
}
