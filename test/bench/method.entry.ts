/**
 * One method in a process of its own, warm, for an image that the engine has not seen.
 *
 * Arguments: model, the first input (.npy), method, its own options as JSON, then further inputs.
 */

import type { MethodName } from '../../src/core/methods/names';
import type { OptionValues } from '../../src/core/options';
import { createService } from '../../src/engine/service';
import type { Explanation } from '../../src/protocol/explanation';
import { paramsOf } from '../support/explain';
import { finish, median, peakMemory } from './measure';

async function main([model, firstInput, method, options, ...inputs]: string[]): Promise<void> {
  const service = createService();
  const explain = async (tensor: string, options: OptionValues): Promise<Explanation> => {
    const params = paramsOf({ image: { tensor }, model: { path: model! }, method: method as MethodName, options });
    return service.explain(params, { signal: new AbortController().signal, emit() {} });
  };
  const own: OptionValues = JSON.parse(options!);
  await explain(firstInput!, own);
  const explanations: Explanation[] = [];
  for (const input of inputs) explanations.push(await explain(input, own));
  finish({
    passes: explanations[0]!.passes,
    total: median(explanations.map(({ milliseconds }) => milliseconds.total)),
    peak: peakMemory(),
  });
}

void main(process.argv.slice(2));
