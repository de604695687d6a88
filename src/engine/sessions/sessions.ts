/** Opened models and their sessions, which are kept as long as their files do not change. */
import { scoreGraph } from '../../core/cam/transform';
import { layerInUse, type ModelInfo } from '../../core/model/info';
import { encodeModel } from '../../core/onnx/weights';
import { bilinearMatrix } from '../../core/resize';
import type { Fragment } from '../../core/target/target';
import { identityOf, isCurrent } from '../../files/stamps';
import type { Device } from '../../protocol/devices';
import type { ModelChoice } from '../../protocol/requests';
import { filesOf, openModel } from '../model/inspect';
import { type ModelFile, readModelFile } from '../model/model-file';
import { batchingFor, SINGLE } from '../runtime/batching';
import type { Race } from '../runtime/race';
import { createSession, floats } from '../runtime/runtime';
import { sharesNumbers } from './apart';
import { type Explainer, type KnownModel, type Part, placesOf } from './explainer';
import { createLru } from './lru';
import { addPart, fragmentOf, releaseParts } from './parts';
import { timeOfImage } from './time';

export interface Sessions {
  know(choice: ModelChoice): Promise<KnownModel>;
  /** The files that are read for a model, as far as they are known. */
  filesOf(model: string): readonly string[];
  /**
   * @param parts the parts that the method needs
   * @param check throws if the model is not suitable; called before any session is created
   * @throws errors of reading and tracing the model and of creating sessions
   */
  explainerFor(
    choice: ModelChoice,
    device: Device,
    parts: readonly Part[],
    check?: (info: ModelInfo) => void,
  ): Promise<Explainer>;
  /** How devices race on a model; each gets a session of its own, which is released. */
  race(choice: ModelChoice): Promise<Race>;
}

/** Limit for the weights in all loaded sessions, in bytes; the runtime holds up to twice as much. */
const BUDGET = 2 ** 30;
const IMAGES = 8;
const KNOWN = 16;

export function createSessions(): Sessions {
  const models = createLru<KnownModel>(KNOWN);
  const explainers = createLru<Explainer>(BUDGET, sizeOf, (explainer) => {
    explainer.kept = false;
    if (explainer.users === 0) releaseExplainer(explainer);
  });

  /** Opens a model. The result includes the model's file if it had to be read. */
  async function open(choice: ModelChoice): Promise<{ known: KnownModel; file?: ModelFile }> {
    const key = JSON.stringify(choice);
    const cached = models.get(key);
    if (cached && (await isCurrent(cached.stamps))) return { known: cached };
    const { file, info, facts, rewrite, stamps } = await openModel(choice);
    const known = { info, facts, rewrite, stamps, identity: file.identity };
    models.set(key, known);
    return { known, file };
  }

  async function explainerFor(
    choice: ModelChoice,
    device: Device,
    parts: readonly Part[],
    check?: (info: ModelInfo) => void,
  ): Promise<Explainer> {
    const { known, file } = await open(choice);
    let source = file;
    try {
      check?.(known.info);
      const key = JSON.stringify([identityOf(known.stamps), known.info.output.name, known.info.layer.value, device]);
      dropOutdated(known);
      const ready = explainers.get(key);
      const missing = parts.filter((part) => !ready || !(part in ready.parts));
      if (ready && missing.length === 0) return ready;
      source ??= await readAgain(known);
      if (source.identity !== known.identity) return await explainerFor(choice, device, parts, check);
      // Sessions are created one after the other, since each needs extra memory during its creation.
      const explainer = ready ?? (await createExplainer(known, source, device));
      explainers.set(key, explainer);
      for (const part of missing) {
        await addPart(explainer, part, source);
        // The explainer now has a higher cost.
        explainers.set(key, explainer);
      }
      return explainer;
    } finally {
      source?.release();
    }
  }

  async function race(choice: ModelChoice): Promise<Race> {
    const known = await know(choice);
    const { info, stamps } = known;
    const time = async (device: Device) => {
      const source = await readAgain(known);
      try {
        const explainer = await createExplainer(known, source, device);
        return await timeOfImage(explainer).finally(() => releaseExplainer(explainer));
      } finally {
        source.release();
      }
    };
    return { model: JSON.stringify([identityOf(stamps), info.output.name, info.layer.value]), time };
  }

  async function know(choice: ModelChoice): Promise<KnownModel> {
    const { known, file } = await open(choice);
    file?.release();
    return known;
  }

  /** Drops everything that was derived from an older version of a changed file. */
  function dropOutdated({ info, identity }: KnownModel): void {
    for (const [key, other] of explainers.entries()) {
      if (other.info.path === info.path && other.identity !== identity) explainers.delete(key);
    }
  }

  return {
    know,
    filesOf: (model) => {
      const known = models.entries().filter(([, { info }]) => info.path === model);
      return [model, ...known.flatMap(([, { info }]) => filesOf(info))];
    },
    explainerFor,
    race,
  };
}

/** The model's file, read once more and rewritten as before. */
export async function readAgain({ info, rewrite }: KnownModel): Promise<ModelFile> {
  const file = await readModelFile(info.path);
  return { ...file, model: rewrite(file.model) };
}

/**
 * Creates an explainer that is not kept; the caller releases it.
 *
 * @param fragment is read by the targets that the explainer will be asked about
 */
export async function createExplainer(
  known: KnownModel,
  { model, buffers }: ModelFile,
  device: Device,
  fragment: Fragment = fragmentOf(known),
): Promise<Explainer> {
  const { info, facts } = known;
  const graph = scoreGraph(model, facts, placesOf(info), fragment);
  const encoded = encodeModel(model, graph);
  const score = await createSession(info.path, encoded, await buffers(encoded), {
    device,
    optimize: 'all',
    prepack: true,
  });
  return {
    ...known,
    device,
    fragment,
    score,
    parts: {},
    upsampling: upsamplingOf(info),
    batching: sharesNumbers(model, facts, info.input.name) ? SINGLE : batchingFor(info, device),
    images: createLru(IMAGES),
    users: 0,
    kept: true,
  };
}

export function upsamplingOf(info: ModelInfo): Explainer['upsampling'] {
  const { height, width } = info.preprocessing;
  const { height: mapHeight, width: mapWidth } = layerInUse(info);
  const across = bilinearMatrix(mapWidth, width.value);
  const columns = Float32Array.from(
    across,
    (_, i) => across[(i % width.value) * mapWidth + Math.floor(i / width.value)]!,
  );
  return {
    rows: floats(bilinearMatrix(mapHeight, height.value), [1, height.value, mapHeight]),
    columns: floats(columns, [1, mapWidth, width.value]),
  };
}

/** Keeps the sessions loaded until the function that it returns is called. */
export function hold(explainer: Explainer): () => void {
  explainer.users += 1;
  return () => {
    explainer.users -= 1;
    if (!explainer.kept && explainer.users === 0) releaseExplainer(explainer);
  };
}

/** Runs a task and keeps the sessions loaded until it ends. */
export async function using<T>(explainer: Explainer, task: () => Promise<T>): Promise<T> {
  const release = hold(explainer);
  try {
    return await task();
  } finally {
    release();
  }
}

function sizeOf({ info, parts, graph, batchWay }: Explainer): number {
  return info.bytes * (1 + Object.keys(parts).length + (graph ? 1 : 0) + (batchWay ? 1 : 0));
}

export function releaseExplainer({ score, parts, graph, batchWay }: Explainer): void {
  void score.release();
  void graph?.release();
  void batchWay?.release();
  releaseParts(parts);
}
