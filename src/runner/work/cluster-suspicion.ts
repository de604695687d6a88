/** Asks the network what the hot regions of clusters do to other images, and whether that is suspicious. */
import {
  type ClusterShape,
  type Context,
  type Outside,
  type Question,
  questionsAbout,
  type Suspicion,
  suspicionsOf,
  TARGETS,
} from '../../core/clusters/suspicion';
import { toExplainError } from '../../core/errors';
import { DEFAULT_CHOICE } from '../../core/methods/choice';
import { FEWEST_IMAGES } from '../../protocol/clusters';
import type { Replaced, TransplantAnswer, Transplants } from '../../protocol/clusters/transplant';
import type { ItemId } from '../../protocol/dataset';
import type { NewClusterSet } from '../store/clusters/form';
import type { StoredItem } from '../store/form';
import { changeOf } from './images';
import type { SweepTask } from './sweep';

/** How often the engine may end on the images of one class. */
const DEATHS = 3;
export const DIED: ReadonlySet<string> = new Set(['engine-crashed', 'timeout', 'out-of-memory']);

export interface Suspect {
  /** The class that regions are to make of other images. */
  readonly target: number;
  readonly shapes: readonly ClusterShape[];
  readonly context: Context;
  readonly outside: readonly (Outside | undefined)[];
}

export interface Judged {
  readonly suspicions: readonly Suspicion[];
  readonly transplants: NewClusterSet['transplants'];
}

/**
 * @returns why there is no suspicion, in words, if the images do not allow one
 * @throws cancelled; model-changed, and what models and the engine throw
 */
export async function judged(
  task: SweepTask,
  { target, shapes, context, outside }: Suspect,
  signal: AbortSignal,
): Promise<Judged | string> {
  const { file, version } = task;
  const others = file.clusters.others(version.id, target, TARGETS);
  if (others.length < FEWEST_IMAGES)
    return `only ${others.length} images are predicted as other classes, and a suspicion needs ${FEWEST_IMAGES}`;
  const asked = questionsAbout(shapes, others, context);
  const items = new Map([...new Set(asked.flatMap(imagesOf))].map((id) => [id, file.item(id)]));
  const { unchanged, reason } = await unchangedOf(items);
  const questions = asked.map((question) => only(question, unchanged));
  if (questions.some(({ images, sources }, i) => isThin(images, asked[i]!.images) || sources?.length === 0))
    return `its images can't be read (${reason})`;
  const files = (ids: readonly ItemId[]) => ids.map((id) => items.get(id)!.file);
  const answer = await transplanted(
    task,
    {
      model: task.choice,
      device: task.device,
      class: target,
      blur: DEFAULT_CHOICE.blur,
      replacements: questions.map(({ cells, images, sources }) => ({
        cells,
        images: files(images),
        ...(sources && { sources: files(sources) }),
      })),
    },
    signal,
  );
  const { replaced, failed } = answer;
  if (replaced.some(({ images }, i) => images * 2 < asked[i]!.images.length))
    return `its images can't be read (${failed[0]?.message})`;
  return {
    suspicions: suspicionsOf(shapes, questions, replaced, context, outside),
    transplants: questions.map((question, i) => figuresOf(question, replaced[i]!)),
  };
}

const imagesOf = ({ images, sources = [] }: Question) => [...images, ...sources];
/** Where most images are missing, the others say too little. */
const isThin = (left: readonly ItemId[], all: readonly ItemId[]) => left.length * 2 < all.length;

async function unchangedOf(items: ReadonlyMap<ItemId, StoredItem>) {
  const unchanged = new Set<ItemId>();
  let reason = '';
  await Promise.all(
    [...items].map(async ([id, item]) => {
      const change = await changeOf(item);
      if (change) reason ||= change.message;
      else unchanged.add(id);
    }),
  );
  return { unchanged, reason };
}

const only = ({ images, sources, ...question }: Question, known: ReadonlySet<ItemId>): Question => ({
  ...question,
  images: images.filter((id) => known.has(id)),
  ...(sources && { sources: sources.filter((id) => known.has(id)) }),
});

/** Asks again if the engine has ended. */
async function transplanted(
  { engine, choice, device }: SweepTask,
  params: Transplants & Pick<SweepTask, 'device'> & { readonly model: SweepTask['choice'] },
  signal: AbortSignal,
): Promise<TransplantAnswer> {
  for (let deaths = 1; ; deaths++) {
    try {
      return await engine.call('transplant', { ...params, model: choice, device }, { signal });
    } catch (thrown) {
      if (signal.aborted || !DIED.has(toExplainError(thrown).code) || deaths === DEATHS) throw thrown;
    }
  }
}

function figuresOf({ cluster, from }: Question, { images, before, after, p, margin }: Replaced) {
  return {
    cluster,
    ...(from !== undefined && { from }),
    ...{ images, before, after },
    p: [...p] as [number, number],
    margin: [...margin] as [number, number],
  };
}
