/** Blurs preprocessed images natively. */
import { BLUR, blurModel, gaussianMatrix, kernelFor } from '../../core/cam/blur';
import type { ModelInfo } from '../../core/model/info';
import { createSession, floats, type Session, type Tensor } from '../runtime/runtime';

type Layout = ModelInfo['input']['layout'];

/** One session for each layout, which works for all image sizes and takes some kilobytes. */
const sessions = new Map<Layout, Promise<Session>>();

/** @param image [N, C, H, W] or [N, H, W, C] */
export async function blurImage(image: Tensor, layout: Layout, kernel: number, sigma: number): Promise<Tensor> {
  const [height, width] = layout === 'NCHW' ? image.dims.slice(2) : image.dims.slice(1, 3);
  const taps = kernelFor(kernel, height!, width!);
  const matrix = (size: number) => floats(gaussianMatrix(size, taps, sigma), [size, size]);
  const session = await sessionFor(layout);
  const feeds = { [BLUR.image]: image, [BLUR.rows]: matrix(height!), [BLUR.columns]: matrix(width!) };
  return (await session.run(feeds, [BLUR.blurred]))[BLUR.blurred]!;
}

function sessionFor(layout: Layout): Promise<Session> {
  const known = sessions.get(layout);
  if (known) return known;
  const made = createSession('blur', blurModel(layout), new Map(), {
    device: 'cpu',
    optimize: 'basic',
    prepack: false,
  });
  sessions.set(layout, made);
  return made;
}
