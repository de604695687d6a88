/** One step: the loss and the gradients of a batch, and the weights after it. */

import { CPU_RULES } from '../../core/gradients/cpu';
import { RULES } from '../../core/gradients/rule-table';
import type { Parameter } from '../../core/training/parameters';
import { isRight } from '../../core/training/scores';
import { areFinite, sgdStep, type Values } from '../../core/training/sgd';
import { STEP, stepGraph } from '../../core/training/step-graph';
import type { TrainingOptions } from '../../protocol/training';
import { factsAtBatch } from '../model/batch';
import { floats } from '../runtime/runtime';
import { openFed, type Trainee } from './network';
import type { Plan } from './plan';
import { numbersOf } from './weights';

/** Images as the network sees them, one after the other, with what is right for each. */
export interface Batch {
  readonly images: readonly Float32Array[];
  readonly truths: readonly (readonly number[])[];
  /** What the loss compares with, by class. */
  readonly right: readonly Float32Array[];
}

export interface Pass {
  /** Mean over the batch. */
  readonly loss: number;
  /** Images whose answer was right. */
  readonly right: number;
  /** Of the mean loss, by parameter. */
  readonly gradients: ReadonlyMap<string, ArrayLike<number>>;
}

export interface Stepper {
  /**
   * What the network makes of a batch.
   *
   * @param count called after each image
   * @param between called between two runs of the network
   * @throws what `between` does
   */
  pass(batch: Batch, count: () => void, between: () => Promise<void>): Promise<Pass>;
  release(): Promise<void>;
}

/**
 * @param atOnce images of a run, which divides the batch; models that take fewer get one at a time
 * @throws unsupported-operator, not-connected, gradient-rule; errors of creating sessions
 */
export async function openStepper(trainee: Trainee, plan: Plan, atOnce: number): Promise<Stepper> {
  const { info, file } = plan.opened;
  const { parameters, kind, facts } = plan;
  const input = facts.get(info.input.name)!;
  const ends = { input: info.input.name, logits: info.output.logits };
  const several = info.input.single ? undefined : await factsAtBatch(file, facts, ends, atOnce);
  const size = several ? atOnce : 1;
  const output = { ...info.output, activation: kind.activation };
  const rules = trainee.device === 'cpu' ? CPU_RULES : RULES;
  const graph = stepGraph(file.model, several ?? facts, { input: info.input.name, parameters, output }, rules);
  const session = await openFed(trainee, graph);
  const dims = [size, ...input.dims.slice(1)];
  const outputs = [STEP.loss, STEP.probabilities, ...parameters.map(({ name }) => STEP.gradientOf(name))];

  async function part({ images, right }: Omit<Batch, 'truths'>) {
    const labels = new Float32Array(size * kind.classes);
    right.forEach((one, i) => {
      labels.set(one, i * kind.classes);
    });
    const data = new Float32Array(size * images[0]!.length);
    images.forEach((image, i) => {
      data.set(image, i * image.length);
    });
    const feeds = {
      [STEP.image]: floats(data, dims),
      [STEP.labels]: floats(labels, [size, kind.classes]),
    };
    return session.run(feeds, outputs);
  }

  return {
    pass: async ({ images, truths, right: labels }, count, between) => {
      const runs = images.length / size;
      let [loss, right] = [0, 0];
      const gradients = new Map<string, ArrayLike<number>>();
      for (let from = 0; from < images.length; from += size) {
        if (from > 0) await between();
        const own = truths.slice(from, from + size);
        const result = await part({ images: images.slice(from, from + size), right: labels.slice(from, from + size) });
        for (const value of Array.from(numbersOf(result[STEP.loss]!))) loss += value / images.length;
        const p = numbersOf(result[STEP.probabilities]!) as Float32Array;
        own.forEach((truth, i) => {
          if (isRight(p.subarray(i * kind.classes, (i + 1) * kind.classes), truth, kind)) right += 1;
        });
        for (const { name } of parameters)
          addTo(gradients, name, numbersOf(result[STEP.gradientOf(name)]!) as Values, runs);
        for (const _ of own) count();
      }
      return { loss, right, gradients };
    },
    release: () => session.release(),
  };
}

/** The mean over runs: each has the gradient of its own mean loss, and as many images as the others. */
function addTo(sums: Map<string, ArrayLike<number>>, name: string, gradient: Values, runs: number): void {
  if (runs === 1) {
    sums.set(name, gradient);
    return;
  }
  const sum = (sums.get(name) as Float64Array | undefined) ?? new Float64Array(gradient.length);
  for (let i = 0; i < sum.length; i++) sum[i]! += gradient[i]! / runs;
  sums.set(name, sum);
}

/** @returns the parameter whose gradient is not finite, after which nothing has changed; undefined after a step */
export function descend(
  { weights, parameters }: Plan,
  velocity: ReadonlyMap<string, Values>,
  gradients: Pass['gradients'],
  rate: number,
  { momentum, weightDecay }: TrainingOptions,
): string | undefined {
  const bad = parameters.find(({ name }: Parameter) => !areFinite(gradients.get(name)!));
  if (bad) return bad.name;
  const values = new Map(weights.all.map((weight) => [weight.name, weight.values]));
  for (const { name, decays } of parameters)
    sgdStep(values.get(name)!, velocity.get(name)!, gradients.get(name)!, {
      rate,
      momentum,
      weightDecay: decays ? weightDecay : 0,
    });
  weights.changed();
  return undefined;
}
