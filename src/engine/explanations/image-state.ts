/** What is known of an image before a method begins. */
import { createHash } from 'node:crypto';
import { identityOf, type Stamp, stampOf } from '../../files/stamps';
import type { ExplainParams, ImageSource } from '../../protocol/requests';
import { type PreparedInput, prepareInput } from '../pictures/prepare';
import type { Explainer, ImageState } from '../sessions/explainer';
import { firstPass, type Work } from '../sessions/passes';

/**
 * The state of the image, from an earlier request or from a first pass.
 *
 * @param pass makes the first pass
 */
export async function imageStateOf(
  explainer: Explainer,
  { image, blur }: Pick<ExplainParams, 'image' | 'blur'>,
  work: Work,
  pass: (input: PreparedInput) => Promise<ImageState> = (input) => firstPass(explainer, input, blur, work),
) {
  const { key, stamps } = await identify(image);
  const known = explainer.images.get(key);
  if (known) return { state: known, decode: 0, stamps };
  const input = await prepareInput(image, explainer.info);
  const state = await pass(input);
  explainer.images.set(key, state);
  return { state, decode: input.milliseconds, stamps };
}

/** The key stays the same as long as the image does. The stamps are those of its file, if it has one. */
async function identify(source: ImageSource): Promise<{ key: string; stamps: readonly Stamp[] }> {
  if ('bytes' in source) return { key: createHash('sha256').update(source.bytes).digest('hex'), stamps: [] };
  const stamps = [await stampOf('path' in source ? source.path : source.tensor)];
  return { key: identityOf(stamps), stamps };
}

export function inputSizeOf({ info: { preprocessing } }: Explainer) {
  return { width: preprocessing.width.value, height: preprocessing.height.value };
}
