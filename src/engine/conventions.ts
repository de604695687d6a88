/** Reads the files beside a model that say how it is used: sidecar, Hugging Face's files, labels. */
import path from 'node:path';
import { errors, reasonOf } from '../core/errors';
import type { Conventions, Source } from '../core/model/conventions';
import type { ReadLabels } from '../core/model/describe';
import {
  CONFIG_FILE,
  isModelConfig,
  PREPROCESSOR_FILE,
  readConfig,
  readPreprocessor,
} from '../core/model/hugging-face';
import { isRecord, type Json } from '../core/model/json';
import { parseLabels } from '../core/model/labels';
import { readMetadata } from '../core/model/metadata';
import { parseSidecar, sidecarPath } from '../core/model/sidecar';
import type { Model } from '../core/onnx/model';
import { readText } from './files';
import { type Stamp, stampOf } from './stamps';

export interface ReadSources {
  /** In the order in which they count. */
  readonly sources: readonly Source[];
  /** Every file that was looked for, whether it is there or not, as it was before it was read. */
  readonly stamps: readonly Stamp[];
}

/** Where a model's conventions are looked for, whether there is such a file or not. */
export function conventionFiles(model: string) {
  const folder = path.dirname(path.resolve(model));
  // An export to `onnx/model.onnx` leaves the configuration one folder up.
  const places = (name: string) => [path.join(folder, name), path.join(path.dirname(folder), name)];
  return { sidecar: sidecarPath(model), preprocessors: places(PREPROCESSOR_FILE), configs: places(CONFIG_FILE) };
}

/**
 * @throws sidecar-invalid
 */
export async function readSources(model: Model): Promise<ReadSources> {
  const { sidecar, preprocessors, configs } = conventionFiles(model.file);
  const stamps = await Promise.all([sidecar, ...preprocessors, ...configs].map(stampOf));
  const text = await readSidecar(sidecar);
  const sources = [
    ...(text === undefined ? [] : [source('sidecar', sidecar, parseSidecar(text, sidecar))]),
    ...(await huggingFace(preprocessors, () => true, readPreprocessor)),
    ...(await huggingFace(configs, isModelConfig, readConfig)),
    source('metadata', model.file, readMetadata(model)),
  ];
  return { sources, stamps };
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
    return await readText(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw errors.sidecarInvalid(file, `can't be read (${reasonOf(error)})`);
  }
}

/** The first of the files that is there and is of Hugging Face; one that can't be read is noted, not used. */
async function huggingFace(
  files: readonly string[],
  isTheirs: (json: Json) => boolean,
  read: (json: Json) => { conventions: Conventions; notes: readonly string[] },
): Promise<Source[]> {
  for (const file of files) {
    let json: unknown;
    try {
      json = JSON.parse(await readText(file));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
      return [source('hugging-face', file, {}, [`${file}: not used (${reasonOf(error)})`])];
    }
    if (!isRecord(json) || !isTheirs(json)) continue;
    const { conventions, notes } = read(json);
    return [source('hugging-face', file, conventions, notes)];
  }
  return [];
}

/**
 * The labels: of the chosen file, else of the first source that names a file or has names itself; and the file's stamp
 * if they are from one.
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
      return labelsFile(path.resolve(path.dirname(file), conventions.labels), origin);
    if (conventions.names !== undefined)
      return { labels: { labels: conventions.names, origin, from: file }, stamps: [] };
  }
  return { labels: undefined, stamps: [] };
}

async function labelsFile(file: string, origin: Source['origin']) {
  const stamp = await stampOf(file);
  try {
    const labels = parseLabels(await readText(file));
    return { labels: { labels, origin, from: file, file }, stamps: [stamp] };
  } catch (error) {
    throw errors.labelsUnreadable(file, reasonOf(error));
  }
}
