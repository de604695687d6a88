/**
 * Group-CAM by the engine and by the graph that was exported of the same model, for the same images in turn. Time is processor time,
 * on as many threads as GROUP_CAM_THREADS says.
 *
 * Arguments: device, model, exported model, folder for inputs, images. The first image is not measured.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { saliencyOf } from '../../../src/core/saliency';
import { openModel } from '../../../src/engine/model/inspect';
import { prepareInput } from '../../../src/engine/pictures/prepare';
import { createService } from '../../../src/engine/service';
import { npyBytes } from '../../../src/files/npy';
import type { Device } from '../../../src/protocol/devices';
import { explainWith } from '../../support/explain';
import { largestDifference } from '../../support/reference';
import { finish, median } from '../measure';

async function main([device, model, exported, folder, ...images]: string[]): Promise<void> {
  const { info } = await openModel({ path: model! });
  const service = createService();
  const threads = process.env['GROUP_CAM_THREADS'];
  const session = await InferenceSession.create(exported!, {
    executionProviders: [device!],
    ...(threads && { intraOpNumThreads: Number(threads) }),
    extra: { session: { force_spinning_stop: '1' } },
  });
  const rows: { engine: number; graph: number; difference: number }[] = [];
  for (const [i, image] of images.entries()) {
    const { tensor, dims } = await prepareInput({ path: image }, info);
    const file = path.join(folder!, `${i}.npy`);
    writeFileSync(file, npyBytes({ shape: dims, data: tensor }));
    const engine = () =>
      explainWith(service, {
        image: { tensor: file },
        model: { path: model! },
        device: device as Device,
        options: { evidence: 'positive' },
      });
    const graph = () => session.run({ [info.input.name]: new Tensor('float32', tensor, dims) }, ['saliency']);
    const ways = { engine, graph };
    const made: { engine?: Awaited<ReturnType<typeof engine>>; graph?: Awaited<ReturnType<typeof graph>> } = {};
    const times = { engine: 0, graph: 0 };
    for (const way of i % 2 === 0 ? (['engine', 'graph'] as const) : (['graph', 'engine'] as const)) {
      const before = process.cpuUsage();
      Object.assign(made, { [way]: await ways[way]() });
      const { user, system } = process.cpuUsage(before);
      times[way] = (user + system) / 1000;
    }
    const { map } = saliencyOf(made.engine!.explanation.frame);
    const difference = largestDifference(made.graph!['saliency']!.data as Float32Array, map);
    if (i > 0) rows.push({ ...times, difference });
  }
  finish({
    images: rows.length,
    engine: median(rows.map(({ engine }) => engine)),
    graph: median(rows.map(({ graph }) => graph)),
    ratio: median(rows.map(({ engine, graph }) => graph / engine)),
    difference: Math.max(...rows.map(({ difference }) => difference)),
  });
}

void main(process.argv.slice(2));
