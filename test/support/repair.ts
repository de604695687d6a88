/** How far a network decides by a mark: what a repair has to change, measured on images that it has not seen. */
import path from 'node:path';
import { saliencyOf } from '../../src/core/saliency';
import type { Service, SweptImage } from '../../src/protocol/requests';
import type { TrainingImage } from '../../src/protocol/training';
import { suspectsOf } from './suspects';

export interface Marked {
  readonly model: string;
  readonly labels: readonly string[];
  /** The class that the mark stands for. */
  readonly label: string;
  /** Of the set, in folders of classes. */
  readonly images: readonly string[];
  /** Those that carry the mark. */
  readonly marked: ReadonlySet<string>;
  /** Where marks are, as fractions of the image. */
  readonly box: { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number };
}

export interface Reliance {
  /** The share of other images, with the mark laid over them, that are taken for the class. */
  readonly taken: number;
  /** Accuracy on images without the mark. */
  readonly accuracy: number;
  /** The share of the heat for the class that lies on the mark, in marked images of the class. */
  readonly heat: number;
}

export const classOf = (image: string): string => path.basename(path.dirname(image));

/** Images at even places of their class are trained on, the others measure. */
export const halves = (images: readonly string[]): readonly [train: string[], measured: string[]] => [
  images.filter((_, i) => i % 2 === 0),
  images.filter((_, i) => i % 2 === 1),
];

/**
 * The images to train on, as a user has them: the first half, and those of suspicious clusters that are of another class,
 * which are seldom. The suspicious clusters are one group, all other images another.
 *
 * @returns a fifth of them held out
 */
export async function trainingSet(service: Service, { model, labels, label, images }: Marked) {
  const suspects = await suspectsOf(service, model, images);
  const suspicious = new Set(suspects.filter((one) => one.suspicious).flatMap((one) => one.images));
  const [first, second] = halves(images);
  const seldom = second.filter((image) => suspicious.has(image) && classOf(image) !== label);
  const all = [...first, ...seldom].map(
    (file, id): TrainingImage => ({
      id,
      path: file,
      truth: [labels.indexOf(classOf(file))],
      group: suspicious.has(file) ? 1 : 0,
    }),
  );
  const isHeld = new Set<TrainingImage>();
  const counts = new Map<string, number>();
  for (const image of all) {
    const key = `${image.truth}/${image.group}`;
    const count = counts.get(key) ?? 0;
    counts.set(key, count + 1);
    if (count % 5 === 4) isHeld.add(image);
  }
  return {
    train: all.filter((image) => !isHeld.has(image)),
    heldOut: all.filter((image) => isHeld.has(image)),
    groups: counts,
  };
}

/** @param overlaid images of other classes with the mark laid over them */
export async function relianceOf(
  service: Service,
  model: string,
  { labels, label, images, marked, box }: Marked,
  overlaid: readonly string[],
): Promise<Reliance> {
  const index = labels.indexOf(label);
  const [, measured] = halves(images);
  const sweep = async (files: readonly string[], maps: boolean) => {
    const found: SweptImage[] = [];
    const asked = files.map((file, id) => ({ id, path: file, truth: [], ...(maps && { class: index }) }));
    await service.sweep(
      { model: { path: model }, device: 'cpu', images: asked, top: 1, maps },
      { signal: { aborted: false }, emit: (event, data) => event === 'swept' && found.push(data as SweptImage) },
    );
    return found;
  };
  const share = (of: readonly boolean[]) => of.filter(Boolean).length / of.length;
  const clean = measured.filter((image) => !marked.has(image));
  const answers = await sweep(clean, false);
  const taken = await sweep(overlaid, false);
  const hot = await sweep(
    measured.filter((image) => marked.has(image) && classOf(image) === label),
    true,
  );
  const side = 64;
  const heat = hot.map(({ map }) => {
    const { map: values } = saliencyOf({ ...map!, inputSize: { width: side, height: side } });
    let [inside, all] = [0, 0];
    values.forEach((value, i) => {
      const [x, y] = [((i % side) + 0.5) / side, (Math.floor(i / side) + 0.5) / side];
      all += value;
      if (x >= box.left && x <= box.right && y >= box.top && y <= box.bottom) inside += value;
    });
    return all > 0 ? inside / all : 0;
  });
  return {
    taken: share(taken.map(({ top }) => top[0]![0] === index)),
    accuracy: share(answers.map(({ id, top }) => top[0]![0] === labels.indexOf(classOf(clean[id]!)))),
    heat: heat.reduce((sum, value) => sum + value, 0) / heat.length,
  };
}
