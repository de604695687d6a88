/** The variable by which a user bounds the memory of what runs a model. */
import { errors } from '../core/errors';

const NAME = 'GROUP_CAM_MEMORY';

/**
 * The memory in bytes that the variable GROUP_CAM_MEMORY allows, which is in GiB.
 *
 * @returns undefined if it is not set, or empty
 * @throws bad-option
 */
export function askedMemory(text = process.env[NAME]): number | undefined {
  if (!text) return undefined;
  const gib = Number(text);
  if (!(gib > 0 && Number.isFinite(gib))) throw errors.badOption(NAME, text, 'a number of GiB above 0');
  return gib * 2 ** 30;
}
