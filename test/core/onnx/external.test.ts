import assert from 'node:assert/strict';
import { create } from '@bufbuild/protobuf';
import { StringStringEntryProtoSchema, TensorProto_DataLocation, TensorProtoSchema } from 'onnx-buf';
import { splitExternalData } from '../../../src/core/onnx/external';
import { DataType } from '../../../src/core/onnx/tensors';
import { placeOf } from '../../../src/core/onnx/weights';
import { parseTiny } from '../../support/tiny-model';

const GIB = 2 ** 30;

/** A model whose tensors, of the given bytes, lie at the given places of files. */
function model(places: readonly (readonly [location: string, offset: number, length: number])[]) {
  const initializers = places.map(([location, offset, length], i) =>
    create(TensorProtoSchema, {
      name: `t${i}`,
      dataType: DataType.FLOAT,
      dims: [BigInt(length / 4)],
      dataLocation: TensorProto_DataLocation.EXTERNAL,
      externalData: Object.entries({ location, offset, length }).map(([key, value]) =>
        create(StringStringEntryProtoSchema, { key, value: `${value}` }),
      ),
    }),
  );
  return parseTiny({ nodes: [['Relu', 'image', 'y']], outputs: ['y'], initializers });
}

describe('external weights', () => {
  it('beyond 2 GiB are cut between tensors into pieces of at most 1 GiB', () => {
    const part = 3 * 2 ** 28;
    const large = model([0, 1, 2, 3].map((i) => ['w.bin', i * part, part] as const));
    const pieces = splitExternalData(large, () => 4 * part);
    assert.deepEqual(
      pieces.map(({ offset, length }) => [offset, length]),
      [0, 1, 2, 3].map((i) => [i * part, part]),
    );
    assert.ok(pieces.every(({ length }) => length <= GIB));
    assert.equal(new Set(pieces.map(({ name }) => name)).size, 4);
  });

  it('that lie close together are one piece, and every tensor finds its place in it', () => {
    const close = model([
      ['b.bin', 8192, 400],
      ['b.bin', 0, 4000],
      ['a.bin', 100, 40],
      ['b.bin', GIB, 8],
    ]);
    const pieces = splitExternalData(close, () => 2 * GIB);
    const names = pieces.map(({ name }) => name);
    assert.deepEqual(
      pieces.map(({ location, offset, length }) => [location, offset, length]),
      [
        ['a.bin', 100, 40],
        ['b.bin', 0, 8592],
        ['b.bin', GIB, 8],
      ],
    );
    assert.deepEqual(
      close.graph.initializer.map((tensor) => {
        const { location, offset, length } = placeOf(tensor, close.bytes)!;
        return [names.indexOf(location), offset, length];
      }),
      [
        [1, 8192, 400],
        [1, 0, 4000],
        [0, 0, 40],
        [2, 0, 8],
      ],
    );
  });

  it('that two tensors share are read once', () => {
    const shared = model([
      ['w.bin', 0, 4000],
      ['w.bin', 0, 4000],
      ['w.bin', 400, 40],
    ]);
    assert.deepEqual(
      splitExternalData(shared, () => 4000).map(({ offset, length }) => [offset, length]),
      [[0, 4000]],
    );
  });

  it('a tensor larger than the limit has a piece of its own', () => {
    const sizes = splitExternalData(
      model([
        ['w.bin', 0, 80],
        ['w.bin', 80, 4000],
        ['w.bin', 4080, 80],
      ]),
      () => 4160,
      1000,
    );
    assert.deepEqual(
      sizes.map(({ length }) => length),
      [80, 4000, 80],
    );
  });
});
