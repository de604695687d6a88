/** Reads the files beside a model that describe its use: the sidecar, Hugging Face's files, labels. */
import path from 'node:path';
import * as v from 'valibot';
import { errors, reasonOf } from '../../core/errors';
import { parseLabelFile } from '../../core/model/classes/label-files';
import type { Conventions, Source } from '../../core/model/conventions';
import type { ReadLabels } from '../../core/model/describe';
import {
  CONFIG_FILE,
  isModelConfig,
  modelTypeOf,
  PREPROCESSOR_FILE,
  type Read,
  readConfig,
  readPreprocessor,
} from '../../core/model/hugging-face';
import type { ImageInput } from '../../core/model/inputs';
import { exportedConventions, notesOfMetadata, readMetadata } from '../../core/model/metadata';
import { parseSidecar, sidecarPath } from '../../core/model/sidecar';
import { type Beside, EXPORTER_FILES, readExporters } from '../../core/model/sources/exporters';
import { readRescaling } from '../../core/model/sources/rescaling';
import type { Model } from '../../core/onnx/model';
import { type Json, parseJson, record } from '../../core/schema';
import { isAbsent } from '../../core/system-errors';
import { type Stamp, stampOf } from '../../files/stamps';
import { readWritten } from '../../files/text';

export interface ReadSources {
  /** The sources, in the order of precedence. */
  readonly sources: readonly Source[];
  /** Files that exporters write beside a model, by name, for `sourcesOfGraph`. */
  readonly beside: Beside;
  /** Stamps of all files that were looked for, existing or not, taken before they were read. */
  readonly stamps: readonly Stamp[];
}

/** The paths at which a model's conventions are looked for. */
export function conventionFiles(model: string) {
  const folder = path.dirname(path.resolve(model));
  // If a model is exported to `onnx/model.onnx`, the configuration is one folder up.
  const places = (name: string) => [path.join(folder, name), path.join(path.dirname(folder), name)];
  return {
    sidecar: sidecarPath(model),
    preprocessors: places(PREPROCESSOR_FILE),
    configs: places(CONFIG_FILE),
    exported: EXPORTER_FILES.map((name) => path.join(folder, name)),
  };
}

/**
 * @throws sidecar-invalid
 */
export async function readSources(model: Model): Promise<ReadSources> {
  const { sidecar, preprocessors, configs, exported } = conventionFiles(model.file);
  const stamps = await Promise.all([sidecar, ...preprocessors, ...configs, ...exported].map(stampOf));
  const text = await readSidecar(sidecar);
  const config = await jsonOf(configs, isModelConfig);
  const modelType = config?.json && modelTypeOf(config.json);
  const preprocessor = await jsonOf(preprocessors, () => true);
  const beside = await Promise.all(exported.map(textBeside));
  const within = exportedConventions(model);
  const sources = [
    ...(text === undefined ? [] : [source('sidecar', sidecar, parseSidecar(text, sidecar))]),
    ...huggingFace(preprocessor, (json) => readPreprocessor(json, modelType)),
    ...huggingFace(config, readConfig),
    ...(within ? [source('metadata', model.file, within)] : []),
    source('metadata', model.file, readMetadata(model), notesOfMetadata(model)),
    ...beside.flatMap(({ file, note }) => (note === undefined ? [] : [source('exporter', file, {}, [note])])),
  ];
  const texts = beside.flatMap(({ file, text }) => (text === undefined ? [] : [[path.basename(file), text] as const]));
  return { sources, beside: new Map(texts), stamps };
}

/** The sources that need the model's input: its exporter, and the first nodes of the graph. */
export async function sourcesOfGraph(model: Model, input: ImageInput, beside: Beside): Promise<Source[]> {
  const folder = path.dirname(path.resolve(model.file));
  const exporters = await readExporters(model, input, beside, (name) => path.join(folder, name));
  return [...exporters, ...readRescaling(model, input)];
}

/** Reads an exporter's file. If it exists and can't be read, a note says so. */
async function textBeside(file: string): Promise<{ file: string; text?: string; note?: string }> {
  try {
    return { file, text: await readWritten(file) };
  } catch (error) {
    if (isAbsent(error)) return { file };
    return { file, note: `${file}: not used (${reasonOf(error)})` };
  }
}

function source(
  origin: Source['origin'],
  file: string,
  conventions: Conventions,
  notes: readonly string[] = [],
): Source {
  return { origin, file, conventions, notes };
}

async function readSidecar(file: string): Promise<string | undefined> {
  try {
    return await readWritten(file);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw errors.sidecarInvalid(file, `can't be read (${reasonOf(error)})`);
  }
}

interface JsonFile {
  readonly file: string;
  readonly json?: Json;
  /** Why the file can't be used. */
  readonly note?: string;
}

/** The first of the files that exists and belongs to Hugging Face's libraries. */
async function jsonOf(files: readonly string[], isTheirs: (json: Json) => boolean): Promise<JsonFile | undefined> {
  for (const file of files) {
    try {
      const json = parseJson(v.unknown(), await readWritten(file), ({ line }) => new Error(line));
      if (v.is(record, json) && isTheirs(json)) return { file, json };
    } catch (error) {
      if (!isAbsent(error)) return { file, note: `${file}: not used (${reasonOf(error)})` };
    }
  }
  return undefined;
}

function huggingFace(found: JsonFile | undefined, read: (json: Json) => Read): Source[] {
  if (!found) return [];
  const { file, json, note } = found;
  const { conventions, notes } = json ? read(json) : { conventions: {}, notes: note === undefined ? [] : [note] };
  return [source('hugging-face', file, conventions, notes)];
}

/**
 * Reads the labels from the chosen file, or from the first source that names a file or has names itself. The result
 * includes the file's stamp, if the labels come from a file.
 *
 * @throws labels-unreadable
 */
export async function readLabels(
  sources: readonly Source[],
  chosen: string | undefined,
): Promise<{ labels: ReadLabels | undefined; stamps: readonly Stamp[] }> {
  if (chosen !== undefined) return labelsFile(chosen, 'chosen');
  for (const { origin, file, conventions } of sources) {
    if (conventions.labels !== undefined)
      return labelsFile(path.resolve(path.dirname(file), conventions.labels), origin, file);
    if (conventions.names !== undefined)
      return { labels: { labels: conventions.names, origin, from: file }, stamps: [] };
  }
  return { labels: undefined, stamps: [] };
}

/** @param namedBy the file that names this one, unless somebody has chosen it */
async function labelsFile(file: string, origin: Source['origin'], namedBy?: string) {
  const stamp = await stampOf(file);
  try {
    const labels = await parseLabelFile(await readWritten(file), file);
    return { labels: { labels, origin, from: file, file }, stamps: [stamp] };
  } catch (error) {
    throw errors.labelsUnreadable(file, reasonOf(error), namedBy);
  }
}
