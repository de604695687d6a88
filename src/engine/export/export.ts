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
import type { Model } from '../../core/onnx/model';
import { DataType } from '../../core/onnx/tensors';
import { bytesIn, fileParts } from '../../core/onnx/weights';
import { outputsBeside } from '../../files/output';
import { packageVersion } from '../../files/product';
import type { Params, RequestContext, Result } from '../../protocol/requests';
import { checkLayer, partsFor, suited } from '../explanations/method-needs';
import { checkOptions, completed } from '../explanations/request-options';
import { filesOf } from '../model/inspect';
import { readModelFile } from '../model/model-file';
import { isFailedRun } from '../runtime/batching';
import type { Explainer } from '../sessions/explainer';
import type { Sessions } from '../sessions/sessions';
import { using } from '../sessions/sessions';
import { differenceOf, expectedMaps } from './check';
import { withStoredWeights } from './weights';

/**
 * The largest difference from the engine's map, of values from 0 to 1, with which a model is written. Half floats have 11 bits,
 * and their sums depend on how many images go through the model at once.
 */
const TOLERANCE = 1e-3;
const HALF_TOLERANCE = 5e-2;
/** Bytes that protobuf can't hold in one message. */
const TOO_LARGE = 2 ** 31;

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
  const { info } = await sessions.know(params.model);
  const outputs = outputsBeside(filesOf(info));
  await outputs.check(params.output, false);
  await checkReplaced(params.output);
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
      const expected = await expectedMaps(made, choice, params.size, work);
      const declared = { input: file.model.graph.input, output: file.model.graph.output };
      const model = made.rewrite(file.model);
      checkNames(model, info.path);
      const spec = { ...specOf(made, model, params), declared, method };
      let closest: { readonly model: Model; readonly batch: ExportedBatch; readonly difference: number } | undefined;
      let failure: unknown;
      /** A batch that the model can't take counts as one that gives no numbers. */
      const unlessFailed = (thrown: unknown): number => {
        if (!isFailedRun(thrown)) throw thrown;
        failure = thrown;
        return Number.NaN;
      };
      for (const batch of batchesFor(made, declared)) {
        if (signal.aborted) throw errors.cancelled();
        const exported = explainedModel({ ...spec, batch });
        const difference = await differenceOf(file, exported, info, expected).catch(unlessFailed);
        if (!closest || !(difference >= closest.difference)) closest = { model: exported, batch, difference };
        if (difference <= tolerance) break;
      }
      const { difference, batch } = closest!;
      if (!(difference <= tolerance)) throw errors.exportDiffers(info.path, difference, failure);
      const said = {
        version: await packageVersion(),
        method: choice.method,
        layer: spec.layer.tensor,
        options: JSON.stringify({ ...choice.options, ...(choice.method === 'group-cam' && { blur: choice.blur }) }),
        class: params.class,
        size: params.size,
      };
      const stored = await withStoredWeights(closest!.model, file, params);
      const proto = { ...stored.proto, graph: stored.graph };
      const parts = fileParts(withMetadata(proto, said, conventionsOf(made)));
      const bytes = bytesIn(parts);
      if (bytes >= TOO_LARGE)
        throw errors.exportRefused(
          info.path,
          `its ${bytes} bytes are more than one file may hold`,
          'Keep the weights as external data',
        );
      if (signal.aborted) throw errors.cancelled();
      await outputs.write(params.output, inOrder(parts));
      const { options } = choice;
      const layer = spec.layer.tensor;
      return { path: params.output, bytes, method: choice.method, options, layer, ...batch, difference, notes };
    });
  } finally {
    file.release();
  }
}

async function* inOrder(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
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
  if (precision === 'int8') throw errors.badOption('precision', precision, 'float32 or auto in an exported model');
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
function batchesFor({ info }: Explainer, { input }: ExportSpec['declared']): ExportedBatch[] {
  const type = input.find(({ name }) => name === info.input.name)?.type?.value;
  const first = type?.case === 'tensorType' ? type.value.shape?.dim[0]?.value : undefined;
  const size = first?.case === 'dimValue' ? Number(first.value) : undefined;
  const { single, shape } = info.input;
  // Without an axis of images, the first one is another of the image's own.
  const isOfImages = size !== shape?.[0];
  if (isOfImages && size !== undefined && size > 1 && single)
    throw errors.exportRefused(
      info.path,
      `it takes ${size} images at once`,
      'Export the model itself for one image or any number first',
    );
  const any = !info.input.single && !(size !== undefined && size > 0);
  return [
    ...(any ? [{ images: 'any', blends: 'together' } as const] : []),
    { images: 'one', blends: 'together' },
    { images: 'one', blends: 'one by one' },
  ];
}

/** @throws export-failed if the model has tensors of the names that the export adds */
function checkNames({ graph }: Model, file: string): void {
  const names = new Set([
    ...graph.node.flatMap(({ output }) => output),
    ...[...graph.input, ...graph.initializer].map(({ name }) => name),
  ]);
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
