/** Opened models and their sessions, kept while the files they were made from stay the same. */
import { headGraph } from '../core/cam/head';
import { scoreGraph } from '../core/cam/transform';
import type { Facts } from '../core/onnx/facts';
import { encodeWithFeeds } from '../core/onnx/feeds';
import { encodeModel } from '../core/onnx/weights';
import { bilinearMatrix } from '../core/resize';
import type { Device, ModelInfo } from '../core/types';
import type { ModelChoice } from '../protocol/requests';
import { type Batching, batchingFor } from './batching';
import { openModel } from './inspect';
import { createLru, type Lru } from './lru';
import { type ModelFile, readModelFile } from './model-file';
import type { ImageState } from './network';
import { createSession, floats, type Session, type Tensor } from './runtime';
import { identityOf, isCurrent, type Stamp } from './stamps';

/** A model without its bytes. */
export interface KnownModel {
  readonly info: ModelInfo;
  /** At batch 1. */
  readonly facts: Facts;
  /** The files all this was made from. */
  readonly stamps: readonly Stamp[];
  /** Of the model's file and its weights. */
  readonly identity: string;
}

/** What explains images of one model, layer and device. */
export interface Explainer extends KnownModel {
  readonly device: Device;
  /** See `scoreGraph`. */
  readonly score: Session;
  /** See `headGraph`; undefined until a method needs gradients. */
  head: Session | undefined;
  /** Matrices that resample masks to the input's size: [H, u] and [v, W]. */
  readonly upsampling: { readonly rows: Tensor; readonly columns: Tensor };
  batching: Batching;
  /** What is known of the images explained last. */
  readonly images: Lru<ImageState>;
}

export interface Sessions {
  know(choice: ModelChoice): Promise<KnownModel>;
  /**
   * @param gradients true if a method needs them
   * @throws whatever reading, tracing and building sessions throws
   */
  explainerFor(choice: ModelChoice, device: Device, gradients: boolean): Promise<Explainer>;
}

/** Weights of the models that stay loaded, in bytes; a session holds about twice as much. */
const BUDGET = 2 ** 29;
const IMAGES = 8;
const KNOWN = 16;

export function createSessions(): Sessions {
  const models = createLru<KnownModel>(KNOWN);
  const explainers = createLru<Explainer>(BUDGET, ({ info }) => info.bytes, release);

  /** The model's file comes along when it had to be read. */
  async function open(choice: ModelChoice): Promise<{ known: KnownModel; file?: ModelFile }> {
    const key = JSON.stringify(choice);
    const cached = models.get(key);
    if (cached && (await isCurrent(cached.stamps))) return { known: cached };
    const { file, info, facts, stamps } = await openModel(choice);
    const known = { info, facts, stamps, identity: file.identity };
    models.set(key, known);
    return { known, file };
  }

  async function explainerFor(choice: ModelChoice, device: Device, gradients: boolean): Promise<Explainer> {
    const { known, file } = await open(choice);
    const key = JSON.stringify([identityOf(known.stamps), known.info.layer.value, device]);
    dropOutdated(known);
    const ready = explainers.get(key);
    if (ready && (ready.head || !gradients)) {
      file?.release();
      return ready;
    }
    const source = file ?? (await readModelFile(known.info.path));
    try {
      if (source.identity !== known.identity) return await explainerFor(choice, device, gradients);
      // One session after the other, so that the memory each needs while it is made is not needed twice.
      const explainer = ready ?? (await createExplainer(known, source, device));
      explainers.set(key, explainer);
      if (gradients) explainer.head = await createHead(explainer, source);
      return explainer;
    } finally {
      source.release();
    }
  }

  async function know(choice: ModelChoice): Promise<KnownModel> {
    const { known, file } = await open(choice);
    file?.release();
    return known;
  }

  /** A file that changed has another identity: what was made from the old one is of no use any more. */
  function dropOutdated({ info, identity }: KnownModel): void {
    for (const [key, other] of explainers.entries()) {
      if (other.info.path === info.path && other.identity !== identity) explainers.delete(key);
    }
  }

  return { know, explainerFor };
}

async function createExplainer(known: KnownModel, { model, buffers }: ModelFile, device: Device): Promise<Explainer> {
  const { info, facts } = known;
  const graph = scoreGraph(model, facts, {
    input: info.input.name,
    layout: info.input.layout,
    logits: info.output.logits,
    activation: info.output.activation.value,
    layer: info.layer.value,
  });
  const encoded = encodeModel(model, graph);
  const score = await createSession(info.path, encoded, await buffers(encoded), {
    device,
    optimize: 'all',
    prepack: true,
  });
  return {
    ...known,
    device,
    score,
    head: undefined,
    upsampling: upsamplingOf(info),
    batching: batchingFor(info, device),
    images: createLru(IMAGES),
  };
}

function upsamplingOf({ layers, layer, preprocessing: { height, width } }: ModelInfo): Explainer['upsampling'] {
  const { u, v } = layers.find(({ tensor }) => tensor === layer.value)!;
  const across = bilinearMatrix(v, width.value);
  const columns = Float32Array.from(across, (_, i) => across[(i % width.value) * v + Math.floor(i / width.value)]!);
  return {
    rows: floats(bilinearMatrix(u, height.value), [height.value, u]),
    columns: floats(columns, [v, width.value]),
  };
}

async function createHead({ info, facts, device }: Explainer, { model, buffers }: ModelFile): Promise<Session> {
  const wrt = info.layer.value;
  const source = isCut(info, wrt) ? wrt : info.input.name;
  const encoded = encodeWithFeeds(model, headGraph(model, facts, { source, wrt, logits: info.output.logits }));
  // It runs once a class: the runtime's own copies of its weights would cost more than they save.
  return createSession(info.path, encoded, await buffers(encoded), { device, optimize: 'all', prepack: false });
}

/** True if the head starts at the layer, and needs no pass through the whole network. */
export function isCut(info: ModelInfo, layer: string): boolean {
  return info.layers.some(({ tensor, cut }) => tensor === layer && cut);
}

function release({ score, head }: Explainer): void {
  void score.release();
  void head?.release();
}
