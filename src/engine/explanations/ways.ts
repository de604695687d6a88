/**
 * How a method is run on another device than a CPU: by single passes, or by one graph that needs no round trips. Which one is
 * measured on the first image and remembered, as races of devices are.
 */
import { type ExportedMethod, graphMethodOf } from '../../core/export/steps';
import type { MethodChoice } from '../../core/methods/choice';
import { methods } from '../../core/methods/method-table';
import type { MethodNetwork } from '../../core/methods/network';
import { saliencyOf } from '../../core/saliency';
import { spearman } from '../../core/sanity/similarity';
import type { Target } from '../../core/target/target';
import { identityOf } from '../../files/stamps';
import type { Device } from '../../protocol/devices';
import type { PreparedInput } from '../pictures/prepare';
import { machineSignature } from '../runtime/devices';
import { type Memory, memoryIn, timeOf } from '../runtime/race';
import type { Explainer, ImageState } from '../sessions/explainer';
import { networkOf } from '../sessions/method-network';
import {
  type Answers,
  answeredNetwork,
  type DecidedWay,
  failureIn,
  makeOneGraph,
  type OneGraph,
  RIVALS,
  type Rival,
} from '../sessions/one-graph';
import { firstPass, turn, type Work } from '../sessions/passes';
import { readAgain } from '../sessions/sessions';
import { ALIKE } from '../sessions/trial';
import { inputSizeOf } from './image-state';

/** What may be replaced in tests. */
export interface WaysOptions {
  /** The devices on which a graph takes part. */
  readonly isOffered?: (device: Device) => boolean;
  readonly memory?: Memory<Rival>;
}

export function waysOptions({
  isOffered = (device) => device !== 'cpu',
  memory = memoryIn(process.env['GROUP_CAM_STATE'], 'ways.json', RIVALS),
}: WaysOptions): Required<WaysOptions> {
  return { isOffered, memory };
}

/** The largest difference between the maps of a graph in float32 and of single passes, of values from 0 to 1. */
export const TOLERANCE = 1e-3;

/** Milliseconds of an explanation by single passes, from which on a graph could gain nothing that is seen. */
const LONG = 5000;
class TooLong extends Error {}

export interface Ways {
  /** How a choice is run; undefined if there is nothing to choose. */
  for(explainer: Explainer, choice: MethodChoice, work: Work): Way | undefined;
}

export interface Way {
  /** In place of `firstPass`. @param index the class that will be explained; the most probable one if it is left out */
  first(input: PreparedInput, index: number | undefined): Promise<ImageState>;
  network(state: ImageState, asked: Asked): Promise<MethodNetwork>;
}

interface Asked {
  readonly index: number;
  readonly target: Target;
}

/** @param options where the results of measurements are kept */
export function createWays({ isOffered, memory }: Required<WaysOptions>): Ways {
  /** What the last run has answered. */
  let last: { readonly key: string; readonly answers: Answers } | undefined;
  return {
    for: (explainer, choice, work) => {
      const method = isOffered(explainer.device) ? graphMethodOf(choice) : undefined;
      if (!method) return undefined;
      const key = keyOf(explainer, choice);
      const answer = async (graph: OneGraph, input: PreparedInput, index: number | undefined) => {
        const answers = await graph.answer(input, index, work);
        last = { key, answers };
        return answers;
      };
      /** Goes on with single passes after a graph has failed. */
      const giveUp = async (graph: OneGraph, thrown: unknown) => {
        const reason = failureIn(thrown);
        keep(explainer, { key, used: 'passes', reason });
        await graph.release();
      };
      return {
        first: async (input, index) => {
          await turn(work); // The last pause until the graph has answered.
          const found = foundWays.get(explainer);
          const graph = found?.key === key ? found.graph : undefined;
          if (graph) {
            try {
              return (await answer(graph, input, index)).state;
            } catch (thrown) {
              await giveUp(graph, thrown);
            }
          }
          return firstPass(explainer, input, choice.blur, work);
        },
        network: async (state, asked) => {
          const way = await decided(explainer, choice, method, key, state, asked, work, memory);
          const { graph } = way;
          if (graph) {
            try {
              const isKnown = last?.key === key && last.answers.state === state && last.answers.class === asked.index;
              const answers = isKnown ? last!.answers : await answer(graph, state.input, asked.index);
              note(way, choice, explainer.device, work);
              return answeredNetwork(explainer, answers, choice.blur, work);
            } catch (thrown) {
              await giveUp(graph, thrown);
            }
          }
          note(foundWays.get(explainer) ?? way, choice, explainer.device, work);
          return networkOf(explainer, state, choice.blur, work);
        },
      };
    },
  };
}

