import { totalmem } from 'node:os';
import { CommanderError } from 'commander';
import { createService } from '../engine/service';
import { packageVersion } from '../files/product';
import type { Service } from '../protocol/requests';
import { askedMemory } from '../server/variables';
import { watchProcess } from '../server/watch';
import { createProgram } from './program';
import { processTerminal } from './terminal';

async function main(): Promise<void> {
  const terminal = processTerminal(process.argv.includes('--verbose'));
  try {
    await createProgram(watchedService, terminal, await packageVersion()).parseAsync();
  } catch (thrown) {
    // commander has already printed what is wrong. Showing help is not a failure.
    if (thrown instanceof CommanderError) process.exitCode = thrown.exitCode;
    else terminal.fail(thrown);
  }
}

/**
 * Minutes after which a single run of the runtime, or the creation of a session, is considered endless. Usable models
 * finish much earlier.
 */
const MINUTES = 5;

function watchedService(): Service {
  const machine = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
  const bytes = askedMemory() ?? machine / 2;
  watchProcess({
    memory: {
      bytes,
      line: `error: not enough memory (this process may use ${(bytes / 2 ** 30).toFixed(2)} GiB). Use a smaller model, or set the variable GROUP_CAM_MEMORY to more GiB.`,
    },
    silence: {
      milliseconds: MINUTES * 60_000,
      line: `error: the model does not come to an end (${MINUTES} minutes in one run). Use another model.`,
    },
  });
  return createService();
}

void main();
