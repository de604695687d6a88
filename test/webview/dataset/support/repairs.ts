/** Made-up repairs of the made-up dataset. */
import type {
  GroupAccuracy,
  RepairChoice,
  RepairInfo,
  TrainingEpoch,
  WatchedMap,
} from '../../../../src/protocol/training';
import { trainingDefaults } from '../../../../src/protocol/training';
import { classOf, mapOf, type Setup } from './data';

export const WATCHED_ITEMS = [11, 31, 41, 61];
const STEPS = 40;

const accuracyOf = (epoch: number) => 0.71 + 0.2 * (1 - 0.5 ** epoch);

export function epochOf(epoch: number): TrainingEpoch {
  return {
    epoch,
    step: epoch * STEPS,
    loss: 0.9 * 0.6 ** epoch + 0.1,
    train: { accuracy: epoch === 0 ? 0 : 0.72 + 0.25 * (1 - 0.5 ** epoch) },
    heldOut: { loss: 0.8 * 0.6 ** epoch + 0.2, accuracy: accuracyOf(epoch) },
    seconds: epoch === 0 ? 0 : 30,
    notes: [],
  };
}

const lossOf = (step: number) => 0.9 * 0.6 ** (step / STEPS) + 0.1 + 0.06 * Math.sin(step * 2.4);

export const CHOICE: RepairChoice = {
  train: '',
  heldOut: '',
  options: { ...trainingDefaults('group-cam'), epochs: 5 },
  pasted: false,
  watched: WATCHED_ITEMS,
  output: '/models/resnet20-repaired.onnx',
};

/** @param done epochs that are done */
export function repairOf(repair: number, done: number, rest: Partial<RepairInfo> = {}): RepairInfo {
  const last = done * STEPS + 13;
  const isOver = rest.state === 'done';
  return {
    ...CHOICE,
    repair,
    version: 1,
    state: 'running',
    work: 20 + repair,
    images: { train: 8000, heldOut: 2000 },
    epochs: Array.from({ length: done + 1 }, (_, epoch) => epochOf(epoch)),
    ...(!isOver && {
      step: { epoch: done + 1, step: last, steps: 5 * STEPS, loss: lossOf(last), rate: 1e-3 },
    }),
    losses: isOver ? [] : Array.from({ length: 13 }, (_, i) => lossOf(done * STEPS + 1 + i)),
    best: done,
    notes: ['Statistics of batch normalisation stay as they are.'],
    ...rest,
  };
}

/** The heat moves into the middle. */
export function watchedMaps({ epochs, watched }: RepairInfo, setup: Setup): WatchedMap[] {
  return epochs.flatMap(({ epoch }) =>
    watched.map((item): WatchedMap => {
      const { values, ...map } = mapOf(item);
      const share = epoch / 5;
      const middle = (i: number) => 255 * Math.exp(-(((i % 7) - 3) ** 2 + (Math.floor(i / 7) - 3) ** 2) / 4);
      return {
        epoch,
        item,
        map: { ...map, values: values.map((value, i) => (1 - share) * value + share * middle(i)) },
        top: [(classOf(item, setup) + (epoch < 2 ? 1 : 0)) % setup.classes, 0.5 + 0.09 * epoch],
      };
    }),
  );
}

export const GROUPS: readonly GroupAccuracy[] = [
  {
    ...{ group: 'cluster automobile 3', query: 'cluster = "automobile 3"', count: 190, a: 0.968, b: 0.942 },
    heat: { count: 188, a: 0.412, b: 0.0871 },
  },
  { group: 'tag marked', query: 'tag = marked', count: 300, trained: 80, a: 0.113, b: 0.887 },
  { group: 'no tag or cluster', query: 'not cluster = "automobile 3"', count: 9_500, a: 0.902, b: 0.896 },
];
