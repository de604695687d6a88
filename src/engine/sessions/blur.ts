/** Blurs preprocessed images natively. */
import { BLUR, blurModel, gaussianMatrix, kernelFor, type Pixels } from '../../core/cam/blur';
import type { ModelInfo } from '../../core/model/info';
import { createSession, floats, type Session, type Tensor } from '../runtime/runtime';

type Layout = ModelInfo['input']['layout'];

/** One session for each size of images in a layout, which takes some kilobytes. */
const sessions = new Map<string, Promise<Session>>();

/** @param image [N, C, H, W] or [N, H, W, C] */
export async function blurImage(image: Tensor, layout: Layout, kernel: number, sigma: number): Promise<Tensor> {
  const [, ...dims] = image.dims as [number, number, number, number];
  const [channels, height, width] = layout === 'NCHW' ? dims : [dims[2], dims[0], dims[1]];
  const taps = kernelFor(kernel, height, width);
  const matrix = (size: number) => floats(gaussianMatrix(size, taps, sigma), [size, size]);
  const session = await sessionFor({ layout, channels, height, width });
  const feeds = { [BLUR.image]: image, [BLUR.rows]: matrix(height), [BLUR.columns]: matrix(width) };
  return (await session.run(feeds, [BLUR.blurred]))[BLUR.blurred]!;
}

function sessionFor(pixels: Pixels): Promise<Session> {
  const key = JSON.stringify(pixels);
  const known = sessions.get(key);
  if (known) return known;
  const made = createSession('blur', blurModel(pixels), new Map(), {
    device: 'cpu',
    optimize: 'basic',
    prepack: false,
  });
  sessions.set(key, made);
  return made;
}
