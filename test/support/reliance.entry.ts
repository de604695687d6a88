/**
 * How far a network decides by a mark, on images that nobody trained on, for `npm run finetune-repair`. Arguments: a file with
 * the job as JSON.
 */
import { readFileSync } from 'node:fs';
import { saliencyOf } from '../../src/core/saliency';
import { setThreads } from '../../src/engine/runtime/runtime';
import { createService } from '../../src/engine/service';
import type { SweptImage } from '../../src/protocol/requests';

interface Job {
  readonly model: string;
  /** The class that the mark stands for. */
  readonly index: number;
  /** The same images twice. */
  readonly images: readonly {
    readonly clean: string;
    readonly marked: string;
    readonly truth: number;
    /** Of the mark, in pixels. */
    readonly box: readonly [left: number, top: number, right: number, bottom: number];
  }[];
  /** Width and height of the images. */
  readonly side: number;
}

async function main(file: string) {
  const { model, index, images, side }: Job = JSON.parse(readFileSync(file, 'utf8'));
  setThreads(1);
  const service = createService();
  const sweep = async (paths: readonly string[], maps: boolean): Promise<readonly SweptImage[]> => {
    const found: SweptImage[] = [];
    const asked = paths.map((path, id) => ({ id, path, truth: [], ...(maps && { class: index }) }));
    await service.sweep(
      { model: { path: model }, device: 'cpu', images: asked, top: 1, maps },
      {
        signal: { aborted: false },
        emit: (event, data) => {
          if (event !== 'swept') throw new Error(JSON.stringify(data));
          found[(data as SweptImage).id] = data as SweptImage;
        },
      },
    );
    return found;
  };
  const best = ({ top }: SweptImage) => top[0]![0];
  const clean = await sweep(
    images.map((image) => image.clean),
    false,
  );
  const others = images.filter(({ truth }) => truth !== index);
  const own = images.filter(({ truth }) => truth === index);
  const [taken, hot] = [
    await sweep(
      others.map(({ marked }) => marked),
      false,
    ),
    await sweep(
      own.map(({ marked }) => marked),
      true,
    ),
  ];
  const heat = hot.map(({ map }, i) => {
    const { map: values } = saliencyOf({ ...map!, inputSize: { width: side, height: side } });
    const [left, top, right, bottom] = own[i]!.box;
    let [inside, all] = [0, 0];
    values.forEach((value, at) => {
      const [x, y] = [at % side, Math.floor(at / side)];
      all += value;
      if (x >= left && x < right && y >= top && y < bottom) inside += value;
    });
    return all > 0 ? inside / all : 0;
  });
  const bits = (of: readonly boolean[]) => of.map((one) => (one ? 1 : 0));
  return {
    right: bits(clean.map((one, i) => best(one) === images[i]!.truth)),
    taken: bits(taken.map((one) => best(one) === index)),
    heat,
  };
}

main(process.argv[2]!).then(
  (result) => process.send?.({ result }, () => process.exit(0)),
  (thrown) => {
    console.error(thrown);
    process.exit(1);
  },
);
