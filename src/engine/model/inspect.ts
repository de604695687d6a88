/**
 * Opens a model: reads it and the files beside it, and derives everything that is known before an image is explained.
 */
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { errors } from '../../core/errors';
import { ownTensorsOf } from '../../core/export/metadata';
import { agreeing } from '../../core/model/agreement';
import { firstOf, type InputConventions, type Source } from '../../core/model/conventions';
import { describeModel } from '../../core/model/describe';
import type { ModelInfo } from '../../core/model/info';
import { findImageInput } from '../../core/model/inputs';
import { findScores, type WantedScores } from '../../core/model/logits';
import { sidecarOf } from '../../core/model/sidecar';
import type { Facts } from '../../core/onnx/facts';
import { outputsBeside } from '../../files/output';
import type { Stamp } from '../../files/stamps';
import type { ModelChoice } from '../../protocol/requests';
import { conventionFiles, readLabels, readSources, sourcesOfGraph } from './conventions';
import { fitted, type Rewrite } from './fit';
import { type ModelFile, readModelFile } from './model-file';
import { linkOf } from './probabilities';

export interface Opened {
  readonly info: ModelInfo;
  /** The file, with its model rewritten. */
  readonly file: ModelFile;
  readonly rewrite: Rewrite;
  /** Facts at batch 1 and the input's size in use. */
  readonly facts: Facts;
  /** Stamps of all files that `info` depends on; see `isCurrent`. */
  readonly stamps: readonly Stamp[];
}

/** @throws all errors of core/errors.ts about models, sidecars and labels */
export async function openModel(choice: ModelChoice): Promise<Opened> {
  const raw = await readModelFile(choice.path ?? demoModel());
  const { model } = raw;
  const read = await readSources(model);
  const said = <T>(ask: (input: InputConventions) => T | undefined) =>
    firstOf(read.sources, (conventions) => conventions.input && ask(conventions.input))?.value;
  const found = findImageInput(model, {
    name: said(({ name }) => name),
    layout: said(({ layout }) => layout),
    width: said(({ width }) => width),
    height: said(({ height }) => height),
  });
  const sources = agreeing(found, [...read.sources, ...(await sourcesOfGraph(model, found, read.beside))]);
  const { labels, stamps } = await readLabels(sources, choice.labels);
  const { input, preprocessing, assumptions, file, rewrite, facts } = await fitted(raw, found, sources);
  const wanted = wantedScores(choice, sources);
  const scores = findScores(file.model, facts, input.name, { wanted, labels: labels?.labels.length });
  const { exported } = file;
  const described = describeModel({
    model: file.model,
    declared: model.graph,
    bytes: file.bytes,
    demo: choice.path === undefined,
    input,
    sources,
    preprocessing,
    assumptions,
    facts,
    scores,
    link: await linkOf(file, facts, input, preprocessing, scores),
    scoresChosen: wanted?.origin === 'chosen',
    layer: layersOf(choice).at(-1),
    labels,
    weightsFiles: file.stamps.map(({ path }) => path).filter((path) => path !== file.path),
  });
  const info = {
    ...described,
    ...(exported && { exported: exported.facts, ownTensors: ownTensorsOf(exported.whole) }),
  };
  return { info, file, rewrite, facts, stamps: [...file.stamps, ...read.stamps, ...stamps] };
}

function wantedScores({ output }: ModelChoice, sources: readonly Source[]): WantedScores | undefined {
  if (output !== undefined) return { value: output, origin: 'chosen' };
  return firstOf(sources, (said) => said.output?.name);
}

/** The chosen layers; empty if the model's default layer is used. */
export function layersOf({ layer = [] }: ModelChoice): readonly string[] {
  return [layer].flat();
}

const DEMO = path.join('media', 'demo', 'demo-objects.onnx');

/**
 * The path of the embedded model. It is looked for in the parent folders, since bundles with this file lie at several
 * depths.
 */
export function demoModel(folder = __dirname): string {
  const file = path.join(folder, DEMO);
  if (existsSync(file)) return file;
  const parent = path.dirname(folder);
  if (parent === folder) throw errors.modelMissing(path.join(__dirname, '..', DEMO));
  return demoModel(parent);
}

/** All files that are read for a model if they exist. */
export function filesOf({ path: model, weightsFiles, labelsFile }: ModelInfo): readonly string[] {
  const { sidecar, preprocessors, configs, exported } = conventionFiles(model);
  return [
    model,
    ...weightsFiles,
    ...(labelsFile === undefined ? [] : [labelsFile]),
    sidecar,
    ...preprocessors,
    ...configs,
    ...exported,
  ];
}

/**
 * Writes the sidecar beside a model, with the settings in use.
 *
 * @param replace whether an existing sidecar may be replaced
 * @throws sidecar-exists, output-unwritable; what `openModel` throws
 */
export async function saveSidecar(choice: ModelChoice, replace = false): Promise<{ path: string }> {
  const { info } = await openModel(choice);
  const { sidecar: file } = conventionFiles(info.path);
  if (info.demo) throw errors.outputUnwritable(file, 'the demo model comes with its settings');
  const folder = path.dirname(path.resolve(info.path));
  const labels = info.labelsFile && path.relative(folder, path.resolve(info.labelsFile)).replaceAll(path.sep, '/');
  if (!replace && (await stat(file).catch(() => undefined))) throw errors.sidecarExists(file);
  const others = outputsBeside(filesOf(info).filter((other) => other !== file));
  await others.write(file, `${JSON.stringify(sidecarOf(info, labels), undefined, 2)}\n`);
  return { path: file };
}
