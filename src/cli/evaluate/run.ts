/** Goes through the images and writes the results to the journal, one image and method at a time. */
import { createHash } from 'node:crypto';
import { regionsIn } from '../../core/annotations/annotations';
import type { ErrorCode } from '../../core/error-codes';
import { type ExplainError, toExplainError } from '../../core/errors';
import type { MethodName } from '../../core/methods/names';
import type { Item, Stamped } from '../../files/items';
import type { Explanation } from '../../protocol/explanation';
import type { ExplainParams, Service } from '../../protocol/requests';
import { quiet, type Terminal } from '../terminal';
import type { Found, Unit } from './journal/entry';
import type { Journal } from './journal/journal';
import type { Plan } from './plan';
import { createProgress } from './progress';
import type { Watch } from './watch';

/** Failures that concern one image, or one method with this model. Any other failure ends the evaluation. */
const SKIPPED: ReadonlySet<ErrorCode> = new Set([
  'image-missing',
  'image-unreadable',
  'image-too-large',
  'annotations-invalid',
  'method-unsuitable',
  'unsupported-operator',
  'runtime-failed',
  'not-finite',
]);

/**
 * @param watch detects changes of the model; results computed during a change are computed again
 * @throws cancelled, after which the same command continues; evaluation-differs; failures that concern everything
 */
export async function runAll(
  plan: Plan,
  journal: Journal,
  service: Service,
  watch: Watch,
  terminal: Terminal,
): Promise<void> {
  const { items, units } = plan;
  const open = items.flatMap((item) => {
    const todo = new Set(units.filter((unit) => !journal.has(item.name, item.stamp, unit)));
    return todo.size > 0 ? [{ item, todo }] : [];
  });
  if (open.length < items.length) terminal.say(`going on: ${items.length - open.length} of ${items.length} are done`);
  const total = open.reduce((sum, { todo }) => sum + todo.size, 0);
  const progress = createProgress(total, (text) => terminal.say(text));
  const said = new Set<string>();
  await watch.unchanged();
  for (const { item, todo } of open) await watch.untilUntouched(() => evaluateAndKeep(item, todo));
  progress.end();

  async function evaluateAndKeep(item: Stamped, todo: Set<Unit>): Promise<boolean> {
    for await (const { unit, found, passes } of evaluateItem(plan, item, new Set(todo), service, terminal)) {
      if (!(await watch.unchanged())) return false;
      await journal.append({ item: item.name, stamp: item.stamp, unit, found });
      todo.delete(unit);
      progress.add(passes, 'error' in found);
      if (!('error' in found) || said.has(found.error)) continue;
      said.add(found.error);
      terminal.say(`skipped: ${found.error}`);
    }
    return true;
  }
}

interface Outcome {
  readonly unit: Unit;
  readonly found: Found;
  readonly passes: number;
}

/**
 * If a run stops in the middle of an image, that image is explained again from its first method on. Each method then
 * finds the engine in the same state as without the interruption, so its numbers are the same to the last bit.
 */
async function* evaluateItem(
  plan: Plan,
  item: Item,
  todo: ReadonlySet<Unit>,
  service: Service,
  terminal: Terminal,
): AsyncGenerator<Outcome> {
  let explanation: Explanation | undefined;
  let error = '';
  let left = todo.size;
  for (const unit of plan.units) {
    if (left === 0) return;
    let outcome: Omit<Outcome, 'unit'> | undefined;
    try {
      if (unit !== 'baselines') explanation = await service.explain(explainParams(plan, item, unit), quiet(terminal));
      // If no method has an explanation, there is no class that the baselines could be measured for.
      if (!explanation) outcome = { found: { error }, passes: 0 };
      else if (todo.has(unit)) outcome = await measureUnit(plan, item, unit, explanation, service, terminal);
    } catch (thrown) {
      error = skippable(thrown).message;
      outcome = { found: { error }, passes: 0 };
    }
    if (!outcome || !todo.has(unit)) continue;
    left -= 1;
    yield { unit, ...outcome };
  }
}

/** @throws the failure itself if it concerns everything */
function skippable(thrown: unknown): ExplainError {
  const error = toExplainError(thrown);
  if (!SKIPPED.has(error.code)) throw thrown;
  return error;
}

async function measureUnit(
  plan: Plan,
  { name, image, category, annotated }: Item,
  unit: Unit,
  explanation: Explanation,
  service: Service,
  terminal: Terminal,
): Promise<Omit<Outcome, 'unit'>> {
  const size = explanation.frame.imageTransform.image;
  const regions = annotated && regionsIn(annotated, size).filter((region) => region.category === category);
  const { maps, passes } = await service.measure(
    {
      view: 'evaluate',
      explanation,
      image: { path: image },
      model: plan.model,
      metrics: plan.metrics,
      maps: unit === 'baselines' ? ['random', 'centre'] : ['explanation'],
      seed: seedFor(name, plan.seed),
      pictures: false,
      ...(regions && { regions }),
    },
    quiet(terminal),
  );
  const { class: index, label, probability } = explanation;
  return {
    found: {
      class: { class: index, label, probability },
      maps: Object.entries(maps).map(([map, measured]) => {
        const isOwn = map === 'explanation';
        return { map: isOwn ? unit : map, blank: isOwn && explanation.saliency.zero, ...measured };
      }),
    },
    passes: passes + (unit === 'baselines' ? 0 : explanation.passes),
  };
}

/** A seed for each item, which does not depend on the other items of the evaluation. */
function seedFor(name: string, seed: number): number {
  return createHash('sha256').update(`${seed} ${name}`).digest().readUInt32LE();
}

export function explainParams(plan: Plan, { image, target }: Item, method: MethodName): ExplainParams {
  const { model, device, methods } = plan;
  return {
    view: 'evaluate',
    image: { path: image },
    model,
    device,
    target,
    top: 1,
    ...methods.find((choice) => choice.method === method)!,
  };
}
