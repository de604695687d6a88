/** The request `export`: writes a model that makes its own saliency map. */
import { existsSync } from 'node:fs';
import { errors } from '../../core/errors';
import { type ExportSpec, explainedModel } from '../../core/export/explained';
import { exportFactsOf, withMetadata } from '../../core/export/metadata';
import { EXPORTED } from '../../core/export/names';
import { type ExportedBatch, type ExportedMethod, graphMethodOf } from '../../core/export/steps';
import type { MethodChoice } from '../../core/methods/choice';
import { layerInUse, startInUse } from '../../core/model/info';
import { CONVENTIONS } from '../../core/model/metadata';
import { sidecarOf } from '../../core/model/sidecar';
import { tensorsIn } from '../../core/onnx/graph';
import type { Model } from '../../core/onnx/model';
import { DataType } from '../../core/onnx/tensors';
import { bytesIn, fileParts } from '../../core/onnx/weights';
import { outputsBeside } from '../../files/output';
import { packageVersion } from '../../files/product';
import type { CancelSignal, Params, RequestContext, Result } from '../../protocol/requests';
import { checkLayer, partsFor, suited } from '../explanations/method-needs';
import { checkOptions, completed } from '../explanations/request-options';
import { areApart } from '../model/batch';
import { filesOf, layersOf } from '../model/inspect';
import { type ModelFile, readModelFile } from '../model/model-file';
import { isFailedRun } from '../runtime/batching';
import { sharesNumbers } from '../sessions/apart';
import type { Explainer } from '../sessions/explainer';
import type { Sessions } from '../sessions/sessions';
import { using } from '../sessions/sessions';
import { differenceOf, expectedMaps, isShown } from './check';
import { checkFits, checkStored, withStoredWeights } from './weights';

/**
 * The largest difference from the engine's map, of values from 0 to 1, with which a model is written. Half floats have 11 bits,
 * and their sums depend on how many images go through the model at once.
 */
const TOLERANCE = 1e-3;
const HALF_TOLERANCE = 5e-2;
const ONE_IMAGE =
  'it takes one image at a time, since the model gives an image other scores beside others, or takes no others';
const NOTHING_COMPARED =
  'the maps of the two pictures that were compared are blank in both ways, so the comparison says little';

/**
 * @throws method-unsuitable, bad-option, export-failed, output-taken, output-unwritable; what models, layers and gradients
 *   throw
 */
export async function exportModel(
  sessions: Sessions,
  params: Params<'export'>,
  { signal }: RequestContext<'export'>,
): Promise<Result<'export'>> {
  checkOptions({ ...params, top: 1 });
  const layers = layersOf(params.model);
  if (layers.length > 1) throw errors.badOption('layer', layers.join(', '), 'a single one in an exported model');
  const known = await sessions.know(params.model);
  const outputs = outputsBeside(filesOf(known.info));
  const place = await outputs.check(params.output, false);
  await checkReplaced(params.output);
  await checkStored(known, params.external, place);
  const { info } = known;
  const wanted = completed(params);
  const { made, asked, notes } = await suited(wanted, (choice) =>
    sessions.explainerFor(params.model, 'cpu', partsFor(choice), (known) => checkLayer(choice.method, known)),
  );
  const choice = positive({ ...wanted, ...asked });
  if (choice.method !== wanted.method && !graphMethodOf(choice))
    throw errors.exportRefused(
      info.path,
      'it has no layer with a map that the class scores depend on',
      `\`group-cam explain --method ${choice.method}\` explains it`,
    );
  const method = methodOf(choice);
  const file = await readModelFile(info.path);
  try {
    return await using(made, async () => {
      const work = { signal, passes: 0 };
      const isHalf = made.facts.get(info.output.logits)?.dtype === DataType.FLOAT16;
      const tolerance = isHalf ? HALF_TOLERANCE : TOLERANCE;
      const expected = await expectedMaps(made, choice, params, work);
      const declared = { input: file.model.graph.input, output: file.model.graph.output };
      const model = made.rewrite(file.model);
      checkNames(model, info.path);
      const takesMany = await takesSeveral(made, { ...file, model });
      const spec = { ...specOf(made, model, params), declared, method };
      let closest: { readonly model: Model; readonly batch: ExportedBatch; readonly difference: number } | undefined;
      let failure: unknown;
      /** A batch that the model can't take counts as one that gives no numbers. */
      const unlessFailed = (thrown: unknown): number => {
        if (!isFailedRun(thrown)) throw thrown;
        failure = thrown;
        return Number.NaN;
      };
      for (const batch of batchesFor(made, declared, takesMany)) {
        if (signal.aborted) throw errors.cancelled();
        const exported = explainedModel({ ...spec, batch });
        const difference = await differenceOf(file, exported, info, expected).catch(unlessFailed);
        if (!closest || !(difference >= closest.difference)) closest = { model: exported, batch, difference };
        if (difference <= tolerance) break;
      }
      const { difference, batch } = closest!;
      if (!(difference <= tolerance)) throw errors.exportDiffers(info.path, difference, failure);
      const facts = {
        version: await packageVersion(),
        method: choice.method,
        layer: spec.layer.tensor,
        options: JSON.stringify({ ...choice.options, ...(choice.method === 'group-cam' && { blur: choice.blur }) }),
        class: params.class,
        size: params.size,
      };
      const stored = await withStoredWeights(closest!.model, file, params.external);
      const proto = { ...stored.proto, graph: stored.graph };
      const parts = fileParts(withMetadata(proto, facts, conventionsOf(made)));
      const bytes = bytesIn(parts);
      checkFits(info, bytes);
      await outputs.write(params.output, inOrder(parts, signal));
      const { options } = choice;
      const layer = spec.layer.tensor;
      const compared = expected.some(isShown) ? [] : [NOTHING_COMPARED];
      const alone = !takesMany && isFree(made, declared) ? [ONE_IMAGE] : [];
      const said = [...notes, ...alone, ...compared];
      return { path: params.output, bytes, method: choice.method, options, layer, ...batch, difference, notes: said };
    });
  } finally {
    file.release();
  }
}

