/** Inputs of free dimensions: the order of the axes and the size follow from the graph, or from the sidecar. */
import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { inspectionRecord } from '../../../src/cli/text';
import { openModel } from '../../../src/engine/model/inspect';
import { createService } from '../../../src/engine/service';
import { npyBytes } from '../../../src/files/npy';
import { explainWith } from '../../support/explain';
import { testFolder } from '../../support/folder';
import { plainRun } from '../../support/plain';
import { needs, shared } from '../../support/shared';
import { noise } from '../../support/tiny-network';

describe('free dimensions', () => {
  const folder = testFolder();
  const service = createService();

  function given(this: Mocha.Context, file: string) {
    const source = shared('cases', 'free-size', file);
    needs(this, source, 'free dimensions');
    copyFileSync(source, folder.at('net.onnx'));
    return folder.at('net.onnx');
  }

  /** Whether an input of these dimensions runs, and gives the same as plain onnxruntime. */
  async function agrees(path: string, dims: readonly number[]) {
    const size = dims.reduce((product, dim) => product * dim, 1);
    const data = Float32Array.from(noise(size, 4));
    const image = { tensor: folder.write('input.npy', npyBytes({ shape: [...dims], data })) };
    const { explanation } = await explainWith(service, { image, model: { path } });
    const exp = [...(await plainRun(path, data, dims))].map(Math.exp);
    const total = exp.reduce((sum, value) => sum + value, 0);
    for (const [c, p] of explanation.probabilities.entries()) assert.ok(Math.abs(p - exp[c]! / total) < 1e-5);
    assert.equal(explanation.saliency.zero, false);
  }

  it('a fixed head: the first usual size that it takes, the same for inspect and explain', async function () {
    const path = given.call(this, 'free-size-fixed-fc.onnx');
    const { info } = await openModel({ path });
    const side = info.preprocessing.width.value;
    // 6912 weights behind 12 channels and a pooling by 2.
    assert.equal(side, 2 * Math.sqrt(6912 / 12));
    await assert.rejects(plainRun(path, new Float32Array(3 * 224 * 224), [1, 3, 224, 224]));
    assert.match(info.assumptions.join('; '), new RegExp(`input size: ${side} x ${side}, the first of the usual ones`));
    assert.equal(inspectionRecord(await service.inspect({ model: { path } }, quiet)).preprocessing.height.value, side);
    await agrees(path, [1, 3, side, side]);
  });

  it('channels last, by the Transpose that follows', async function () {
    const path = given.call(this, 'nhwc-free.onnx');
    const { info } = await openModel({ path });
    assert.deepEqual([info.input.layout, info.input.channels], ['NHWC', 3]);
    await agrees(path, [1, 224, 224, 3]);
  });

  it('the sidecar’s layout and size come first; a layout that the dimensions exclude is an error', async function () {
    const path = given.call(this, 'nhwc-free.onnx');
    folder.write('net.explain.json', { input: { layout: 'NHWC', width: 40, height: 32 } });
    await agrees(path, [1, 32, 40, 3]);
    copyFileSync(shared('cases', 'opset8', 'opset8.onnx'), path);
    folder.write('net.explain.json', { input: { layout: 'NHWC' } });
    await assert.rejects(openModel({ path }), { code: 'sidecar-invalid', message: /input\.layout: must be NCHW/ });
    folder.write('net.explain.json', { input: { layout: 'last' } });
    await assert.rejects(openModel({ path }), { code: 'sidecar-invalid', message: /layout/ });
  });
});

const quiet = { signal: new AbortController().signal, emit() {} };
