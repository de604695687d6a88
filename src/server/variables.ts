/** The variables by which a user says what of the machine a process that runs models may take. */
import { errors } from '../core/errors';

const MEMORY = 'GROUP_CAM_MEMORY';
const THREADS = 'GROUP_CAM_THREADS';
const PRIORITY = 'GROUP_CAM_PRIORITY';
const KEPT_MODELS = 'GROUP_CAM_KEPT_MODELS';

/** More threads than any machine has use for; the runtime would start them all. */
const MOST_THREADS = 1024;

/**
 * The memory in bytes that the variable GROUP_CAM_MEMORY allows, which is in GiB.
 *
 * @returns undefined if it is not set, or empty
 * @throws bad-option
 */
export function askedMemory(text = process.env[MEMORY]): number | undefined {
  if (!text) return undefined;
  const gib = Number(text);
  if (!(gib > 0 && Number.isFinite(gib))) throw errors.badOption(MEMORY, text, 'a number of GiB above 0');
  return gib * 2 ** 30;
}

/**
 * The number of runtime threads in the variable GROUP_CAM_THREADS, which is meant for several processes that share a
 * machine, such as tests.
 *
 * @returns undefined if it is not set, or empty
 * @throws bad-option
 */
export function askedThreads(text = process.env[THREADS]): number | undefined {
  if (!text) return undefined;
  const count = Number(text);
  if (!(Number.isInteger(count) && count >= 1 && count <= MOST_THREADS))
    throw errors.badOption(THREADS, text, `a whole number from 1 to ${MOST_THREADS}`);
  return count;
}

/**
 * True if the variable GROUP_CAM_PRIORITY asks for `low`, which is for an engine that works through datasets, so that an
 * explanation that somebody waits for goes first.
 *
 * @throws bad-option
 */
export function asksForLowPriority(text = process.env[PRIORITY]): boolean {
  if (text && text !== 'low') throw errors.badOption(PRIORITY, text, 'low, or not set');
  return text === 'low';
}

/**
 * The bytes that copies of the models of run files may take, by the variable GROUP_CAM_KEPT_MODELS, which is in GiB.
 *
 * @returns 0, which keeps none, if it is not set, or empty
 * @throws bad-option
 */
export function askedKeptModels(text = process.env[KEPT_MODELS]): number {
  const gib = Number(text || 0);
  if (!(gib >= 0 && Number.isFinite(gib)))
    throw errors.badOption(KEPT_MODELS, text!, 'a number of GiB, or 0 to keep none');
  return gib * 2 ** 30;
}

/** Checks all of them, before a command does anything. @throws bad-option */
export function checkVariables(): void {
  askedMemory();
  askedThreads();
  asksForLowPriority();
  askedKeptModels();
}
