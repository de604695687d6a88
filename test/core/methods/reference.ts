/** A case of the shared reference as the methods see it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Background, MethodNetwork, WithMask } from '../../../src/core/methods/network';
import { encodeModel } from '../../../src/core/onnx/weights';
import { resizeMap } from '../../../src/core/resize';
import { CLASSES, seedOf } from '../../../src/core/target/class-scores';
import type { Outputs } from '../../../src/core/target/target';
import { readModelFile } from '../../../src/engine/model/model-file';
import { createSession, floats } from '../../../src/engine/runtime/runtime';
import { readNpy } from '../../../src/files/npy';
import { resampled } from '../../support/maps';
import { gradientSession } from '../../support/runtime';
import { shared } from '../../support/shared';

export interface ReferenceCase {
  readonly class: number;
  readonly network: MethodNetwork;
  array(name: string): Promise<Float32Array>;
  release(): Promise<void>;
}

const CHUNK = 8;

/** The top class of a model's first image. Activation and its gradient are the stored ones; what is run, is run here. */
export async function openReference(model: string): Promise<ReferenceCase> {
  const folder = shared('reference', model, 'case_00');
  const { files, class_index } = JSON.parse(readFileSync(path.join(folder, 'case.json'), 'utf8'));
  const read = (name: string) => readNpy(path.join(folder, files[name]));
  const array = async (name: string) => (await read(name)).data;
  const [input, activation] = [await read('input'), await read('activation')];
  const [channels, u, v] = activation.shape.slice(1) as [number, number, number];
  const [colours, height, width] = input.shape.slice(1) as [number, number, number];

  const file = await readModelFile(shared('models', `${model}.onnx`));
  const { graph } = file.model;
  const [source, output] = [graph.input[0]!.name, graph.output[0]!.name];
  const encoded = encodeModel(file.model, graph);
  const options = { device: 'cpu', optimize: 'all', prepack: true } as const;
  const scorer = await createSession(file.path, encoded, await file.buffers(encoded), options);
  const gradients = await gradientSession(file, input.shape, [source]);

  const outputsOf = async (images: readonly Float32Array[]): Promise<Outputs[]> => {
    const data = new Float32Array(images.length * input.data.length);
    images.forEach((image, i) => {
      data.set(image, i * image.length);
    });
    const result = await scorer.run({ [source]: floats(data, [images.length, colours, height, width]) }, [output]);
    const all = result[output]!.data as Float32Array;
    const classes = all.length / images.length;
    return images.map((_, i) => {
      const logits = all.slice(i * classes, (i + 1) * classes);
      const total = logits.reduce((sum, y) => sum + Math.exp(y), 0);
      return { [CLASSES.logits]: logits, [CLASSES.probabilities]: logits.map((y) => Math.exp(y) / total) };
    });
  };
  async function* score<T>(items: Iterable<T>, imageOf: (item: T) => Float32Array) {
    for (const chunk of chunks(items)) {
      const outputs = await outputsOf(chunk.map(imageOf));
      yield chunk.map((item, i) => ({ item, outputs: outputs[i]! }));
    }
  }
  const behind = { blurred: await array('blurred'), zero: new Float32Array(input.data.length) };
  const masked = ({ mask, resampling }: WithMask, background: Background) => {
    const shown = resampling ? resampled(mask, resampling, height, width) : resizeMap(mask, u, v, height, width);
    const b = behind[background];
    return input.data.map((value, i) => b[i]! + shown[i % shown.length]! * (value - b[i]!));
  };
  const [outputs] = await outputsOf([input.data]);
  const network: MethodNetwork = {
    outputs: outputs!,
    input: { data: input.data, channels: colours, height, width },
    features: { data: activation.data, channels, height: u, width: v },
    head: undefined,
    featureGradient: () => array('gradient'),
    async *inputGradients(items, target) {
      for (const item of items) {
        const { gradients: found } = await gradients.run(floats(item.image, input.shape), seedOf(target)!.indexOf(1));
        yield [{ item, gradient: found.get(source)!.data as Float32Array }];
      }
    },
    scoreImages: (items) => score(items, ({ image }) => image),
    scoreMasks: (items, background) => score(items, (item) => masked(item, background)),
    scoreFeatures: () => assert.fail('no case stores scores of features'),
  };
  const release = async () => {
    await scorer.release();
    await gradients.release();
  };
  return { class: class_index, network, array, release };
}

function* chunks<T>(items: Iterable<T>): Generator<T[]> {
  let chunk: T[] = [];
  for (const item of items) {
    if (chunk.push(item) < CHUNK) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
