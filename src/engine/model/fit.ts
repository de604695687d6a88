/** Finds the form and the size of the input with which a model runs, and what is known of its tensors then. */
import { ExplainError, errors } from '../../core/errors';
import { type Conventional, resolvePreprocessing, type Source } from '../../core/model/conventions';
import { formText, inUsualForm } from '../../core/model/input-forms';
import type { ImageInput } from '../../core/model/inputs';
import type { Facts } from '../../core/onnx/facts';
import type { Model } from '../../core/onnx/model';
import { operatorOf, RESHAPING } from '../../core/onnx/operators';
import { withoutBranches } from '../../core/onnx/rewrite/branches';
import { withoutSequences } from '../../core/onnx/rewrite/sequences';
import { sizeOf } from '../../core/onnx/tensors';
import type { ModelFile } from './model-file';
import { type TraceInput, traceFacts } from './trace';

/** Changes a model as it is read from its file to one that this program explains. */
export type Rewrite = (model: Model) => Model;

export interface Fitted extends Conventional {
  readonly input: ImageInput;
  /** The file with the rewritten model. */
  readonly file: ModelFile;
  readonly rewrite: Rewrite;
  /** Facts at batch 1 and the input's size in use. */
  readonly facts: Facts;
}

/** Sides of square inputs, those of more networks first. They are tried if neither the graph nor a source has a size. */
const USUAL_SIDES: readonly number[] = [
  ...[224, 256, 299, 384, 112, 128, 192, 160, 96, 64, 32, 28, 48, 227, 240, 260, 288, 300, 320, 331, 380, 416, 448],
  ...[456, 480, 512, 528, 600, 640, 36, 40, 56, 72, 80, 84, 100, 120, 150, 180, 200, 220, 250],
];

/** What the runtime says if an operator can't take sizes that follow from the input's. */
const OF_SIZES = /dimension|shape|mismatch|broadcast|size/i;

/** @throws the failure at the first size, if the model runs at none */
export async function fitted(file: ModelFile, input: ImageInput, sources: readonly Source[]): Promise<Fitted> {
  let failure: unknown;
  for (const formed of formsOf(input)) {
    for (const side of sidesOf(formed, sources)) {
      try {
        return await attempt(file, formed, sources, side);
      } catch (thrown) {
        failure ??= thrown;
        if (!(thrown instanceof ExplainError && thrown.code === 'runtime-failed')) throw thrown;
        if (!OF_SIZES.test(thrown.message)) break;
      }
    }
  }
  throw failure;
}

/** A graph for a fixed number of images may take one as well. If not, it gets as many as it wants. */
function formsOf(input: ImageInput): ImageInput[] {
  const { formed } = input;
  if (formed?.form.kind !== 'fixed-batch') return [input];
  const { form } = formed;
  return [false, true].map((repeated) => ({ ...input, formed: { ...formed, form: { ...form, repeated } } }));
}

function sidesOf(input: ImageInput, sources: readonly Source[]): readonly (number | undefined)[] {
  const isFree = (side: 'width' | 'height') =>
    input[side] === undefined && !sources.some(({ conventions }) => conventions.input?.[side] !== undefined);
  return isFree('width') && isFree('height') ? [undefined, ...USUAL_SIDES.slice(1)] : [undefined];
}

/** @param side of the input, if it is not what sources and graph say, or the usual one */
async function attempt(
  file: ModelFile,
  given: ImageInput,
  sources: readonly Source[],
  side: number | undefined,
): Promise<Fitted> {
  const input = side === undefined ? given : { ...given, width: side, height: side };
  const { preprocessing, assumptions } = resolvePreprocessing(input, sources);
  const { name, dtype, layout, channels, formed } = input;
  const formedInput: Rewrite = (model) => (formed ? inUsualForm(model, name, dtype, formed) : model);
  const pixels = [preprocessing.height.value, preprocessing.width.value];
  const dims = layout === 'NCHW' ? [1, channels, ...pixels] : [1, ...pixels, channels];
  const start = { ...file, model: formedInput(file.model) };
  const simple = await simplified(start, { name, dtype, dims });
  checkReshapes(simple.file, simple.facts);
  const notes = [
    ...(side === undefined ? [] : [`input size: ${side} x ${side}, the first of the usual ones that the graph takes`]),
    ...[formed && formText(name, formed)].filter((text) => text !== undefined),
  ];
  const rewrite: Rewrite = (model) => simple.rewrites.reduce((before, next) => next(before), formedInput(model));
  return { input, preprocessing, assumptions: [...notes, ...assumptions], ...simple, rewrite };
}

interface Simplified {
  readonly file: ModelFile;
  readonly facts: Facts;
  readonly rewrites: readonly Rewrite[];
}

/** The most rounds in which branches are taken and sequences dissolved, each of which may reveal more of them. */
const ROUNDS = 8;

/** The model without branches and sequences, as far as the facts tell what they hold. */
async function simplified(file: ModelFile, input: TraceInput): Promise<Simplified> {
  let simple: Simplified = { file, facts: await traceFacts(file, input), rewrites: [] };
  for (let round = 0; round < ROUNDS; round++) {
    const { facts } = simple;
    const known: Rewrite = (model) => {
      const taken = withoutBranches(model, facts, false) ?? model;
      return withoutSequences(taken, facts) ?? taken;
    };
    const next = (await rewritten(simple, known, input)) ?? (await inBoth(simple, input));
    if (!next) break;
    simple = next;
  }
  return simple;
}

/** Computes both branches of those whose condition depends on the image; undefined if they can't run beside each other. */
async function inBoth(simple: Simplified, input: TraceInput): Promise<Simplified | undefined> {
  const both: Rewrite = (model) => withoutBranches(model, simple.facts, true) ?? model;
  return rewritten(simple, both, input).catch((thrown: unknown) => {
    if (thrown instanceof ExplainError && thrown.code === 'runtime-failed') return undefined;
    throw thrown;
  });
}

async function rewritten(simple: Simplified, rewrite: Rewrite, input: TraceInput): Promise<Simplified | undefined> {
  const model = rewrite(simple.file.model);
  if (model === simple.file.model) return undefined;
  const file = { ...simple.file, model };
  return { file, facts: await traceFacts(file, input), rewrites: [...simple.rewrites, rewrite] };
}

/** The runtime finds only in a run that a tensor has more elements than the dimensions which it is given. */
function checkReshapes({ model, path }: ModelFile, facts: Facts): void {
  for (const node of model.graph.node) {
    if (!RESHAPING.includes(operatorOf(node))) continue;
    const [from, to] = [facts.get(node.input[0]!)?.dims, facts.get(node.output[0]!)?.dims];
    if (from && to && sizeOf(from) !== sizeOf(to))
      throw errors.runtimeFailed(path, `"${node.name || node.output[0]}" can't change the shape [${from}] to [${to}]`);
  }
}
