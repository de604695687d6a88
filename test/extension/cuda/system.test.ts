import { strict as assert } from 'node:assert';
import { inspectSystem, NEEDED } from '../../../src/extension/cuda/system';
import { testFolder } from '../../support/folder';

const DRIVER = 'NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.65.06  Release Build';

describe('what CUDA finds on a machine', () => {
  const { at, write } = testFolder();
  const look = (environment: Record<string, string> = {}, cached: readonly string[] = []) =>
    inspectSystem({ root: at(), environment, cached: async () => cached });
  const put = (folder: string, ...names: readonly string[]) => {
    for (const name of names) write(`${folder}/${name}`, '');
  };

  it('nothing', async () => {
    assert.deepEqual(await look(), { driver: undefined, missing: [...NEEDED, 'libcuda.so.1'], folders: [] });
  });

  it('the driver, and the libraries where the loader looks by itself', async () => {
    write('proc/driver/nvidia/version', DRIVER);
    put('usr/lib/x86_64-linux-gnu', 'libcuda.so.1', 'libcudart.so.13');
    put('elsewhere', 'libcublas.so.13', 'libcublasLt.so.13');
    put('mine', 'libcurand.so.10');
    const found = await look({ LD_LIBRARY_PATH: at('mine') }, [at('elsewhere')]);
    assert.deepEqual(found, { driver: '580.65.06', missing: [], folders: [] });
  });

  it('a toolkit that the loader does not know, the newest one', async () => {
    write('proc/driver/nvidia/version', DRIVER);
    put('usr/lib64', 'libcuda.so.1');
    for (const name of ['cuda-12.4', 'cuda-13.0', 'cuda-13.1']) put(`usr/local/${name}/lib64`, ...NEEDED);
    assert.deepEqual((await look()).folders, [at('usr/local/cuda-13.1/lib64')]);
  });

  it('what is missing by name, of a toolkit that is there in part', async () => {
    write('proc/driver/nvidia/version', DRIVER);
    put('usr/lib64', 'libcuda.so.1');
    put('usr/local/cuda/lib64', 'libcudart.so.13', 'libcurand.so.10');
    const { missing, folders } = await look();
    assert.deepEqual(missing, ['libcublas.so.13', 'libcublasLt.so.13']);
    assert.deepEqual(folders, [at('usr/local/cuda/lib64')]);
  });

  it('the driver of Windows', async () => {
    put('usr/lib/wsl/lib', 'libcuda.so.1');
    const { driver, folders } = await look();
    assert.equal(driver, 'of Windows');
    assert.deepEqual(folders, [at('usr/lib/wsl/lib')]);
  });
});
