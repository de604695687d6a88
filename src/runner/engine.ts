/** The runner's own engine process, which is not the one that answers what people ask for by hand. */
import path from 'node:path';
import { createEngine, type Engine } from '../client/engine';
import { askedMemory } from '../server/variables';

/** Milliseconds after the second crash in a row: most crashes here are looked into image by image. */
const BACK_OFF = 100;

/**
 * @param inBackground whether people do something else meanwhile
 * @param module the engine's bundle; by default beside this one
 * @throws bad-option if the variable GROUP_CAM_MEMORY is no number
 */
export function createRunnerEngine(
  log: (line: string) => void,
  inBackground: boolean,
  module = path.join(__dirname, 'engine.js'),
): Engine {
  return createEngine({
    module,
    log,
    memory: askedMemory(),
    ...(inBackground && { environment: () => ({ GROUP_CAM_PRIORITY: 'low' }) }),
    limits: { backOff: BACK_OFF },
  });
}
