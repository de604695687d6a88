import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { npyBytes, readNpy } from '../../src/files/npy';
import { missing } from '../support/shared';

const PYTHON = process.platform === 'linux' ? '/usr/bin/python3' : 'python3';

describe('files/npy', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'group-cam-npy-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const write = (bytes: Uint8Array | string) => {
    const file = path.join(folder, 'array.npy');
    writeFileSync(file, bytes);
    return file;
  };
  /** A file by the format's definition. */
  const raw = (version: number, header: string, data: Uint8Array) => {
    const length = Buffer.alloc(version === 1 ? 2 : 4);
    if (version === 1) length.writeUInt16LE(header.length);
    else length.writeUInt32LE(header.length);
    return Buffer.concat([
      Buffer.from(`\x93NUMPY${String.fromCharCode(version)}\0`, 'latin1'),
      length,
      Buffer.from(header),
      data,
    ]);
  };
  const floats = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);

  for (const version of [1, 2, 3]) {
    it(`reads format version ${version}, at any alignment`, async () => {
      const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }\n";
      const { shape, data } = await readNpy(write(raw(version, header, floats(1.5, -2))));
      assert.deepEqual(
        [shape, [...data]],
        [
          [1, 2],
          [1.5, -2],
        ],
      );
    });
  }

  for (const shape of [[], [3], [2, 3], [1, 2, 2, 2]]) {
    it(`reads what it wrote: shape [${shape}]`, async () => {
      const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i / 3);
      const back = await readNpy(write(npyBytes({ shape, data })));
      assert.deepEqual(back, { shape, data });
    });
  }

  it('agrees with NumPy in both directions', async function () {
    const python = (code: string) => execFileSync(PYTHON, ['-c', code], { cwd: folder, encoding: 'utf8' }).trim();
    try {
      python('import numpy');
    } catch {
      missing(this, 'NumPy is missing');
    }
    python("import numpy as n; n.save('array.npy', n.arange(6, dtype='float32').reshape(2, 3) / 4)");
    const { shape, data } = await readNpy(path.join(folder, 'array.npy'));
    assert.deepEqual(
      [shape, [...data]],
      [
        [2, 3],
        [0, 0.25, 0.5, 0.75, 1, 1.25],
      ],
    );
    write(npyBytes({ shape: [3, 1], data: Float32Array.from([1, 2.5, -3]) }));
    assert.equal(
      python("import numpy as n; a = n.load('array.npy'); print(a.dtype, a.shape, a.ravel().tolist())"),
      'float32 (3, 1) [1.0, 2.5, -3.0]',
    );
  });

  const header = (descr: string, order = 'False') =>
    `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (2,), }\n`;
  const rejected: readonly [string, Uint8Array | string, RegExp][] = [
    ['text', 'hello', /does not start as a \.npy file/],
    ['an empty file', '', /does not start/],
    ['float64', raw(1, header('<f8'), new Uint8Array(16)), /dtype <f8; save it as float32/],
    ['big endian', raw(1, header('>f4'), new Uint8Array(8)), /dtype >f4/],
    ['Fortran order', raw(1, header('<f4', 'True'), new Uint8Array(8)), /C order/],
    ['too little data', raw(1, header('<f4'), new Uint8Array(4)), /4 bytes of data for shape \[2\]/],
    ['a header cut short', raw(1, header('<f4'), new Uint8Array(8)).subarray(0, 30), /header/],
    ['format version 9', raw(9, header('<f4'), new Uint8Array(8)), /version 9/],
  ];
  for (const [name, bytes, text] of rejected) {
    it(`refuses ${name}`, async () => {
      const file = write(bytes);
      await assert.rejects(readNpy(file), (error: Error & { code?: string }) => {
        assert.equal(error.code, 'tensor-unreadable');
        assert.ok(error.message.startsWith(`${file}: `));
        assert.match(error.message, text);
        return true;
      });
    });
  }

  it('refuses a file that is not there', () =>
    assert.rejects(readNpy(path.join(folder, 'no.npy')), /no\.npy: .*ENOENT/));
});
