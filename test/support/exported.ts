/** Exported models, run by plain runtimes that know nothing of the product. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as node from 'onnxruntime-node';
import * as web from 'onnxruntime-web';
import { DEFAULT_CHOICE } from '../../src/core/methods/choice';
import { saliencyOf } from '../../src/core/saliency';
import { readNpy } from '../../src/files/npy';
import type { Exported } from '../../src/protocol/explanation';
import type { Params, Service } from '../../src/protocol/requests';
import { groupCamEnds } from './cli';
import { explainWith } from './explain';
import type { testFolder } from './folder';
import { project } from './shared';

type ExportParams = Params<'export'>;

/** Numbers as they are fed to a runtime. */
export interface Fed {
  readonly type: 'float32' | 'float16' | 'uint8' | 'int64';
  readonly data: Float32Array | Uint16Array | Uint8Array | BigInt64Array;
  readonly dims: readonly number[];
}

export type Feeds = Readonly<Record<string, Fed>>;
export type Results = Readonly<Record<string, Pick<Fed, 'data' | 'dims'>>>;

export const float = (data: Float32Array, dims: readonly number[]): Fed => ({ type: 'float32', data, dims });
export const classes = (...indices: number[]): Fed => {
  return { type: 'int64', data: BigInt64Array.from(indices, BigInt), dims: [indices.length] };
};

/** The outputs of the model in a file, by onnxruntime-node. */
export async function runFile(file: string, feeds: Feeds): Promise<Results> {
  const session = await node.InferenceSession.create(file);
  try {
    const tensors = Object.entries(feeds).map(([name, { type, data, dims }]) => {
      return [name, new node.Tensor(type as 'float32', data as Float32Array, dims)] as const;
    });
    return (await session.run(Object.fromEntries(tensors))) as unknown as Results;
  } finally {
    await session.release();
  }
}

/** The same by onnxruntime-web, in WebAssembly as a browser runs it. */
export async function runInWeb(file: string, feeds: Feeds): Promise<Results> {
  web.env.wasm.numThreads = 1;
  const session = await web.InferenceSession.create(readFileSync(file), { executionProviders: ['wasm'] });
  try {
    const tensors = Object.entries(feeds).map(([name, { type, data, dims }]) => {
      return [name, new web.Tensor(type as 'float32', data as Float32Array, dims)] as const;
    });
    return (await session.run(Object.fromEntries(tensors))) as unknown as Results;
  } finally {
    await session.release();
  }
}

/** Exports with the defaults of the command line. */
export function exportWith(
  service: Service,
  choice: Pick<ExportParams, 'model' | 'output'> & Partial<ExportParams>,
): Promise<Exported> {
  const defaults = { class: 'top', size: 'input', external: 'keep' } as const;
  const context = { signal: new AbortController().signal, emit() {} };
  return service.export({ ...DEFAULT_CHOICE, ...defaults, ...choice }, context);
}

/** The map that the engine computes of a stored input, as an exported model shows it. */
export async function engineMap(service: Service, choice: Parameters<typeof explainWith>[1]) {
  const { method = 'group-cam', options = {} } = choice;
  const shown = method === 'group-cam' ? { ...options, evidence: 'positive' } : options;
  const { explanation } = await explainWith(service, { ...choice, options: shown });
  const { frame, class: index, probability, scores } = explanation;
  return { map: saliencyOf(frame).map, class: index, probability, scores };
}

/** Of a stored input and one class. */
interface MapChoice {
  readonly model: string;
  readonly tensor: string;
  readonly method: string;
  readonly class: number;
}

/** The map that the command line computes where onnxruntime-web takes the place of onnxruntime-node: the engine on a page's kernels. */
export async function engineMapInWeb(folder: ReturnType<typeof testFolder>, choice: MapChoice): Promise<Float32Array> {
  const entry = project('out', 'test', 'support', 'web-runtime.entry.js');
  const runtime = path.join('runtime', 'node_modules', 'onnxruntime-node');
  folder.write(path.join(runtime, 'package.json'), JSON.stringify({ name: 'onnxruntime-node', main: 'index.js' }));
  folder.write(path.join(runtime, 'index.js'), `module.exports = require(${JSON.stringify(entry)});`);
  const { model, tensor, method, class: index } = choice;
  const map = folder.at('map.npy');
  const asked = ['--tensor', tensor, '--model', model, '--method', method, '--class', String(index), '--device', 'cpu'];
  const shown = method === 'group-cam' ? ['--option', 'evidence=positive'] : [];
  const { code, stderr } = await groupCamEnds(['explain', ...asked, ...shown, '--npy', map], {
    ...process.env,
    GROUP_CAM_RUNTIME: folder.at('runtime'),
  });
  // A runtime that can't be loaded is replaced by the product's own, which is said there.
  if (code !== 0 || /copy of onnxruntime/.test(stderr))
    throw new Error(`explain on onnxruntime-web ended with ${code}: ${stderr}`);
  return (await readNpy(map)).data;
}
