/**
 * A process that has an engine with a call running, and writes the engine's process id to stdout. The call is the stub's wish
 * `never`, or the inspection of a model that never ends; it is written only once the engine is stuck in that.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createEngine } from '../../src/client/engine';
import { ask } from './support';

async function main(module: string, model?: string): Promise<void> {
  const engine = createEngine({ module, log: console.error });
  if (model === undefined) {
    console.log(await ask(engine, 'pid'));
    await ask(engine, 'never');
    return;
  }
  await engine.call('inspect', { model: {} });
  const endless = engine.call('inspect', { model: { path: model } });
  for (let stuck = false; !stuck; ) {
    const answer = engine.call('inspect', { model: {} }).then(() => false);
    stuck = await Promise.race([answer, sleep(1000, true)]);
  }
  console.log(engine.pid);
  await endless;
}

void main(process.argv[2]!, process.argv[3]);
