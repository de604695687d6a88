/** A process that has an engine with a call running, and writes the engine's process id to stdout. */
import { createEngine } from '../../src/client/engine';
import { ask } from './support';

async function main(): Promise<void> {
  const engine = createEngine({ module: process.argv[2]!, log: console.error });
  console.log(await ask(engine, 'pid'));
  await ask(engine, 'never');
}

void main();
