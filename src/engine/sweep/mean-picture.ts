/** The request `meanPicture`: what a class looks like on average, to the network. */
import { ExplainError } from '../../core/errors';
import { type ImageTransform, type Size, visibleWindow } from '../../core/geometry';
import { resample } from '../../core/resample';
import type { Params, Result } from '../../protocol/requests';
import { decodeImage } from '../pictures/image';
import { ahead } from './ahead';

/** Pictures that are decoded side by side. */
const AT_ONCE = 4;

/**
 * Each pixel is the mean of the pictures that cover it; it is black where none does. A picture that can't be read is
 * left out, and the result says how many were not.
 */
export async function meanPicture({
  pictures,
  inputSize,
  side,
}: Params<'meanPicture'>): Promise<Result<'meanPicture'>> {
  const sums = new Float64Array(side * side * 3);
  const counts = new Uint32Array(side * side);
  let used = 0;
  const decoded = ahead(pictures, AT_ONCE, async ({ bytes, transform }) => ({
    picture: await decodeImage({ bytes, name: 'thumbnail' }).catch(unreadable),
    transform,
  }));
  for await (const { picture, transform } of decoded) {
    if (!picture) continue;
    used += 1;
    const placement = placeIn(transform, inputSize, side);
    const visible = visibleWindow({ width: side, height: side }, placement);
    const { left, top, width, height } = visible;
    if (width <= 0 || height <= 0) continue;
    const window = { width, height, left: left + placement.left, top: top + placement.top };
    const { data } = resample(picture, placement.resized, window, 'bilinear');
    for (let y = 0, from = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const pixel = (top + y) * side + left + x;
        counts[pixel]! += 1;
        for (let c = 0; c < 3; c++, from++) sums[pixel * 3 + c]! += data[from]!;
      }
    }
  }
  const rgb = Uint8Array.from(sums, (sum, i) => Math.round(sum / Math.max(counts[Math.floor(i / 3)]!, 1)));
  return { rgb, pictures: used };
}

function unreadable(thrown: unknown): undefined {
  if (thrown instanceof ExplainError && thrown.code === 'image-unreadable') return undefined;
  throw thrown;
}

/** Where a square of `side` pixels lies on the image when it shows what the network's input shows. */
function placeIn({ scaleX, scaleY, offsetX, offsetY, image }: ImageTransform, { width, height }: Size, side: number) {
  const [unitX, unitY] = [side / (width * scaleX), side / (height * scaleY)];
  return {
    resized: {
      width: Math.max(1, Math.round(image.width * unitX)),
      height: Math.max(1, Math.round(image.height * unitY)),
    },
    left: Math.round(offsetX * unitX),
    top: Math.round(offsetY * unitY),
  };
}
