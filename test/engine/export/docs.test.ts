/** The lines of docs/export.md, run as they are written. */
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import type { TypeProto_Tensor, ValueInfoProto } from 'onnx-buf';
import { parseModel } from '../../../src/core/onnx/model';
import { DataType } from '../../../src/core/onnx/tensors';
import { createService } from '../../../src/engine/service';
import { npyBytes, readNpy } from '../../../src/files/npy';
import { exportWith, float, runFile } from '../../support/exported';
import { testFolder } from '../../support/folder';
import { blocksFor, linesOf } from '../../support/page-lines';
import { largestDifference } from '../../support/reference';
import { missing, needs, project, shared } from '../../support/shared';
import { noise } from '../../support/tiny-network';

const PYTHON = '/usr/bin/python3';
const DIMS = [1, 3, 128, 128];

describe('docs/export.md', () => {
  const folder = testFolder();
  const service = createService();
  const data = Float32Array.from(noise(3 * 128 * 128, 3));

  async function expected(): Promise<Float32Array> {
    const path = project('media', 'demo', 'demo-objects.onnx');
    const output = folder.at('net.explained.onnx');
    await exportWith(service, { model: { path }, output, method: 'grad-cam', options: {} });
    return (await runFile(output, { input: float(data, DIMS) }))['saliency']!.data as Float32Array;
  }

  it('in a browser, by onnxruntime-web', async () => {
    const saliency = await expected();
    symlinkSync(project('node_modules'), folder.at('node_modules'));
    folder.write('pixels.bin', new Uint8Array(data.buffer));
    const start =
      "import { readFileSync, writeFileSync } from 'node:fs';\nconst pixels = new Float32Array(new Uint8Array(readFileSync('pixels.bin')).buffer);";
    const end =
      "writeFileSync('saliency.json', JSON.stringify({ height, width, values: [...saliency.data] }));\nprocess.exit();";
    const script = folder.write('page.mjs', [start, linesOf('js'), end].join('\n'));
    const { status, stderr } = spawnSync(process.execPath, [script], { cwd: folder.at(), encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    const { height, width, values } = JSON.parse(readFileSync(folder.at('saliency.json'), 'utf8'));
    assert.deepEqual([height, width], [128, 128]);
    assert.ok(largestDifference(values, saliency) <= 1e-4);
  });

  it('in Python', async function () {
    const saliency = await expected();
    const python = (script: string) => spawnSync(PYTHON, ['-c', script], { cwd: folder.at(), encoding: 'utf8' });
    if (python('import onnx').status !== 0) missing(this, `${PYTHON} has no onnx to check an exported file with`);
    const checked = python('import onnx; onnx.checker.check_model("net.explained.onnx", full_check=True)');
    assert.equal(checked.status, 0, checked.stderr);
    if (python('import onnxruntime').status !== 0) {
      console.warn(`SKIPPED: ${PYTHON} has no onnxruntime, which Debian does not package; the file was checked alone`);
      return;
    }
    folder.write('input.npy', npyBytes({ shape: DIMS, data }));
    const run = python(`${linesOf('python')}\nnumpy.save("saliency.npy", saliency)`);
    assert.equal(run.status, 0, run.stderr);
    assert.ok(largestDifference((await readNpy(folder.at('saliency.npy'))).data, saliency) <= 1e-4);
  });

  it('for Triton, its names, types and dimensions are those of the file', async function () {
    const path = shared('models', 'mobilenet_v2.onnx');
    needs(this, path, 'no model to export');
    const [config, asked] = blocksFor('## Triton');
    for (const [of, lines] of [['top', config!] as const, ['input', `${config}\n${asked}`] as const]) {
      const output = folder.at('net.explained.onnx');
      await exportWith(service, { model: { path }, output, class: of, method: 'grad-cam', options: {} });
      const { graph } = parseModel(readFileSync(output), output);
      for (const side of ['input', 'output'] as const)
        assert.deepEqual(configured(lines, side), graph[side].map(declared), side);
    }
  });
});

interface Declared {
  readonly name: string;
  readonly type: string;
  /** Without the axis of images. */
  readonly dims: readonly number[];
}

/** What a configuration of Triton says of a model that takes any number of images. */
function configured(lines: string, side: 'input' | 'output'): Declared[] {
  const lists = [...lines.matchAll(new RegExp(`^${side} \\[(.*)\\]$`, 'gm'))].map((match) => match[1]!);
  const tensors = lists.flatMap((list) => [
    ...list.matchAll(/\{ name: "(\w+)", data_type: (\w+), dims: \[([\d, ]+)\](.*?) \}/g),
  ]);
  // An empty form is written so, since dimensions can't be.
  return tensors.map(([, name, type, dims, form]) => ({
    name: name!,
    type: type!,
    dims: form!.includes('reshape: { shape: []') ? [] : dims!.split(',').map(Number),
  }));
}

const TYPES: Readonly<Record<number, string>> = { [DataType.FLOAT]: 'TYPE_FP32', [DataType.INT64]: 'TYPE_INT64' };

function declared({ name, type }: ValueInfoProto): Declared {
  const tensor = type!.value.value as TypeProto_Tensor;
  const [images, ...others] = tensor.shape!.dim.map(({ value }) => value);
  assert.equal(images!.case, 'dimParam', 'any number of images');
  return { name, type: TYPES[tensor.elemType]!, dims: others.map(({ value }) => Number(value)) };
}
