/** Writes the trained network as a new model beside the old one. */
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { ModelInfo } from '../../core/model/info';
import { parseSidecar, sidecarOf, sidecarPath } from '../../core/model/sidecar';
import { ALIGNMENT, replaced, type WeightPart } from '../../core/onnx/rewrite/replace';
import { trainingErrors } from '../../core/training/training-errors';
import { fillFrom, readText, withRegular } from '../../files/open';
import { outputsBeside } from '../../files/output';
import { isCurrent } from '../../files/stamps';
import { filesOf, type Opened } from '../model/inspect';

/** The key of `metadata_props` with where the weights come from. */
export const METADATA = 'group-cam.training';

export interface NewModel {
  readonly opened: Opened;
  readonly output: string;
  /** A folder beside it for what is half written. */
  readonly drafts: string;
  /** New bytes by initializer, little endian. */
  readonly values: ReadonlyMap<string, Uint8Array>;
  /** What is told of the training, which is kept as JSON. */
  readonly metadata: unknown;
}

/**
 * @param begun whether the training has begun before, so that the new model may be there already
 * @throws output-taken, output-unwritable, sidecar-invalid if the model could not be written or not be used
 */
export async function checkResult({ info }: Opened, output: string, begun: boolean): Promise<void> {
  if (!begun && existsSync(output)) throw trainingErrors.outputExists(output);
  const weightsFile = weightsOf(output);
  if (!begun && info.weightsFiles.length > 0 && existsSync(weightsFile)) throw trainingErrors.outputExists(weightsFile);
  await outputsBeside(filesOf(info)).check(output, false);
  const sidecar = sidecarPath(output);
  if (existsSync(sidecar)) parseSidecar(await readText(sidecar), sidecar);
}

const weightsOf = (output: string): string => `${output}.data`;

/**
 * Writes the model, a file for weights where the old model has one, and the settings in use as its sidecar. What a killed
 * process has written of it is as it would be now, and stays.
 *
 * @returns notes in sentences
 * @throws output-taken if a file with other contents is there; output-unwritable; model-changed
 */
export async function writeModel(model: NewModel): Promise<readonly string[]> {
  const { opened, output, drafts, values, metadata } = model;
  const { info } = opened;
  const { bytes } = opened.file.model;
  const from = path.dirname(path.resolve(info.path));
  const to = path.dirname(path.resolve(output));
  const weightsFile = weightsOf(output);
  const sizes = new Map<string, number>();
  for (const file of info.weightsFiles) sizes.set(file, (await stat(file)).size);
  const made = replaced(bytes, {
    values,
    metadata: { [METADATA]: JSON.stringify(metadata) },
    location: path.basename(weightsFile),
    move: from !== to,
    lengthOf: (location, offset) => sizes.get(path.join(path.dirname(info.path), location))! - offset,
  });
  const outputs = outputsBeside(filesOf(info));
  const parts = () => unchanged(opened, partsOf(made.parts, path.dirname(info.path)));
  if (made.parts.length > 0 && !(await holds(weightsFile, parts()))) await outputs.create(weightsFile, parts(), drafts);
  if (!(await holds(output, [made.bytes]))) await outputs.create(output, made.bytes, drafts);
  return writeSidecar(info, output, outputs);
}

/** Weights that were not trained are read from the old model's files at the end. @throws model-changed */
async function* unchanged({ info, stamps }: Opened, parts: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const check = async (): Promise<void> => {
    for (const stamp of stamps)
      if (info.weightsFiles.includes(stamp.path) && !(await isCurrent([stamp])))
        throw trainingErrors.weightsChanged(stamp.path);
  };
  await check();
  yield* parts;
  await check();
}

/**
 * @returns true if the file has these bytes already
 * @throws output-taken if it has others
 */
async function holds(file: string, parts: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<boolean> {
  const info = await stat(file).catch(() => undefined);
  if (!info) return false;
  const taken = trainingErrors.outputExists(file);
  if (!info.isFile()) throw taken;
  await withRegular(file, async (handle) => {
    let at = 0;
    for await (const part of parts) {
      if (at + part.length > info.size) throw taken;
      const there = Buffer.alloc(part.length);
      await fillFrom(handle, there, at);
      if (!there.equals(part)) throw taken;
      at += part.length;
    }
    if (at !== info.size) throw taken;
  });
  return true;
}

async function* partsOf(parts: readonly WeightPart[], folder: string): AsyncGenerator<Uint8Array> {
  for (const [i, part] of parts.entries()) {
    const bytes = 'bytes' in part ? part.bytes : await rangeOf(path.join(folder, part.location), part);
    yield bytes;
    if (i < parts.length - 1) yield new Uint8Array((ALIGNMENT - (bytes.byteLength % ALIGNMENT)) % ALIGNMENT);
  }
}

function rangeOf(
  file: string,
  { offset, length }: { readonly offset: number; readonly length: number },
): Promise<Uint8Array> {
  return withRegular(file, async (handle) => {
    const bytes = new Uint8Array(length);
    await fillFrom(handle, bytes, offset);
    return bytes;
  });
}

/** The new model is explained as the old one: the same preprocessing, scores, labels and layer. */
async function writeSidecar(
  info: ModelInfo,
  output: string,
  outputs: ReturnType<typeof outputsBeside>,
): Promise<readonly string[]> {
  const file = sidecarPath(output);
  const folder = path.dirname(path.resolve(output));
  const labels = info.labelsFile && path.relative(folder, path.resolve(info.labelsFile)).replaceAll(path.sep, '/');
  const text = `${JSON.stringify(sidecarOf(info, labels), undefined, 2)}\n`;
  const there = existsSync(file) ? await readText(file) : undefined;
  if (there === undefined) await outputs.write(file, text);
  else if (there !== text) return [`${path.basename(file)} was there already and stayed as it is.`];
  if (labels === undefined && folder !== path.dirname(path.resolve(info.path)) && info.labels.origin !== 'assumed')
    return [`The names of classes come from ${info.labels.origin}, and may have to be copied to the new folder.`];
  return [];
}
