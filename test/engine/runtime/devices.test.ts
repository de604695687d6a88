/** Devices. A GPU is not everywhere: Vulkan's software device stands in for one, in a process of its own. */
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { saliencyOf } from '../../../src/core/saliency';
import { createDevices } from '../../../src/engine/runtime/devices';
import { missingProvider } from '../../../src/engine/runtime/runtime';
import { agree, trial } from '../../../src/engine/runtime/self-test';
import { createService } from '../../../src/engine/service';
import { explainWith } from '../../support/explain';
import { testFolder } from '../../support/folder';
import { largestDifference, REFERENCE, readCase } from '../../support/reference';
import { needs, nightly } from '../../support/shared';
import { IMAGE, networkModel, tensorFile } from '../../support/tiny-network';

const SOFTWARE_VULKAN = '/usr/lib/chromium/vk_swiftshader_icd.json';

describe('devices', () => {
  const folder = testFolder();

  it('always have the CPU, and say why another one is not there', async () => {
    const report = await createDevices().report();
    assert.deepEqual(
      report.map(({ device }) => device).filter((device) => !device.includes(':')),
      ['auto', 'cpu', 'webgpu', 'cuda', 'tensorrt', 'dml', 'coreml'],
    );
    assert.ok(report.find(({ device }) => device === 'cpu')!.available);
    for (const { device, available, detail } of report) {
      assert.ok(detail.length > 0 && !detail.includes('\n'), `${device}: ${detail}`);
      if (!available)
        await assert.rejects(
          createDevices().run(device, async () => 0),
          { code: 'device-unavailable' },
        );
    }
  });

  it('name the libraries of CUDA and where they belong, in one line', async function () {
    if (process.platform !== 'linux' || process.arch !== 'x64') this.skip();
    const reason = await missingProvider('cuda');
    if (reason === undefined) this.skip();
    assert.match(
      reason,
      /^it needs the libraries of CUDA 13, and libonnxruntime_providers_shared\.so and \S+_cuda\.so of https:\S+\/1\.\d+\.\d+ \(runtimes\/linux-x64\/native\) in \//,
    );
  });

  it('agree with themselves, and not with other numbers', async () => {
    const { output } = await trial('cpu');
    assert.ok(agree(output, output));
    assert.ok(
      !agree(
        output,
        output.map((value) => value * 1.1),
      ),
    );
    assert.ok(!agree(output, output.with(3, Number.NaN)));
  });

  it('webgpu gives the same map as the CPU', async function () {
    // A software device.
    if (process.platform !== 'linux' || process.arch !== 'x64') this.skip();
    needs(this, SOFTWARE_VULKAN, 'no software Vulkan to run WebGPU on; install chromium-common');
    const env = { ...process.env, VK_ICD_FILENAMES: SOFTWARE_VULKAN };
    // A software device compiles for most of the time, for each form of operator that the network has.
    const tiny = [folder.write('tiny.onnx', networkModel()), folder.write('tiny.npy', tensorFile(IMAGE))];
    const args = [path.join(__dirname, 'webgpu.entry.js'), ...(nightly ? [] : tiny)];
    const output = execFileSync(process.execPath, args, { env, encoding: 'utf8' });
    const { device, auto, difference, blank } = JSON.parse(output.trim().split('\n').at(-1)!);
    assert.equal(device, 'webgpu');
    assert.ok(!blank);
    assert.ok(difference <= 1e-3, `differs by ${difference}`);
    assert.equal(auto, 'cpu', 'a software device is slower than the CPU, so only a name chooses it');
  });

  it('a GPU gives the reference outputs', async function () {
    const gpus = (await createDevices().report()).filter(
      ({ device, available }) => available && device !== 'auto' && device !== 'cpu',
    );
    if (gpus.length === 0) {
      console.warn('      no GPU was here: the reference outputs were computed on the CPU only');
      this.skip();
    }
    needs(this, REFERENCE, 'no reference outputs to compare with');
    const service = createService();
    for (const { device } of gpus) {
      for (const name of ['mobilenet_v2/case_00', 'squeezenet1_1/case_01', 'cifar10_resnet20/extra_groups10']) {
        const reference = readCase(name);
        const { explanation } = await explainWith(service, {
          image: { tensor: reference.file('input') },
          model: { path: reference.model, layer: reference.layer },
          target: { index: reference.class },
          options: { groups: reference.groups },
          device,
        });
        assert.equal(explanation.device, device);
        const difference = largestDifference(saliencyOf(explanation.frame).map, reference.array('saliency').data);
        console.log(
          `      ${device}, ${name}: ${explanation.milliseconds.total.toFixed(0)} ms, differs by ${difference}`,
        );
        assert.ok(difference <= 5e-4, `${device}, ${name}: differs by ${difference}`);
      }
    }
  });
});
