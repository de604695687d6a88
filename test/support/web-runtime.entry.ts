/**
 * onnxruntime-web behind the interface of onnxruntime-node, so that the engine can run on the kernels that a page has. Only for
 * sessions on one thread of a CPU.
 */
import * as web from 'onnxruntime-web';

web.env.wasm.numThreads = 1;

/** What onnxruntime-web gives as the size of a dimension that is not known, -1 without its sign. */
const UNKNOWN = 2 ** 32 - 1;

type Values = readonly web.InferenceSession.ValueMetadata[];

const named = (values: Values): Values =>
  values.map((value) =>
    value.isTensor ? { ...value, shape: value.shape.map((size) => (size === UNKNOWN ? '' : size)) } : value,
  );

async function create(model: Uint8Array, { externalData, ...options }: web.InferenceSession.SessionOptions) {
  const session = await web.InferenceSession.create(model, {
    ...options,
    ...(externalData?.length && { externalData }),
    executionProviders: ['wasm'],
  });
  return {
    inputMetadata: named(session.inputMetadata),
    outputMetadata: named(session.outputMetadata),
    run: (feeds: web.InferenceSession.FeedsType, fetches: readonly string[]) => session.run(feeds, fetches),
    release: () => session.release(),
  };
}

export const InferenceSession = { create };
export const { Tensor, env } = web;
export const listSupportedBackends = () => [{ name: 'cpu' }];