const HALF: Rival = 'one graph in float16';

const keyOf = ({ stamps, info, device }: Explainer, { method, options, blur }: MethodChoice) =>
  JSON.stringify([identityOf(stamps), info.output.name, info.layer.value, device, method, options, blur]);

function note(
  { used, reason, half = 'the choice was measured earlier' }: DecidedWay,
  { options }: MethodChoice,
  device: Device,
  work: Work,
): void {
  work.way = { used: used === 'passes' ? 'passes' : 'one graph', reason };
  const { precision = 'float32' } = options;
  if (used === HALF) work.precision = { used: 'float16', reason: half };
  else if (precision === 'float16' || (used !== 'passes' && precision === 'auto'))
    work.precision = { used: 'float32', reason: half };
  else if (used !== 'passes' && precision === 'int8')
    work.precision = { used: 'float32', reason: `int8 is for CPUs, and this is ${device}` };
}

/** The ways of the methods that were run last; the explainer releases their graphs. */
const foundWays = new WeakMap<Explainer, DecidedWay>();

function keep(explainer: Explainer, way: DecidedWay): DecidedWay {
  foundWays.set(explainer, way);
  explainer.graph = way.graph;
  return way;
}

/** The way of a choice, which is found if another one was run last. */
async function decided(
  explainer: Explainer,
  choice: MethodChoice,
  method: ExportedMethod,
  key: string,
  state: ImageState,
  asked: Asked,
  work: Work,
  memory: Memory<Rival>,
): Promise<DecidedWay> {
  const before = foundWays.get(explainer);
  if (before?.key === key) return before;
  await before?.graph?.release();
  foundWays.delete(explainer);
  explainer.graph = undefined;
  const place = JSON.stringify([key, await machineSignature()]);
  const known = await memory.recall(place);
  const file = await readAgain(explainer);
  try {
    if (file.identity !== explainer.identity) return { key, used: 'passes', reason: 'the model has just changed' };
    const make = (half: boolean) => makeOneGraph(explainer, file, method, half);
    const found = known ? await again(known, make) : await race(explainer, choice, make, state, asked, work);
    if (!known && found.isMeasured) await memory.keep(place, found.used);
    return keep(explainer, { key, ...found });
  } finally {
    file.release();
  }
}

interface Found extends Omit<DecidedWay, 'key'> {
  /** False after a failure, which may not come again. */
  readonly isMeasured: boolean;
}

/** What an earlier process has measured. */
async function again(used: Rival, make: (half: boolean) => Promise<OneGraph>): Promise<Found> {
  const found = { used, reason: `${used} was the best when it was measured`, isMeasured: true };
  if (used === 'passes') return found;
  try {
    return { ...found, graph: await make(used === HALF) };
  } catch (thrown) {
    return { used: 'passes', reason: failureIn(thrown), isMeasured: false };
  }
}

interface Outcome {
  readonly milliseconds: number;
  readonly map: Float32Array;
  readonly scores: Float32Array;
}

/** A rival, with what speaks for or against it in words. */
interface Measured {
  readonly graph?: OneGraph;
  /** Its time over that of single passes; undefined if it can't be used. */
  readonly share?: number;
  readonly reason: string;
  readonly isFailed?: boolean;
}

