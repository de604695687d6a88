/**
 * Explains an image on the CPU and by WebGPU, and prints how far the maps are apart: `webgpu.entry.js [MODEL TENSOR]`, without
 * them a scene of the demo by the demo model.
 */
import { saliencyOf } from '../../../src/core/saliency';
import { createService } from '../../../src/engine/service';
import type { DeviceChoice } from '../../../src/protocol/devices';
import { explainWith } from '../../support/explain';
import { largestDifference } from '../../support/reference';
import { project } from '../../support/shared';

async function main([model, tensor]: readonly string[]): Promise<void> {
  const service = createService();
  const what =
    model && tensor
      ? { image: { tensor }, model: { path: model } }
      : { image: { path: project('media', 'demo', 'scenes', 'cat-and-dog.png') }, model: {} };
  const explain = async (device: DeviceChoice) =>
    (await explainWith(service, { ...what, target: { index: 0 }, options: { groups: 4 }, device })).explanation;
  const [cpu, webgpu, auto] = [await explain('cpu'), await explain('webgpu'), await explain('auto')];
  const difference = largestDifference(saliencyOf(cpu.frame).map, saliencyOf(webgpu.frame).map);
  const result = { device: webgpu.device, auto: auto.device, difference, blank: cpu.saliency.zero };
  console.log(JSON.stringify(result));
}

void main(process.argv.slice(2));
