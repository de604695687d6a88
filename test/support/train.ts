/** The request `train`, with its events in the order in which they came. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { Params, Service } from '../../src/protocol/requests';
import type {
  Trained,
  TrainingEpoch,
  TrainingImage,
  TrainingOptions,
  TrainingProgress,
  TrainingStep,
  WatchedMap,
} from '../../src/protocol/training';

export const OPTIONS: TrainingOptions = {
  arm: 'plain',
  epochs: 2,
  rate: 0.01,
  batch: 8,
  momentum: 0.9,
  weightDecay: 1e-4,
  groups: 4,
  balance: 'none',
  augment: false,
  keep: 0,
  heat: 0,
  headFirst: false,
  seed: 0,
};

export interface Told {
  readonly trained: Trained;
  readonly steps: readonly TrainingStep[];
  readonly epochs: readonly TrainingEpoch[];
  readonly maps: readonly WatchedMap[];
  readonly progress: readonly TrainingProgress[];
  readonly notes: readonly string[];
}

type Choice = Pick<Params<'train'>, 'model' | 'train' | 'heldOut' | 'output' | 'checkpoint'> &
  Partial<Omit<Params<'train'>, 'options'>> & { readonly options?: Partial<TrainingOptions> };

/** @param onStep called with each step, after which a test may cancel */
export async function trainWith(
  service: Service,
  { options, ...choice }: Choice,
  onStep: (step: TrainingStep) => void = () => {},
  signal: AbortSignal = new AbortController().signal,
): Promise<Told> {
  const steps: TrainingStep[] = [];
  const epochs: TrainingEpoch[] = [];
  const maps: WatchedMap[] = [];
  const progress: TrainingProgress[] = [];
  const notes: string[] = [];
  const trained = await service.train(
    {
      device: 'cpu',
      watched: [],
      provenance: { dataset: 'a dataset', train: 'train', heldOut: 'held out' },
      ...choice,
      options: { ...OPTIONS, ...options },
    },
    {
      signal,
      emit: (event, data) => {
        if (event === 'epoch') epochs.push(data as TrainingEpoch);
        else if (event === 'map') maps.push(data as WatchedMap);
        else if (event === 'progress') progress.push(data as TrainingProgress);
        else if (event === 'note') notes.push((data as { text: string }).text);
        else {
          steps.push(data as TrainingStep);
          onStep(data as TrainingStep);
        }
      },
    },
  );
  return { trained, steps, epochs, maps, progress, notes };
}

/** The images of a folder of classes, some of each. */
export function imagesIn(folder: string, classes: readonly string[], from: number, count: number): TrainingImage[] {
  return classes.flatMap((name, index) =>
    readdirSync(path.join(folder, name))
      .sort()
      .slice(from, from + count)
      .map((file, i) => ({ id: 1000 * index + from + i, path: path.join(folder, name, file), truth: [index] })),
  );
}
