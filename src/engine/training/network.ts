/** The network in training, as methods and sweeps use networks: sessions that are fed the weights of the moment. */
import { gradientGraph } from '../../core/cam/gradient';
import { imageGraph, scoreGraph } from '../../core/cam/transform';
import { CPU_RULES } from '../../core/gradients/cpu';
import { RULES } from '../../core/gradients/rule-table';
import { startInUse } from '../../core/model/info';
import type { Model } from '../../core/onnx/model';
import { encodeModel, withWeights } from '../../core/onnx/weights';
import { withFed } from '../../core/training/fed';
import type { Device } from '../../protocol/devices';
import type { ModelFile } from '../model/model-file';
import { batchingFor, batchingForSweep } from '../runtime/batching';
import { createSession, type Session, type SessionOptions } from '../runtime/runtime';
import { type Explainer, type KnownModel, placesOf } from '../sessions/explainer';
import { createLru } from '../sessions/lru';
import { fragmentOf, releaseParts } from '../sessions/parts';
import { upsamplingOf } from '../sessions/sessions';
import { bytesOf, type Weights } from './weights';

export interface Trainee {
  readonly known: KnownModel;
  readonly file: ModelFile;
  readonly weights: Weights;
  readonly device: Device;
}

export interface NetworkNeeds {
  /** Whether images are scored under masks by a session that is fed; see `withConstants`. */
  readonly masks: boolean;
  /** Whether the layer's gradient is asked for. */
  readonly gradients: boolean;
}

/** Opens a session of a graph of the model, with the trained weights fed. */
export async function openFed(
  { known, file, weights, device }: Trainee,
  graph: Model['graph'],
  options: Partial<SessionOptions> = {},
): Promise<Session> {
  const encoded = encodeModel(file.model, withFed(graph, weights.names));
  const buffers = await file.buffers(encoded);
  const session = await createSession(known.info.path, encoded, buffers, {
    device,
    optimize: 'all',
    prepack: true,
    ...options,
  });
  return weights.feed(session);
}

/**
 * An explainer of the network as it is at each run.
 *
 * @throws unsupported-operator and the like, if gradients are needed
 */
export async function openNetwork(trainee: Trainee, { masks, gradients }: NetworkNeeds): Promise<Explainer> {
  const { known, file, device } = trainee;
  const { info, facts } = known;
  const fragment = fragmentOf(known);
  const size = { width: info.preprocessing.width.value, height: info.preprocessing.height.value };
  const images = await openFed(trainee, imageGraph(file.model, facts, placesOf(info), fragment));
  const opened: Session[] = [images];
  try {
    // Without masks nothing asks for blends.
    let score = images;
    if (masks && device !== 'cpu') {
      score = await openFed(trainee, scoreGraph(file.model, facts, placesOf(info), fragment));
      opened.push(score);
    }
    let gradient: Session | undefined;
    if (gradients) {
      const ends = { source: startInUse(info).tensor, wrt: info.layer.value };
      const rules = device === 'cpu' ? CPU_RULES : RULES;
      gradient = await openFed(trainee, gradientGraph(file.model, facts, ends, fragment, rules));
    }
    return {
      ...known,
      device,
      fragment,
      score,
      parts: { sweep: images, ...(gradient && { 'feature-gradient': gradient }) },
      upsampling: upsamplingOf(info),
      batching: batchingForSweep(batchingFor(info, device), size),
      images: createLru(1),
      users: 1,
      kept: true,
    };
  } catch (thrown) {
    for (const session of opened) await session.release();
    throw thrown;
  }
}

/**
 * Runs a task with a score session whose weights are constants, those of the moment. On a CPU the runtime lays out constant weights
 * in blocks of channels and runs such convolutions in about half the time that it needs with fed weights, so that making a session
 * pays from some dozens of passes on. Other devices keep the session that is fed.
 */
export async function withConstants<T>(
  { file, weights, device }: Trainee,
  network: Explainer,
  task: (constant: Explainer) => Promise<T>,
): Promise<T> {
  if (device !== 'cpu') return task(network);
  const { info, facts, fragment } = network;
  const values = new Map(weights.all.map((weight) => [weight.name, bytesOf(weight)]));
  const { model, buffers } = withWeights(file.model, values);
  const encoded = encodeModel(model, scoreGraph(model, facts, placesOf(info), fragment));
  const others = await file.buffers({ buffers: encoded.buffers.filter((name) => !buffers.has(name)) });
  const options = { device, optimize: 'all', prepack: true } as const;
  const score = await createSession(info.path, encoded, new Map([...others, ...buffers]), options);
  const constant = { ...network, score };
  try {
    return await task(constant);
  } finally {
    // Whether the model takes several images at once is found out once.
    network.batching = constant.batching;
    await score.release();
  }
}

export async function closeNetwork({ score, parts }: Explainer): Promise<void> {
  if (score !== parts.sweep) await score.release();
  releaseParts(parts);
}