/** Runs the choice in each way on one image, and takes the fastest of those whose maps agree. */
async function race(
  explainer: Explainer,
  choice: MethodChoice,
  make: (half: boolean) => Promise<OneGraph>,
  state: ImageState,
  { index, target }: Asked,
  { signal }: Work,
): Promise<Found> {
  const { method, blur } = choice;
  const options = { ...choice.options, ...('precision' in choice.options && { precision: 'float32' }) };
  const outcome = async (network: (work: Work) => Promise<MethodNetwork>): Promise<Outcome> => {
    let ended: Omit<Outcome, 'milliseconds'> | undefined;
    const milliseconds = await timeOf(async () => {
      // Without pauses, in which others would compute in the time that is measured.
      const work: Work = { signal, passes: 0 };
      const frames = methods[method].run(await network(work), target, options);
      let map: Float32Array = new Float32Array();
      let step = await frames.next();
      for (; !step.done; step = await frames.next())
        map = saliencyOf({ ...step.value, inputSize: inputSizeOf(explainer) }).map;
      ended = { map, scores: step.value.scores ?? new Float32Array() };
    });
    return { milliseconds, ...ended! };
  };
  const { precision } = choice.options;
  const isHalf = method === 'group-cam' && (precision === 'float16' || precision === 'auto');
  const start = performance.now();
  const passes = await outcome(async (work) => {
    if (!isHalf && performance.now() - start > LONG) throw new TooLong();
    return networkOf(explainer, await firstPass(explainer, state.input, blur, work), blur, work);
  }).catch((thrown: unknown) => {
    if (thrown instanceof TooLong) return undefined;
    throw thrown;
  });
  if (!passes)
    return { used: 'passes', reason: 'passes take so long here that round trips do not matter', isMeasured: true };
  const measure = async (half: boolean, flaw: (of: Outcome) => string | undefined): Promise<Measured> => {
    let graph: OneGraph | undefined;
    try {
      const made = await make(half);
      graph = made;
      const of = await outcome(async (work) =>
        answeredNetwork(explainer, await made.answer(state.input, index, work), blur, work),
      );
      const share = of.milliseconds / passes.milliseconds;
      const reason = `${nameOf(half)} took ${share.toPrecision(2)} of the time of single passes`;
      const found = flaw(of);
      if (found === undefined) return { graph, share, reason };
      await graph.release();
      return { reason: found };
    } catch (thrown) {
      await graph?.release();
      return { reason: failureIn(thrown, nameOf(half)), isFailed: true };
    }
  };
  const real = await measure(false, ({ map }) => {
    const difference = map.reduce((most, value, i) => Math.max(most, Math.abs(value - passes.map[i]!)), 0);
    return difference <= TOLERANCE ? undefined : `the map of one graph differs by ${difference.toPrecision(2)}`;
  });
  const half = isHalf
    ? await measure(true, ({ scores }) => {
        const agreement = spearman(scores, passes.scores);
        if (agreement >= ALIKE) return undefined;
        return `half floats are not faithful for this model: the ranks of the masks' scores correlate by ${agreement.toFixed(2)}`;
      })
    : undefined;
  return chosen(real, half, precision === 'float16');
}

/** @param isForced whether half floats are taken wherever they are faithful */
async function chosen(real: Measured, half: Measured | undefined, isForced: boolean): Promise<Found> {
  const isMeasured = !real.isFailed && !half?.isFailed;
  const time = ({ share = Number.POSITIVE_INFINITY }: Measured) => share;
  const isHalf = half?.graph !== undefined && (isForced || time(half) < Math.min(1, time(real)));
  const isOne = !isHalf && time(real) < 1;
  if (!isHalf) await half?.graph?.release();
  if (!isOne) await real.graph?.release();
  const found = { reason: real.reason, ...(half && { half: half.reason }), isMeasured };
  if (isHalf) return { ...found, used: HALF, graph: half.graph! };
  if (isOne) return { ...found, used: 'one graph', graph: real.graph! };
  return { ...found, used: 'passes' };
}

const nameOf = (half: boolean) => (half ? 'one graph with half floats' : 'one graph');
