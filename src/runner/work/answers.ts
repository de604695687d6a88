/** Gets an answer of the engine for each image, even if the engine ends on some of them. */

import type { Engine } from '../../client/engine';
import { errors, toExplainError } from '../../core/errors';
import type { Device } from '../../protocol/devices';
import type { FailedImage, SweepImage, SweepParams, SweptImage } from '../../protocol/requests';
import { afterDeath, type Group } from '../plan/suspects';

/** Failures by which the engine may have ended; see `hasDied`. */
const DEATHS: ReadonlySet<string> = new Set(['engine-crashed', 'timeout', 'out-of-memory']);
/** Images in a row on which the engine may end before the model is to blame. */
const MOST_GUILTY = 3;

export interface Answers {
  swept(answer: SweptImage): void;
  failed(answer: FailedImage): void;
  /** Called with the device that has computed. */
  ran?(device: Device): void;
}

/**
 * @throws cancelled; every failure of the model and of the engine that is not one image's
 */
export async function answersOf(
  engine: Engine,
  params: SweepParams,
  { swept, failed, ran }: Answers,
  signal: AbortSignal,
): Promise<void> {
  let groups: readonly Group<SweepImage>[] = [{ images: params.images, deaths: 0 }];
  let guiltyInARow = 0;
  while (groups.length > 0) {
    const [{ images, deaths }, ...others] = groups as [Group<SweepImage>, ...Group<SweepImage>[]];
    const left = new Map(images.map((image) => [image.id, image]));
    const take = <A extends { readonly id: number }>(answer: A, tell: (answer: A) => void): void => {
      // What was answered before the engine ended has not killed it.
      if (left.delete(answer.id)) tell(answer);
      guiltyInARow = 0;
    };
    groups = others;
    try {
      const on = {
        swept: (answer: SweptImage) => take(answer, swept),
        failed: (answer: FailedImage) => take(answer, failed),
      };
      const { device } = await engine.call('sweep', { ...params, images }, { signal, on });
      ran?.(device);
      if (left.size > 0)
        throw errors.internal(`the engine has answered ${images.length - left.size} of ${images.length} images`);
    } catch (thrown) {
      const error = toExplainError(thrown);
      if (!DEATHS.has(error.code) || engine.pid !== undefined) throw thrown;
      const { retry, guilty } = afterDeath({ images: [...left.values()], deaths });
      groups = [...retry, ...others];
      if (!guilty) continue;
      guiltyInARow += 1;
      if (guiltyInARow === MOST_GUILTY) throw thrown;
      failed({
        id: guilty.id,
        code: error.code,
        message: `${guilty.path}: the engine ends on this image (${error.message})`,
      });
    }
  }
}
