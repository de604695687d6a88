import assert from 'node:assert/strict';
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { create } from '@bufbuild/protobuf';
import { StringStringEntryProtoSchema, TensorProto_DataLocation, TensorProtoSchema } from 'onnx-buf';
import { DataType, valuesOf } from '../../../src/core/onnx/tensors';
import { encodeModel } from '../../../src/core/onnx/weights';
import { readModelFile } from '../../../src/engine/model/model-file';
import { createSession } from '../../../src/engine/runtime/runtime';
import { isCurrent } from '../../../src/files/stamps';
import { testFolder } from '../../support/folder';
import { project } from '../../support/shared';
import { tinyModel } from '../../support/tiny-model';

const GIB = 2 ** 30;
const DEMO = project('media', 'demo', 'demo-objects.onnx');

/** A [1, 400] row times an external matrix. */
function withExternal(entries: Readonly<Record<string, string | number>>, dims = [400, 5]): Uint8Array {
  const matrix = create(TensorProtoSchema, {
    name: 'matrix',
    dataType: DataType.FLOAT,
    dims: dims.map(BigInt),
    dataLocation: TensorProto_DataLocation.EXTERNAL,
    externalData: Object.entries(entries).map(([key, value]) =>
      create(StringStringEntryProtoSchema, { key, value: `${value}` }),
    ),
  });
  return tinyModel({
    inputs: { row: [1, 400] },
    nodes: [['MatMul', 'row matrix', 'y']],
    outputs: ['y'],
    initializers: [matrix],
  });
}

const MATRIX = Float32Array.from({ length: 2000 }, (_, i) => (i % 5) + 1);
const MATRIX_BYTES = MATRIX.byteLength;

