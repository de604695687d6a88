import { filesOf } from '../engine/model/inspect';
import { npyBytes } from '../files/npy';
import { outputsBeside } from '../files/output';
import type { Service } from '../protocol/requests';
import type { Terminal } from './terminal';

/** The options of `gradient` under the names that the command line gives them. */
export interface GradientOptions {
  readonly model: string;
  readonly tensor: string;
  readonly class: number;
  readonly wrt?: string;
  readonly npy: string;
}

/** d logit / d tensor as .npy, float32, in the tensor's own shape. */
export async function gradient(options: GradientOptions, service: Service, terminal: Terminal): Promise<void> {
  const { model, tensor, wrt, npy } = options;
  const target = { index: options.class };
  const info = await service.inspect({ model: { path: model } }, { signal: terminal.signal, emit() {} });
  const outputs = outputsBeside([tensor, ...filesOf(info)]);
  await outputs.check(npy, false);
  const result = await service.gradient(
    { model: { path: model }, image: { tensor }, target, ...(wrt !== undefined && { wrt }) },
    { signal: terminal.signal, emit() {} },
  );
  await outputs.write(npy, npyBytes(result));
  terminal.say(`${npy}: d logit ${options.class} / d ${result.tensor}, shape [${result.shape.join(', ')}]`);
}
