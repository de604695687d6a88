/** Half floats, where JavaScript has a Float16Array of its own. */
import assert from 'node:assert/strict';
import { DataType } from '../../../src/core/onnx/tensors';
import { createSession } from '../../../src/engine/runtime/runtime';
import { tinyModel } from '../../support/tiny-model';

describe('engine: half floats', () => {
  it('go into the runtime and come out as their bits', async () => {
    assert.ok('Float16Array' in globalThis);
    const bytes = tinyModel({
      inputs: { image: [3] },
      inputType: DataType.FLOAT16,
      nodes: [['Add', 'image image', 'twice']],
      outputs: ['twice'],
    });
    const encoded = { bytes, nodes: 1, buffers: [] };
    const session = await createSession('tiny.onnx', encoded, new Map(), {
      device: 'cpu',
      optimize: 'none',
      prepack: false,
    });
    // 1, -0.5 and 2^-24, the least half float, and twice as much of each.
    const data = Uint16Array.of(0x3c00, 0xb800, 0x0001);
    const { twice } = await session.run({ image: { type: 'float16', data, dims: [3] } }, ['twice']);
    await session.release();
    assert.deepEqual(twice!.data, Uint16Array.of(0x4000, 0xbc00, 0x0002));
  });
});