describe('model file', () => {
  const { at, write } = testFolder();
  /** A file of `size` bytes with the matrix at `offset`; all else is a hole that takes no space. */
  const writeSparse = (name: string, offset: number, size = offset + MATRIX_BYTES) => {
    const file = openSync(at(name), 'w');
    ftruncateSync(file, size);
    writeSync(file, new Uint8Array(MATRIX.buffer), 0, MATRIX_BYTES, offset);
    closeSync(file);
  };
  /** The sums of the matrix's columns, as the runtime computes them. */
  const columnSums = async (file: string) => {
    const read = await readModelFile(file);
    const encoded = encodeModel(read.model, read.model.graph);
    const buffers = await read.buffers(encoded);
    const session = await createSession(file, encoded, buffers, { device: 'cpu', optimize: 'none', prepack: false });
    const row = { type: 'float32', data: new Float32Array(400).fill(1), dims: [1, 400] };
    const { y } = await session.run({ row }, ['y']);
    await session.release();
    const bytes = [...buffers.values()].reduce((sum, { length }) => sum + length, 0);
    return { sums: Array.from(y!.data, Number), bytes, read };
  };

  describe('that is none', () => {
    const demo = readFileSync(DEMO);
    const bad: [string, () => string, string, RegExp][] = [
      ['is not there', () => at('none.onnx'), 'model-missing', /none\.onnx: no such model file/],
      ['lies in a file', () => path.join(write('a.txt', 'a'), 'm.onnx'), 'model-missing', /m\.onnx/],
      ['is a folder', () => at(), 'model-unreadable', /not a file/],
      ['is empty', () => write('m.onnx', ''), 'model-unreadable', /it is empty/],
      ['is a text', () => write('m.onnx', 'This is not a model.\nIt is a text.\n'), 'model-unreadable', /m\.onnx/],
      ['is JSON', () => write('m.onnx', '{"a": 1}'), 'model-unreadable', /m\.onnx/],
      ['is a picture', () => project('media', 'demo', 'dataset', 'cat', '01.jpg'), 'model-unreadable', /01\.jpg/],
      [
        'is a Git LFS pointer',
        () => write('m.onnx', 'version https://git-lfs.github.com/spec/v1\noid sha256:0\n'),
        'model-unreadable',
        /git lfs pull/,
      ],
      [
        'is larger than protobuf allows',
        () => {
          write('m.onnx', '');
          truncateSync(at('m.onnx'), 2 * GIB);
          return at('m.onnx');
        },
        'model-too-large',
        /2147483648 bytes/,
      ],
    ];
    for (const [what, make, code, message] of bad)
      it(`because it ${what}`, async () => {
        await assert.rejects(readModelFile(make()), { code, message });
      });

    it('because it was cut off, wherever that is', async () => {
      const lengths = Array.from({ length: 40 }, (_, i) => 1 + Math.floor(((demo.length - 1) * i) / 40));
      for (const length of [...lengths, 2, 10, 100, 1000, demo.length - 1])
        await assert.rejects(
          readModelFile(write('m.onnx', demo.subarray(0, length))),
          { code: 'model-unreadable' },
          `${length}`,
        );
    });
  });

  describe('with external weights', () => {
    it('reads them from beside it, as the runtime needs them', async () => {
      writeSparse('weights.bin', 4096);
      const file = write('m.onnx', withExternal({ location: 'weights.bin', offset: 4096, length: MATRIX_BYTES }));
      const { sums, read } = await columnSums(file);
      assert.deepEqual(sums, [400, 800, 1200, 1600, 2000]);
      assert.equal(read.bytes, readFileSync(file).length + 4096 + MATRIX_BYTES);
      assert.deepEqual(readdirSync(at()).sort(), ['m.onnx', 'weights.bin']);
    });

    it('reads from beyond 2 GiB what the tensors use, and no more', async () => {
      writeSparse('weights.bin', 3 * GIB, 5 * GIB);
      const file = write('m.onnx', withExternal({ location: 'weights.bin', offset: 3 * GIB, length: MATRIX_BYTES }));
      const { sums, bytes } = await columnSums(file);
      assert.deepEqual(sums, [400, 800, 1200, 1600, 2000]);
      assert.equal(bytes, MATRIX_BYTES);
    });

    it('has small ones, such as shapes, at hand at once', async () => {
      writeSparse('weights.bin', 0);
      const file = write('m.onnx', withExternal({ location: 'weights.bin', offset: 4, length: 16 }, [2, 2]));
      const { model } = await readModelFile(file);
      assert.deepEqual(valuesOf(model.initializers.get('matrix')!), [2, 3, 4, 5]);
    });

    it('may keep them in a folder of its own, without offset and length', async () => {
      mkdirSync(at('data'));
      writeSparse('data/weights.bin', 0);
      const { sums } = await columnSums(write('m.onnx', withExternal({ location: 'data/weights.bin' })));
      assert.deepEqual(sums, [400, 800, 1200, 1600, 2000]);
    });

    it('may itself be a link, with its weights linked from the same place', async () => {
      mkdirSync(at('blobs'));
      mkdirSync(at('snapshot'));
      writeSparse('blobs/f00', 0);
      write('blobs/ba7', withExternal({ location: 'weights.bin' }));
      symlinkSync('../blobs/f00', at('snapshot', 'weights.bin'));
      symlinkSync('../blobs/ba7', at('snapshot', 'm.onnx'));
      assert.deepEqual((await columnSums(at('snapshot', 'm.onnx'))).sums, [400, 800, 1200, 1600, 2000]);
    });

    const missing: [string, Readonly<Record<string, string | number>>][] = [
      ['is absent', { location: 'other.bin' }],
      ['is a folder', { location: 'sub' }],
      ['is shorter than the tensor', { location: 'weights.bin', offset: 8 }],
      ['has nothing before its start', { location: 'weights.bin', offset: -8 }],
      ['has no such place', { location: 'weights.bin', offset: 'abc' }],
      ['ends before the tensor', { location: 'weights.bin', offset: 10 ** 9, length: MATRIX_BYTES }],
    ];
    for (const [what, entries] of missing)
      it(`of which the file ${what}`, async () => {
        mkdirSync(at('sub'));
        writeSparse('weights.bin', 0);
        const length = MATRIX_BYTES;
        const file = write('m.onnx', withExternal({ length, ...entries }));
        await assert.rejects(readModelFile(file), {
          code: 'external-data-missing',
          message: /m\.onnx: its weights file/,
        });
      });

    for (const location of [
      '../weights.bin',
      'a/../../weights.bin',
      '/etc/hostname',
      'C:\\weights.bin',
      '..\\weights.bin',
      '',
    ])
      it(`at "${location}" are refused`, async () => {
        writeSparse('weights.bin', 0);
        const file = write('sub/m.onnx', withExternal({ location }));
        await assert.rejects(readModelFile(file), { code: 'external-data-outside' });
      });

    it('behind a link that leaves the folder are refused', async () => {
      writeSparse('secret.bin', 0);
      mkdirSync(at('elsewhere'));
      writeSparse('elsewhere/weights.bin', 0);
      const file = write('sub/m.onnx', withExternal({ location: 'weights.bin' }));
      symlinkSync('../secret.bin', at('sub', 'weights.bin'));
      await assert.rejects(readModelFile(file), { code: 'external-data-outside', message: /weights\.bin/ });
      const deep = write('sub/n.onnx', withExternal({ location: 'link/weights.bin' }));
      symlinkSync('../elsewhere', at('sub', 'link'));
      await assert.rejects(readModelFile(deep), { code: 'external-data-outside' });
    });

    it('that went after it was opened are missed by name', async () => {
      writeSparse('weights.bin', 0);
      const read = await readModelFile(write('m.onnx', withExternal({ location: 'weights.bin' })));
      rmSync(at('weights.bin'));
      const encoded = encodeModel(read.model, read.model.graph);
      await assert.rejects(read.buffers(encoded), { code: 'external-data-missing', message: /weights\.bin/ });
    });
  });

  it('is another after it or its weights changed', async () => {
    writeSparse('weights.bin', 0);
    const file = write('m.onnx', withExternal({ location: 'weights.bin' }));
    const { identity, stamps } = await readModelFile(file);
    assert.equal(await isCurrent(stamps), true);
    assert.equal((await readModelFile(file)).identity, identity);
    utimesSync(at('weights.bin'), 1000, 1000);
    assert.equal(await isCurrent(stamps), false);
    assert.notEqual((await readModelFile(file)).identity, identity);
  });
});
