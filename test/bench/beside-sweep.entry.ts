/**
 * How long explanations take by hand while a dataset is swept, and while the sweep is paused. Both engines are processes
 * of their own, as in the product, and the runner's has the lowest priority.
 *
 * Arguments: a Node executable for the runner, the model, a folder to sweep, a run file to make, then images to explain.
 */
import { createEngine } from '../../src/client/engine';
import { createRunner } from '../../src/client/runner';
import { DEFAULT_CHOICE } from '../../src/core/methods/choice';
import type { Work } from '../../src/protocol/dataset';
import { project } from '../support/shared';
import { until } from '../support/wait';
import { finish, median } from './measure';

interface Times {
  readonly first: number;
  readonly total: number;
}

async function main([node, model, source, run, ...images]: readonly string[]): Promise<void> {
  const log = () => {};
  const engine = createEngine({ module: project('dist', 'engine.js'), log });
  const runner = createRunner({ module: project('dist', 'runner.js'), executable: node, log });
  const choice = { path: model! };
  const info = await runner.call('prepare', { run: run!, source: source!, models: [choice] });
  await runner.call('open', { run: run! });
  let work: readonly Work[] = [];
  const following = new AbortController();
  const followed = runner.call(
    'follow',
    { run: run! },
    {
      signal: following.signal,
      timeout: Number.POSITIVE_INFINITY,
      on: { work: (now) => (work = now) },
    },
  );
  followed.catch(() => {});
  const version = info.versions.at(-1)!.id;
  const { work: id } = await runner.call('sweep', { run: run!, version, device: 'cpu' });
  const isIn = (state: Work['state']) =>
    until(`the sweep is ${state}`, () => work.find((one) => one.id === id)?.state === state);

  async function explain(path: string): Promise<Times> {
    const start = performance.now();
    let first = Number.NaN;
    await engine.call(
      'explain',
      { ...DEFAULT_CHOICE, view: 'bench', image: { path }, model: choice, target: 'top', device: 'cpu', top: 5 },
      {
        on: {
          frame: () => {
            if (Number.isNaN(first)) first = performance.now() - start;
          },
        },
      },
    );
    return { first, total: performance.now() - start };
  }

  const times: { readonly [state in 'running' | 'paused']: Times[] } = { running: [], paused: [] };
  // No image is explained twice, since the engine keeps what it knows of an image.
  const [warm, ...others] = images;
  await explain(warm!);
  for (const [i, image] of others.entries()) {
    const state = i % 2 === 0 ? 'running' : 'paused';
    await runner.call(i % 2 === 0 ? 'resume' : 'pause', { run: run!, work: id });
    await isIn(state);
    times[state].push(await explain(image));
  }
  const swept = work.find((one) => one.id === id);
  following.abort();
  runner.dispose();
  engine.dispose();
  const summary = (all: readonly Times[]) => ({
    first: median(all.map(({ first }) => first)),
    worst: Math.max(...all.map(({ first }) => first)),
    total: median(all.map(({ total }) => total)),
  });
  finish({ alone: summary(times.paused), beside: summary(times.running), images: others.length, swept: swept?.done });
}

void main(process.argv.slice(2));
