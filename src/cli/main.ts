import { CommanderError } from 'commander';
import { createService } from '../engine/service';
import { createProgram } from './program';
import { processTerminal } from './terminal';

async function main(): Promise<void> {
  const terminal = processTerminal(process.argv.includes('--verbose'));
  try {
    await createProgram(createService, terminal).parseAsync();
  } catch (thrown) {
    // commander has said what is wrong by itself; help is no failure.
    if (thrown instanceof CommanderError) process.exitCode = thrown.exitCode;
    else terminal.fail(thrown);
  }
}

void main();
