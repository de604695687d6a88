/**
 * The product's engine in a process of its own.
 *
 * Arguments: model, two classes (separated by a comma), the first input (.npy), then further inputs for warm runs.
 */

import { createService } from '../../src/engine/service';
import type { Explanation } from '../../src/protocol/explanation';
import { explainWith } from '../support/explain';
import { finish, median, peakMemory, tellFirst } from './measure';

async function main([model, classes, firstInput, ...inputs]: string[]): Promise<void> {
  const service = createService();
  const [one, two] = classes!.split(',').map(Number) as [number, number];
  const explain = async (tensor: string, index: number, onFrame = () => {}): Promise<Explanation> => {
    const choice = { image: { tensor }, model: { path: model! }, target: { index }, device: 'auto' } as const;
    return (await explainWith(service, choice, onFrame)).explanation;
  };
  await explain(firstInput!, one, once(tellFirst));
  const images: Explanation[] = [];
  const others: Explanation[] = [];
  for (const input of inputs) {
    images.push(await explain(input, one));
    others.push(await explain(input, two));
  }
  finish({
    layer: images[0]!.layer,
    device: images[0]!.device,
    first: median(images.map(({ milliseconds }) => milliseconds.first)),
    total: median(images.map(({ milliseconds }) => milliseconds.total)),
    passes: images[0]!.passes,
    otherTotal: median(others.map(({ milliseconds }) => milliseconds.total)),
    otherPasses: others[0]!.passes,
    masks: [images[0]!, others[0]!].map(({ scores }) => scores.filter((score) => score !== 0).length),
    peak: peakMemory(),
  });
}

function once(call: () => void): () => void {
  let done = false;
  return () => {
    if (!done) call();
    done = true;
  };
}

void main(process.argv.slice(2));
