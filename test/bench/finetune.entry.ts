/**
 * One training of `npm run finetune-paper`, and what the new model makes of images that neither the training nor the choice
 * of its best epoch has seen. Arguments: a file with the job as JSON.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { setThreads } from '../../src/engine/runtime/runtime';
import { createService } from '../../src/engine/service';
import type { SweptImage } from '../../src/protocol/requests';
import type { Arm, TrainingImage } from '../../src/protocol/training';
import { trainWith } from '../support/train';

interface Job {
  readonly model: string;
  readonly train: readonly TrainingImage[];
  readonly heldOut: readonly TrainingImage[];
  readonly test: readonly TrainingImage[];
  readonly arm: Arm | 'untouched';
  readonly options: Record<string, number>;
  /** The new model, which is removed once it was tested, and the folder for going on. */
  readonly output: string;
}

async function main(file: string) {
  const job: Job = JSON.parse(readFileSync(file, 'utf8'));
  setThreads(1);
  const service = createService();
  const { model, train, heldOut, arm, output } = job;
  const checkpoint = `${output}.training`;
  const isWhole = !existsSync(checkpoint);
  const before = process.cpuUsage();
  const told =
    arm === 'untouched'
      ? undefined
      : await trainWith(service, {
          model: { path: model },
          train,
          heldOut,
          output,
          checkpoint,
          options: { ...job.options, arm, augment: true },
        });
  const { user, system } = process.cpuUsage(before);
  const correct: boolean[] = [];
  const path = arm === 'untouched' ? model : output;
  const images = job.test.map(({ path: image, truth }, id) => ({ id, path: image, truth }));
  await service.sweep(
    { model: { path }, device: 'cpu', images, top: 1, maps: false },
    {
      signal: { aborted: false },
      emit: (event, data) => {
        if (event !== 'swept') throw new Error(JSON.stringify(data));
        const { id, top } = data as SweptImage;
        correct[id] = job.test[id]!.truth.includes(top[0]![0]);
      },
    },
  );
  for (const made of [output, output.replace(/\.onnx$/, '.explain.json')]) if (existsSync(made)) rmSync(made);
  const epochs = told?.trained.epochs ?? [];
  const seconds = epochs.slice(1).reduce((sum, epoch) => sum + epoch.seconds, 0);
  // Processor time, in which waiting for other programs does not count; unknown of a training that went on after a kill.
  const work = isWhole && told ? (user + system) / 1e6 : undefined;
  return {
    correct: correct.map((one) => (one ? 1 : 0)).join(''),
    seconds,
    work,
    epochs,
    best: told?.trained.best ?? 0,
  };
}

main(process.argv[2]!).then(
  (result) => process.send?.({ result }, () => process.exit(0)),
  (thrown) => {
    console.error(thrown);
    process.exit(1);
  },
);
