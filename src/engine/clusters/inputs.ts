/** Inputs of the images of one request. */
import type { ModelInfo } from '../../core/model/info';
import { type PreparedInput, prepareInput } from '../pictures/prepare';
import { createLru } from '../sessions/lru';

/** Inputs that are kept, in bytes: 200 images of 224 x 224. */
const KEPT = 2 ** 27;

export interface Inputs {
  /** @throws errors of the image, as `decodeImage` */
  of(path: string): Promise<PreparedInput>;
}

/** An image is changed in several ways, so its input is kept, if it is not too long ago. */
export function createInputs(info: ModelInfo): Inputs {
  const kept = createLru<PreparedInput>(KEPT, ({ tensor }) => tensor.byteLength);
  return {
    of: async (path) => {
      const known = kept.get(path);
      if (known) return known;
      const input = await prepareInput({ path }, info);
      kept.set(path, input);
      return input;
    },
  };
}
