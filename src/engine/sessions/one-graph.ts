/** One graph for a method, as a session: one run answers all that the method asks of the network about an image. */
import { GRADIENT } from '../../core/cam/gradient';
import { SCORE } from '../../core/cam/transform';
import { ExplainError, errors, reasonOf } from '../../core/errors';
import { ONE_GRAPH, oneGraph } from '../../core/export/one-graph';
import { type ExportedMethod, needsGradient } from '../../core/export/steps';
import type { Blur } from '../../core/methods/choice';
import type { MethodNetwork, Scored, WithMask } from '../../core/methods/network';
import { startInUse } from '../../core/model/info';
import { mapsOf } from '../../core/model/layers/arrangement';
import { encodeModel } from '../../core/onnx/weights';
import { CLASSES, classTarget, probabilitiesOf } from '../../core/target/class-scores';
import type { Outputs, Target } from '../../core/target/target';
import type { ModelFile } from '../model/model-file';
import type { PreparedInput } from '../pictures/prepare';
import { createSession, floats } from '../runtime/runtime';
import { type Explainer, type ImageState, layerOf } from './explainer';
import { networkOf } from './method-network';
import { imageOf, numbers, outputsOf, targetFeeds, turn, type Work } from './passes';

/** What one run says of an image and a class. */
export interface Answers {
  readonly state: ImageState;
  readonly class: number;
  /** [K, height, width] */
  readonly gradient: Float32Array | undefined;
  /** What targets read of the blends: that of the blurred image, then those of the masks. */
  readonly blends: readonly Outputs[];
}

export interface OneGraph {
  /**
   * @param index the class; the most probable one if it is left out
   * @throws runtime-failed, out-of-memory, not-finite, cancelled
   */
  answer(input: PreparedInput, index: number | undefined, work: Work): Promise<Answers>;
  release(): Promise<void>;
}

/** Ways to run a method; a graph in float16 scores blends in half floats. */
export const RIVALS = ['passes', 'one graph', 'one graph in float16'] as const;
export type Rival = (typeof RIVALS)[number];

export interface DecidedWay {
  /** Of the method with its options. */
  readonly key: string;
  readonly used: Rival;
  /** In words. */
  readonly reason: string;
  /** What half floats have shown, in words, if they were asked for. */
  readonly half?: string;
  /** Undefined for single passes. */
  readonly graph?: OneGraph;
}

/** @throws what `gradientGraph` throws, and errors of creating sessions */
export async function makeOneGraph(
  explainer: Explainer,
  file: ModelFile,
  method: ExportedMethod,
  half: boolean,
): Promise<OneGraph> {
  const { info, facts, fragment, device } = explainer;
  const layer = layerOf(explainer);
  const blends = explainer.batching.size === 1 ? 'one by one' : 'together';
  const batch = { images: 'one', blends } as const;
  const graph = oneGraph({
    model: file.model,
    facts,
    info,
    fragment,
    layer,
    start: startInUse(info),
    method,
    batch,
    half,
  });
  const encoded = encodeModel(file.model, graph);
  const options = { device, optimize: 'all', prepack: true } as const;
  const session = await createSession(info.path, encoded, await file.buffers(encoded), options);
  const isAsked = needsGradient(method);
  const names = graph.output.map(({ name }) => name);
  return {
    answer: async (input, index, work) => {
      // In a pause another explanation could release the graph.
      await turn(work, false);
      const { feeds } = classTarget(info.labels.value, { class: index ?? 0 });
      const asked = Object.entries(targetFeeds(fragment, { feeds } as Target));
      const nothing = asked.map(
        ([name, { data, dims }]) => [name, floats(new Float32Array(data.length), dims)] as const,
      );
      const seed = {
        [ONE_GRAPH.isAsked]: floats(Float32Array.of(index === undefined ? 0 : 1), [1]),
        ...Object.fromEntries(index === undefined ? nothing : asked),
      };
      const result = await session.run({ [SCORE.image]: imageOf(input), ...(isAsked && seed) }, names);
      const [outputs] = outputsOf(explainer, result, 1) as [Outputs];
      const activations = numbers(explainer, 'activations', result[SCORE.features]!);
      const start = result[SCORE.start];
      const { channels, height, width } = layer;
      const features = { data: mapsOf(activations, layer), channels, height, width };
      const slope = result[GRADIENT.gradient];
      const gradient = slope && mapsOf(numbers(explainer, 'gradients', slope), layer);
      const classes = fragment.outputs[CLASSES.probabilities]!;
      const scores = result[ONE_GRAPH.scored];
      const scored = scores && numbers(explainer, 'class scores', scores);
      const blends = Array.from({ length: (scored?.length ?? 0) / classes }, (_, i) => ({
        [CLASSES.probabilities]: scored!.subarray(i * classes, (i + 1) * classes),
      }));
      work.passes += 1 + blends.length;
      const p = probabilitiesOf(outputs);
      return {
        state: {
          outputs,
          input,
          activations,
          start: start && numbers(explainer, 'activations', start),
          features,
          backgrounds: {},
        },
        class: index ?? p.indexOf(p.reduce((most, value) => Math.max(most, value))),
        gradient,
        blends,
      };
    },
    release: () => session.release(),
  };
}

/** A network that has the answers already; what it is asked beyond them is run. */
export function answeredNetwork(
  explainer: Explainer,
  { state, gradient, blends }: Answers,
  blur: Blur,
  work: Work,
): MethodNetwork {
  const network = networkOf(explainer, state, blur, work);
  return {
    ...network,
    featureGradient: async (target) => {
      if (!gradient) return network.featureGradient(target);
      work.hasSlope ||= gradient.some((value) => value !== 0);
      return gradient;
    },
    scoreMasks: <T extends WithMask>(items: Iterable<T>) => inOrder(explainer, [...items], blends),
  };
}

async function* inOrder<T extends WithMask>(
  { info }: Explainer,
  items: readonly T[],
  blends: readonly Outputs[],
): AsyncGenerator<readonly Scored<T>[]> {
  yield items.map((item) => {
    const outputs = blends[item.l === undefined ? 0 : item.l + 1];
    if (!outputs) throw errors.internal(`no blend ${item.l} in the graph of ${info.path}`);
    return { item, outputs };
  });
}

const FAILURES: ReadonlySet<string> = new Set(['device-unavailable', 'runtime-failed', 'not-finite', 'out-of-memory']);

/** @throws what is no failure of a graph on a device */
export function failureIn(thrown: unknown, name = 'one graph'): string {
  if (!(thrown instanceof ExplainError && FAILURES.has(thrown.code))) throw thrown;
  return `${name} failed: ${reasonOf(thrown).replace(/\.$/, '')}`;
}
