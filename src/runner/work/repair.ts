/** Fine-tunes a version: asks the engine, again where it was paused or has ended, and keeps what the engine tells. */
import { setTimeout } from 'node:timers/promises';
import type { Engine } from '../../client/engine';
import { datasetErrors } from '../../core/dataset-errors';
import { errors, toExplainError } from '../../core/errors';
import type { DeviceChoice } from '../../protocol/devices';
import type {
  RepairInfo,
  Trained,
  Training,
  TrainingImage,
  TrainingProgress,
  TrainingStep,
} from '../../protocol/training';
import type { Place } from '../models/places';
import { createRate, secondsLeft } from '../plan/rate';
import type { RunFile } from '../store/form';
import type { RepairImage, StoredRepair } from '../store/repairs/form';
import { hasBytes, identified } from './images';
import { DIGITS } from './training-images';
import type { Control } from './works';

export interface RepairTask extends Place {
  readonly file: RunFile;
  readonly repair: StoredRepair;
  readonly device: DeviceChoice;
  readonly engine: Pick<Engine, 'call' | 'pid' | 'state'>;
  /** Whether it shall end at the best so far. It may be asked for at any time. */
  readonly finishes: () => boolean;
  /** Called after what is known of the training has changed. */
  readonly told: (live: Live) => void;
}

/** What is known of a training while it runs, beside what is stored. */
export interface Live extends Pick<RepairInfo, 'progress'> {
  readonly step?: TrainingStep;
  /** Of the epoch in work. */
  readonly losses: readonly number[];
}

/** Milliseconds between two looks whether the work may go on: the engine tells nothing while it computes an epoch's maps. */
const LOOK = 100;
/** The engine says nothing while all images go through the network: milliseconds after which it hangs. */
const LONGEST = 300_000;
const LONGEST_OF_IMAGE = 2_000;
/** How often the engine may end without a step beyond those before. */
const DEATHS = 3;
const DIED: ReadonlySet<string> = new Set(['engine-crashed', 'timeout', 'out-of-memory']);

export const checkpointOf = (output: string): string => `${output}.training`;

/** @throws cancelled, with the checkpoint kept; what trainings and models throw; image-unreadable if an image has changed */
export async function train(task: RepairTask, control: Control): Promise<Trained> {
  const { engine } = task;
  await control.turn();
  const training = await trainingOf(task, control.signal);
  const listener = createListener(task, training, control);
  const timeout = LONGEST + LONGEST_OF_IMAGE * (training.train.length + training.heldOut.length);
  let [deaths, furthest] = [0, 0];
  for (;;) {
    await control.turn();
    await task.model.check(control.signal);
    const stop = stopping(task, control);
    try {
      const finish = task.finishes() ? { finish: true } : {};
      const params = { ...training, ...finish, model: task.choice, device: task.device };
      return await engine.call('train', params, { signal: stop.signal, timeout, on: listener.on });
    } catch (thrown) {
      const { code } = toExplainError(thrown);
      if (stop.signal.aborted) await settled(engine);
      if (control.signal.aborted) throw errors.cancelled();
      if (stop.signal.aborted && code === 'cancelled') continue;
      if (!DIED.has(code) || engine.pid !== undefined) throw thrown;
      deaths = listener.step() > furthest ? 1 : deaths + 1;
      furthest = Math.max(furthest, listener.step());
      if (deaths === DEATHS) throw thrown;
    } finally {
      stop.dispose();
    }
  }
}

/** Milliseconds for which the engine may keep what it has trained, once it was told to stop. */
const PATIENCE = 10_000;

/** A cancelled call rejects at once, and the engine is busy until it has kept its state. */
async function settled(engine: RepairTask['engine']): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (engine.state === 'busy' && performance.now() < end) await setTimeout(LOOK / 4);
}

/** A signal that is aborted when the work is paused, has to wait, ends, or shall finish. */
function stopping({ finishes }: RepairTask, control: Control) {
  const controller = new AbortController();
  const wasToFinish = finishes();
  const look = (): void => {
    if (!control.goesOn() || finishes() !== wasToFinish) controller.abort();
  };
  const timer = setInterval(look, LOOK);
  control.signal.addEventListener('abort', look);
  return {
    signal: controller.signal,
    dispose() {
      clearInterval(timer);
      control.signal.removeEventListener('abort', look);
    },
  };
}

