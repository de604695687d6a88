import assert from 'node:assert/strict';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { TensorProtoSchema } from 'onnx-buf';
import { asList, firstOfEquals } from '../../../../src/core/onnx/rewrite/constants';
import { DataType, makeTensor, valuesOf } from '../../../../src/core/onnx/tensors';

describe('constants of a graph', () => {
  it('are equal if type, dimensions and values are', () => {
    const all = [
      makeTensor('a', DataType.INT64, [2], [1, 2]),
      makeTensor('b', DataType.INT64, [2], [1, 2]),
      makeTensor('other dimensions', DataType.INT64, [1, 2], [1, 2]),
      makeTensor('other type', DataType.INT32, [2], [1, 2]),
      makeTensor('other value', DataType.INT64, [2], [1, 3]),
    ];
    assert.deepEqual(
      [...firstOfEquals(all)].filter(([name, first]) => name !== first),
      [['b', 'a']],
    );
  });

  it('are lists if they are short sizes, with the same values; what would be longer stays', () => {
    const all = [0, -1, 127, 128, 16_383, 16_384];
    const sizes = asList(makeTensor('sizes', DataType.INT64, [6], all));
    assert.deepEqual([valuesOf(sizes), sizes.rawData.length, sizes.int64Data.length], [all, 0, 6]);
    for (const values of [[-1], [-1, -1]]) {
      const tensor = makeTensor('sizes', DataType.INT64, [values.length], values);
      assert.equal(asList(tensor), tensor);
    }
  });

  it('stay as they are beside the largest int64, which exporters write for the end of an axis', () => {
    const rawData = new Uint8Array(new BigInt64Array([2n ** 63n - 1n, 5n]).buffer);
    const ends = create(TensorProtoSchema, { name: 'ends', dataType: DataType.INT64, dims: [2n], rawData });
    assert.deepEqual(fromBinary(TensorProtoSchema, toBinary(TensorProtoSchema, asList(ends))).rawData, rawData);
  });
});
