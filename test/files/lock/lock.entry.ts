/** A process that takes a lock on request, and checks that no other process holds it. */
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { ExplainError, errors } from '../../../src/core/errors';
import { lock } from '../../../src/files/lock/lock';

/** `busy`: another has it; `with`: the process that was there at the same time, 0 if it has just left. */
export type Attempt = 'busy' | 'held' | { readonly with: number };

const [file, inside] = process.argv.slice(2) as [string, string];

process.on('message', async (milliseconds: number) => process.send!(await attempt(milliseconds)));

async function attempt(milliseconds: number): Promise<Attempt> {
  let unlock: () => unknown;
  try {
    unlock = await lock(file, (owner) => errors.evaluationRunning(file, owner));
  } catch (thrown) {
    if (thrown instanceof ExplainError && thrown.code === 'evaluation-running') return 'busy';
    throw thrown;
  }
  try {
    const handle = openSync(inside, 'wx');
    writeSync(handle, `${process.pid}`);
    closeSync(handle);
  } catch {
    return { with: existsSync(inside) ? Number(readFileSync(inside, 'utf8')) : 0 };
  }
  await pause(milliseconds);
  rmSync(inside);
  await unlock();
  return 'held';
}
