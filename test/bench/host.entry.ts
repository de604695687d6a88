/**
 * A process that asks for an explanation as the extension host does: how late its event loop is, idle and meanwhile.
 *
 * Arguments: model, input (.npy), class.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { createEngine } from '../../src/client/engine';
import { DEFAULT_CHOICE } from '../../src/core/methods/choice';
import { project } from '../support/shared';
import { finish } from './measure';

async function main([model, tensor, target]: string[]): Promise<void> {
  const engine = createEngine({ module: project('dist', 'engine.js'), log: () => {} });
  const explain = () =>
    engine.call(
      'explain',
      {
        ...DEFAULT_CHOICE,
        view: 'bench',
        image: { tensor: tensor! },
        model: { path: model! },
        target: { index: Number(target) },
        device: 'cpu',
        top: 5,
      },
      { on: { frame: () => {} } },
    );
  const idle = await delayDuring(() => wait(5000));
  const busy = await delayDuring(explain);
  engine.dispose();
  finish({ idle, busy });
}

/** p99 of the event loop's delay, in milliseconds. */
async function delayDuring(work: () => Promise<unknown>): Promise<number> {
  const histogram = monitorEventLoopDelay({ resolution: 10 });
  histogram.enable();
  await work();
  histogram.disable();
  return histogram.percentile(99) / 1e6;
}

void main(process.argv.slice(2));
