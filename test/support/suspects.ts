/** The clusters of a folder of images and their suspicion, by the engine: what the runner does with a run file. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { meanShare } from '../../src/core/clusters/cells';
import { CLUSTER_DEFAULTS, clustersOf } from '../../src/core/clusters/clusters';
import { questionsAbout, type Suspicion, suspicionOf } from '../../src/core/clusters/suspicion';
import { DEFAULT_CHOICE } from '../../src/core/methods/choice';
import type { Service, SweptImage } from '../../src/protocol/requests';

export interface Suspect extends Suspicion {
  readonly class: string;
  readonly images: readonly string[];
}

/** The fewest images of a class that is looked at. */
const FEWEST = 20;

/** All clusters, the most suspicious first. */
export async function suspectsOf(service: Service, model: string, images: readonly string[]): Promise<Suspect[]> {
  const swept: SweptImage[] = [];
  const signal = { aborted: false };
  const asked = images.map((file, id) => ({ id, path: file, truth: [] }));
  const params = { model: { path: model }, device: 'cpu', images: asked, top: 1, maps: true } as const;
  await service.sweep(params, {
    signal,
    emit: (event, data) => {
      if (event === 'swept') swept.push(data as SweptImage);
    },
  });
  const { info } = { info: await service.inspect({ model: { path: model } }, { signal, emit: () => {} }) };
  const { height, width } = swept[0]!.map!;
  const byClass = new Map<number, SweptImage[]>();
  for (const one of swept) byClass.set(one.top[0]![0], [...(byClass.get(one.top[0]![0]) ?? []), one]);
  const large = [...byClass].filter(([, of]) => of.length >= FEWEST);
  const means = large.map(([, of]) =>
    meanShare(
      of.map(({ map }) => map!.map),
      height * width,
    ),
  );
  const every = Float64Array.from({ length: height * width }, (_, i) =>
    means.reduce((sum, mean) => sum + mean[i]! / means.length, 0),
  );
  const suspects: Suspect[] = [];
  for (const [index, of] of large) {
    const maps = of.map(({ map }) => map!.map);
    const steps = clustersOf(
      { height, width, maps, embeddings: of.map(({ embedding }) => embedding) },
      CLUSTER_DEFAULTS,
    );
    let step = steps.next();
    while (!step.done) step = steps.next();
    const shapes = step.value.clusters.map((members) => ({
      members: members.map((m) => of[m]!.id),
      mean: meanShare(
        members.map((m) => maps[m]!),
        height * width,
      ),
    }));
    const others = swept.filter(({ top }) => top[0]![0] !== index).map(({ id }) => id);
    const questions = questionsAbout(shapes, others, { height, width });
    const files = (ids: readonly number[]) => ids.map((id) => images[id]!);
    const { replaced } = await service.transplant(
      {
        model: { path: model },
        device: 'cpu',
        class: index,
        blur: DEFAULT_CHOICE.blur,
        replacements: questions.map(({ cells, images: into, sources }) => ({
          cells,
          images: files(into),
          ...(sources && { sources: files(sources) }),
        })),
      },
      { signal, emit: () => {} },
    );
    const label = info.labels.value[index]!;
    shapes.forEach((shape, k) => {
      const suspicion = suspicionOf(k, shape, questions, replaced, { label, height, width, every });
      suspects.push({ ...suspicion, class: label, images: files(shape.members) });
    });
  }
  return suspects.sort((a, b) => b.score - a.score);
}

/** The images of a folder of classes. */
export function imagesUnder(folder: string): string[] {
  return readdirSync(folder)
    .sort()
    .flatMap((name) =>
      readdirSync(path.join(folder, name))
        .sort()
        .map((file) => path.join(folder, name, file)),
    );
}
