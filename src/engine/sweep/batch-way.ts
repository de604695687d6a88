/**
 * Grad-CAM of a batch of images by one graph, on devices where it is faster than a pass of the batch and a gradient for each image.
 * The first batch of a sweep measures which one is.
 */
import { GRADIENT } from '../../core/cam/gradient';
import { SCORE } from '../../core/cam/transform';
import { ONE_GRAPH, oneGraph } from '../../core/export/one-graph';
import { startInUse } from '../../core/model/info';
import { encodeModel } from '../../core/onnx/weights';
import { CLASSES } from '../../core/target/class-scores';
import { identityOf } from '../../files/stamps';
import { TOLERANCE, type WaysOptions } from '../explanations/ways';
import { machineSignature } from '../runtime/devices';
import { type Memory, timeOf } from '../runtime/race';
import { createSession, floats, type Session, type Tensor } from '../runtime/runtime';
import { type Explainer, layerOf } from '../sessions/explainer';
import { failureIn, type Rival } from '../sessions/one-graph';
import { tensorsRead } from '../sessions/passes';
import { readAgain } from '../sessions/sessions';

/** The class of each image; the most probable one where it is undefined. */
export type AskedClasses = readonly (number | undefined)[];

export type Results = Readonly<Record<string, Tensor>>;

/** Runs images, [N, ...], and classes. The results of a graph have SCORE's outputs, and GRADIENT's too. */
type Run = (images: Tensor, classes: AskedClasses) => Promise<Results>;

export interface BatchWay {
  /** @returns undefined if single passes are used */
  run(images: Tensor, classes: AskedClasses, rival: BatchRival): Promise<Results | undefined>;
  /** Undefined before the first batch. */
  used(): 'passes' | 'one graph' | undefined;
  release(): Promise<void>;
}

/** Both ways to the maps of a batch. */
export interface BatchRival {
  /** Maps from 0 to 1 by single passes. */
  passes(): Promise<readonly Float32Array[]>;
  /** Maps from what the graph has made. */
  mapsOf(results: Results): Promise<readonly Float32Array[]>;
}

/** Of all sweeps with an explainer, which releases it. @returns undefined on a device on which a graph takes no part */
export function batchWayOf(explainer: Explainer, { isOffered, memory }: Required<WaysOptions>): BatchWay | undefined {
  if (!isOffered(explainer.device)) return undefined;
  explainer.batchWay ??= createBatchWay(explainer, memory);
  return explainer.batchWay as BatchWay;
}

function createBatchWay(explainer: Explainer, memory: Memory<Rival>): BatchWay {
  const { stamps, info, device } = explainer;
  let session: Session | undefined;
  let isDecided = false;

  async function decide(images: Tensor, classes: AskedClasses, rival: BatchRival): Promise<void> {
    const model = [identityOf(stamps), info.output.name, info.layer.value, device];
    const place = JSON.stringify([...model, 'sweep', images.dims[0], await machineSignature()]);
    const known = await memory.recall(place);
    if (known === 'passes') return;
    session = await openGraph(explainer);
    if (!session || known) return;
    const isBetter = await race(runOf(explainer, session), images, classes, rival);
    await memory.keep(place, isBetter ? 'one graph' : 'passes');
    if (!isBetter) await release();
  }

  async function release(): Promise<void> {
    await session?.release();
    session = undefined;
  }

  return {
    run: async (images, classes, rival) => {
      try {
        if (!isDecided) await decide(images, classes, rival);
        return session && (await runOf(explainer, session)(images, classes));
      } catch (thrown) {
        // Single passes go on after a graph has failed.
        failureIn(thrown);
        await release();
        return undefined;
      } finally {
        isDecided = true;
      }
    },
    used: () => (isDecided ? (session ? 'one graph' : 'passes') : undefined),
    release,
  };
}

/** Whether the graph gives the maps of single passes in less time. */
async function race(run: Run, images: Tensor, classes: AskedClasses, rival: BatchRival): Promise<boolean> {
  let [expected, found]: (readonly Float32Array[])[] = [[], []];
  const passes = await timeOf(async () => {
    expected = await rival.passes();
  });
  const graph = await timeOf(async () => {
    found = await rival.mapsOf(await run(images, classes));
  });
  const isAlike = (a: Float32Array, b: Float32Array) => a.every((value, i) => Math.abs(value - b[i]!) <= TOLERANCE);
  return graph < passes && expected!.every((map, i) => isAlike(map, found![i]!));
}

/** @returns undefined if the model's file has just changed */
async function openGraph(explainer: Explainer): Promise<Session | undefined> {
  const { info, facts, fragment, device } = explainer;
  const file = await readAgain(explainer);
  try {
    if (file.identity !== explainer.identity) return undefined;
    const batch = { images: 'any', blends: 'together' } as const;
    const method = { name: 'grad-cam' } as const;
    const layers = { layer: layerOf(explainer), start: startInUse(info) };
    const graph = oneGraph({ model: file.model, facts, info, fragment, ...layers, method, batch });
    const encoded = encodeModel(file.model, graph);
    return await createSession(info.path, encoded, await file.buffers(encoded), {
      device,
      optimize: 'all',
      prepack: true,
    });
  } finally {
    file.release();
  }
}

function runOf(explainer: Explainer, session: Session): Run {
  const { fragment } = explainer;
  const count = fragment.outputs[CLASSES.probabilities]!;
  const [given] = fragment.inputs;
  const fetches = [...Object.keys(fragment.outputs), ...tensorsRead(explainer), GRADIENT.gradient];
  return (images, classes) => {
    const size = images.dims[0]!;
    const isAsked = new Float32Array(size);
    const seeds = new Float32Array(size * count);
    classes.forEach((index, i) => {
      if (index === undefined) return;
      isAsked[i] = 1;
      seeds[i * count + index] = 1;
    });
    const feeds = {
      [SCORE.image]: images,
      [ONE_GRAPH.isAsked]: floats(isAsked, [size, 1]),
      [given!.name]: floats(seeds, [size, count]),
    };
    return session.run(feeds, fetches);
  };
}