/** Bytes that are written at once; a cancelled export ends after them. */
const WRITTEN = 2 ** 24;

/** @throws cancelled */
async function* inOrder(parts: readonly Uint8Array[], signal: CancelSignal): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    for (let at = 0; at < part.byteLength; at += WRITTEN) {
      if (signal.aborted) throw errors.cancelled();
      yield part.subarray(at, at + WRITTEN);
    }
  }
}

/**
 * The export shows evidence for the class alone: a map within [0, 1].
 *
 * @throws bad-option for options that no graph has
 */
function positive(choice: MethodChoice): MethodChoice {
  if (choice.method !== 'group-cam') return choice;
  const { evidence, grouping, precision } = choice.options;
  if (evidence === 'signed') throw errors.badOption('evidence', evidence, 'positive or auto in an exported model');
  if (grouping !== 'consecutive')
    throw errors.badOption('grouping', grouping, 'consecutive in an exported model, since no graph can cluster');
  if (precision !== 'float32' && precision !== 'auto')
    throw errors.badOption('precision', precision, 'float32 or auto in an exported model');
  return { ...choice, options: { ...choice.options, evidence: 'positive', precision: 'float32' } };
}

/** @throws method-unsuitable */
function methodOf(choice: MethodChoice): ExportedMethod {
  const method = graphMethodOf(choice);
  if (!method) throw errors.methodUnsuitable(choice.method, 'to be exported', 'group-cam or grad-cam');
  return method;
}

function specOf(
  { info, facts, fragment }: Explainer,
  model: Model,
  params: Params<'export'>,
): Omit<ExportSpec, 'batch' | 'method' | 'declared'> {
  return {
    model,
    facts,
    info,
    fragment,
    layer: layerInUse(info),
    start: startInUse(info),
    class: params.class,
    size: params.size,
  };
}

/**
 * The ways in which images and blends can go through the model, the best first. Some graphs declare any number of images but
 * hold for one only, and others the other way round, so each is tried.
 *
 * @throws export-failed if the model takes a fixed number of images above one
 */
function batchesFor(made: Explainer, declared: ExportSpec['declared'], takesMany: boolean): ExportedBatch[] {
  const { info } = made;
  const size = declaredBatch(made, declared);
  const { single, shape } = info.input;
  // Without an axis of images, the first one is another of the image's own.
  const isOfImages = size !== shape?.[0];
  if (isOfImages && size !== undefined && size > 1 && single)
    throw errors.exportRefused(
      info.path,
      `it takes ${size} images at once`,
      'Export the model itself for one image or any number first',
    );
  const any = isFree(made, declared);
  return [
    ...(any && takesMany ? [{ images: 'any', blends: 'together' } as const] : []),
    ...(takesMany ? [{ images: 'one', blends: 'together' } as const] : []),
    { images: 'one', blends: 'one by one' },
  ];
}

/** The size of the first axis as the file has it, which may be 0 or less where any is meant; undefined if it has none. */
function declaredBatch({ info }: Explainer, { input }: ExportSpec['declared']): number | undefined {
  const type = input.find(({ name }) => name === info.input.name)?.type?.value;
  const first = type?.case === 'tensorType' ? type.value.shape?.dim[0]?.value : undefined;
  return first?.case === 'dimValue' ? Number(first.value) : undefined;
}

/** Whether the file says that the model takes any number of images. */
function isFree(made: Explainer, declared: ExportSpec['declared']): boolean {
  const size = declaredBatch(made, declared);
  return !made.info.input.single && !(size !== undefined && size > 0);
}

/**
 * Whether what the model says of an image is the same beside others. The comparison of maps alone would miss that where they
 * are blank, or where the pictures take the same branch of the graph.
 */
async function takesSeveral({ info, facts }: Explainer, file: ModelFile): Promise<boolean> {
  const { name } = info.input;
  if (sharesNumbers(file.model, facts, name)) return false;
  return areApart(file, facts, { input: name, logits: info.output.logits });
}

/** @throws export-failed if the model has tensors of the names that the export adds */
function checkNames({ graph }: Model, file: string): void {
  const names = new Set(tensorsIn(graph));
  for (const name of Object.values(EXPORTED))
    if (names.has(name))
      throw errors.exportRefused(file, `it has a tensor "${name}" already`, 'Rename it in the model');
}

/** What the product knows of the model besides its graph, so that it need not be beside the exported model. */
function conventionsOf({ info }: Explainer): Readonly<Record<string, string>> {
  const { labels } = info;
  return {
    [CONVENTIONS]: JSON.stringify(sidecarOf(info, undefined)),
    ...(labels.origin !== 'assumed' && labels.origin !== 'graph' && { names: JSON.stringify(labels.value) }),
  };
}

/** Only an earlier export is replaced. @throws output-taken */
async function checkReplaced(output: string): Promise<void> {
  if (!existsSync(output)) return;
  // What can't be read as a model is none of ours.
  const there = await readModelFile(output).catch(() => undefined);
  there?.release();
  if (!there || !exportFactsOf(there.model.proto)) throw errors.exportIsForeign(output);
}
