/** The state in which a training begins, and what it belongs to. */
import { createHash } from 'node:crypto';
import { probabilitiesOf } from '../../core/target/class-scores';
import { type Kind, labelsOf } from '../../core/training/scores';
import type { Values } from '../../core/training/sgd';
import { fingerprint } from '../../files/model-identity';
import type { RequestContext } from '../../protocol/requests';
import type { Pasted, Training } from '../../protocol/training';
import type { Explainer } from '../sessions/explainer';
import type { Work } from '../sessions/passes';
import { createRunner } from '../sweep/run';
import type { Belongs, State } from './checkpoint';
import { type Images, passesOf, type Stamps } from './images';
import type { Plan } from './plan';
import { counterOf } from './progress';

/** @param stamps of the images */
export async function belongsTo(
  { opened: { info } }: Plan,
  { train, heldOut, options }: Training,
  stamps: Stamps,
): Promise<Belongs> {
  const models = await Promise.all([info.path, ...info.weightsFiles].map(fingerprint));
  const images = createHash('sha256');
  for (const list of [train, heldOut]) {
    for (const { path, truth, group, pasted, suspect } of list) {
      const { size } = stamps.get(path)!;
      const own = [path, size ?? null, truth, group ?? null, suspect ?? false];
      images.update(`${JSON.stringify([...own, ...pastedInto(pasted, stamps)])}\n`);
    }
    images.update('\n');
  }
  return { model: models.join(' '), images: images.digest('hex'), options: JSON.stringify(options) };
}

/** What of a pasted region the images' hash includes; empty without one. */
function pastedInto(pasted: Pasted | undefined, stamps: Stamps): readonly unknown[] {
  if (!pasted) return [];
  const { height, width, chosen } = pasted.cells;
  const from = pasted.from === undefined ? [] : [pasted.from, stamps.get(pasted.from)!.size ?? null];
  return [...from, height, width, chosen.join('')];
}

/**
 * What is right for each training image, by class: what `labelsOf` gives, and `keep` of it what the network says of the image
 * without what was pasted in. It has to be asked before `restore`, while the network has the weights of the model's file.
 */
export async function rightFor(
  network: Explainer,
  images: Images,
  { train, options: { keep } }: Training,
  kind: Kind,
  work: Work,
  context: Pick<RequestContext<'train'>, 'emit'>,
): Promise<readonly Float32Array[]> {
  const labels = train.map(({ truth }) => labelsOf([truth], kind));
  if (keep === 0) return labels;
  const asked = train.flatMap(({ pasted, suspect }, index) => (pasted || suspect ? [] : [index]));
  const answers = new Map<number, Float32Array>();
  const count = counterOf(context, 0, 'answers', asked.length);
  let at = 0;
  for await (const { passed } of passesOf(createRunner(network), images.read(asked), work)) {
    answers.set(train[asked[at]!]!.id, probabilitiesOf(passed.outputs).slice());
    at += 1;
    count();
  }
  return labels.map((label, i) => {
    const { id, suspect } = train[i]!;
    const answer = suspect ? undefined : answers.get(id);
    return answer ? label.map((t, index) => (1 - keep) * t + keep * answer[index]!) : label;
  });
}

const copied = (values: Values): Values => values.slice();

export function startOf({ weights }: Plan, belongs: Belongs, atOnce: number): State {
  const each = (of: (values: Values) => Values) => new Map(weights.all.map(({ name, values }) => [name, of(values)]));
  return {
    belongs,
    atOnce,
    step: 0,
    epochs: [],
    best: 0,
    bestScore: [Number.MAX_VALUE, Number.MAX_VALUE],
    losses: [],
    right: 0,
    seen: 0,
    unmapped: 0,
    seconds: 0,
    notes: [],
    weights: each(copied),
    velocity: each((values) => copied(values).fill(0)),
    bestWeights: each(copied),
  };
}

/** The weights of the state become those that are fed, and are changed in place from then on. */
export function restore({ weights }: Plan, state: State): void {
  for (const { name, values } of weights.all) values.set(state.weights.get(name)!);
  weights.changed();
  const live = state.weights as Map<string, Values>;
  for (const { name, values } of weights.all) live.set(name, values);
}
