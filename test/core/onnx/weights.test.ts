import assert from 'node:assert/strict';
import { encodeModel, OWN_BYTES } from '../../../src/core/onnx/weights';
import { parseTiny } from '../../support/tiny-model';

describe('an encoded graph', () => {
  it('refers to the large weights in the model itself, and holds the small ones', () => {
    const own = parseTiny({
      nodes: [
        ['Conv', 'image large', 'map'],
        ['Mul', 'map small', 'y'],
      ],
      outputs: ['y'],
      weights: { large: [64, 3, 3, 3], small: [1] },
    });
    const encoded = encodeModel(own, own.graph);
    assert.deepEqual(encoded.buffers, [OWN_BYTES]);
    assert.ok(encoded.bytes.length < 1000, `${encoded.bytes.length} bytes for weights of ${64 * 27 * 4}`);
  });
});