async function trainingOf({ file, repair, finishes }: RepairTask, signal: AbortSignal): Promise<Training> {
  const { train: own, heldOut, watched } = file.repairs.images(repair.repair);
  // What ends with an epoch that is done reads no image.
  const isRead = !finishes() || !repair.epochs.some(({ epoch }) => epoch > 0);
  const list = (images: readonly RepairImage[]) => imagesAsTheyWere(file, images, isRead, signal);
  return {
    train: await list(own),
    heldOut: await list(heldOut),
    watched: await list(watched),
    options: repair.options,
    provenance: {
      dataset: file.info().source,
      train: repair.train,
      heldOut: repair.heldOut,
    },
    output: repair.output,
    checkpoint: checkpointOf(repair.output),
  };
}

/** Images whose files are read at once. */
const PART = 512;

/** @throws image-unreadable, if they are read and one is another now */
async function imagesAsTheyWere(
  file: RunFile,
  images: readonly RepairImage[],
  isRead: boolean,
  signal: AbortSignal,
): Promise<readonly TrainingImage[]> {
  const found: TrainingImage[] = [];
  for (let from = 0; from < images.length; from += PART) {
    const part = images.slice(from, from + PART);
    const files = part.flatMap((image) => (image.pasted?.from ? [image, image.pasted.from] : [image]));
    const items = files.map(({ item }) => file.item(item));
    if (isRead)
      for (const [i, now] of (await identified(items, signal)).entries()) {
        const { hash } = files[i]!;
        // One that was put back has other times than the one that was listed.
        const isSame = 'error' in now ? await hasBytes(now.item, hash) : now.hash.slice(0, DIGITS) === hash;
        if (!isSame) throw datasetErrors.trainingImageChanged(now.item.file);
      }
    const paths = items.map((item) => item.file);
    let at = 0;
    for (const { item, truth, group, pasted, suspect } of part)
      found.push({
        ...{ id: item, path: paths[at++]!, truth },
        ...(group !== undefined && { group }),
        ...(pasted && { pasted: { ...(pasted.from && { from: paths[at++]! }), cells: pasted.cells } }),
        ...(suspect && { suspect }),
      });
  }
  return found;
}

/** Takes what the engine tells: keeps what lasts in the run file, and says what is going on. */
function createListener({ file, repair: { repair, options }, told }: RepairTask, training: Training, control: Control) {
  const images = training.train.length * options.epochs;
  let live: Live = { losses: file.repairs.get(repair).losses };
  let epoch = 0;
  let rate = createRate();
  const tell = (now: Live): void => {
    live = now;
    told(now);
  };
  return {
    step: () => live.step?.step ?? 0,
    on: {
      step(step: TrainingStep) {
        const losses = step.epoch === epoch ? live.losses : [];
        epoch = step.epoch;
        tell({ step, losses: [...losses, step.loss] });
        control.report({ done: Math.round((images * step.step) / step.steps), total: images, failed: 0 });
      },
      epoch(now: Trained['epochs'][number]) {
        file.repairs.addEpoch(repair, now, live.losses);
        tell(withoutProgress(live));
      },
      progress(progress: TrainingProgress) {
        const { done, total } = progress;
        // The first image waits for the session to warm up, which says nothing about those after it.
        if (done === 0) rate = createRate();
        else rate.note(performance.now(), done);
        // A step's first images are not told, and some of them take longer than others.
        const left = progress.part === 'step' ? undefined : secondsLeft(total - done, rate.perSecond());
        tell({ ...live, progress: { ...progress, ...(left !== undefined && { left }) } });
      },
      note({ text }: { readonly text: string }) {
        const { notes } = file.repairs.get(repair);
        if (!notes.includes(text)) file.repairs.change(repair, { notes: [...notes, text] });
        tell(live);
      },
      map(map: Parameters<RunFile['repairs']['addMap']>[1]) {
        file.repairs.addMap(repair, map);
        tell(live);
      },
    },
  };
}

const withoutProgress = ({ progress: _, ...live }: Live): Live => live;
