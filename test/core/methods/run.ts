/** Runs methods to their end and compares maps. */
import assert from 'node:assert/strict';
import { methods } from '../../../src/core/methods/method-table';
import type { MethodName } from '../../../src/core/methods/names';
import type { MethodNetwork, MethodResult, MethodRun } from '../../../src/core/methods/network';
import type { MethodFrame } from '../../../src/core/saliency';
import { CLASSES, type ClassChoice, classTarget } from '../../../src/core/target/class-scores';
import type { Target } from '../../../src/core/target/target';

export async function framesOf(run: MethodRun): Promise<MethodFrame[]> {
  const frames: MethodFrame[] = [];
  for await (const frame of run) frames.push(frame);
  return frames;
}

/** What a run answers after its last frame. */
export async function resultOf(run: MethodRun): Promise<MethodResult> {
  let step = await run.next();
  while (!step.done) step = await run.next();
  return step.value;
}

/** A target of classes that are called by their index. */
export function classOf({ outputs }: Pick<MethodNetwork, 'outputs'>, choice: ClassChoice): Target {
  return classTarget([...outputs[CLASSES.logits]!.keys()].map(String), choice);
}

/** y of class 0. */
export const logitOf = ({ outputs }: Pick<MethodNetwork, 'outputs'>): number => outputs[CLASSES.logits]![0]!;

/** The last frame. */
export async function explain(
  network: MethodNetwork,
  method: MethodName,
  target: ClassChoice = { class: 0 },
  options: Readonly<Record<string, unknown>> = {},
): Promise<MethodFrame> {
  const frames = await framesOf(methods[method].run(network, classOf(network, target), options));
  assert.ok(frames.length > 0, `${method}: no frame`);
  return frames.at(-1)!;
}

export function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-5, what = ''): void {
  assert.equal(actual.length, expected.length, `${what} length`);
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i]! - expected[i]!);
    assert.ok(difference <= tolerance, `${what} [${i}]: ${actual[i]} instead of ${expected[i]}`);
  }
}

export const sumOf = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0);
