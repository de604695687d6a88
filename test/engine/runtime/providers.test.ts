/** NVIDIA's providers where something of them is missing. The libraries here are empty but for what they need. */
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { missingFiles, nvidiaDriver, providersFor, whyNotLoaded } from '../../../src/engine/runtime/providers';
import { emptyLibrary } from '../../support/elf';
import { testFolder } from '../../support/folder';
import { project } from '../../support/shared';

const SCENE = project('media', 'demo', 'scenes', 'cat-and-dog.png');
const SHARED = 'libonnxruntime_providers_shared.so';
const CUDA = 'libonnxruntime_providers_cuda.so';

describe('providers', () => {
  const { at, write } = testFolder();

  it('get the number of the card', () => {
    assert.deepEqual(providersFor('cpu'), [{ name: 'cpu' }]);
    assert.deepEqual(providersFor('cuda:3'), [{ name: 'cuda', deviceId: 3 }]);
    // CUDA takes what TensorRT can't run.
    assert.deepEqual(
      providersFor('tensorrt').map(({ name }) => name),
      ['tensorrt', 'cuda'],
    );
  });

  it('name the files that are missing, and only these', () => {
    assert.match(missingFiles('cuda', at(), '1.2.3')!, /_shared\.so and \S+_cuda\.so of https:\S+\/1\.2\.3 /);
    write(SHARED, '');
    write(CUDA, '');
    assert.equal(missingFiles('cuda:1', at(), '1.2.3'), undefined);
    assert.match(missingFiles('tensorrt', at(), '1.2.3')!, / and libonnxruntime_providers_tensorrt\.so of /);
    assert.equal(missingFiles('webgpu', at(), '1.2.3'), undefined);
  });

  it('know the driver and its cards', () => {
    assert.equal(nvidiaDriver(at('none')), undefined);
    write(
      'version',
      'NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.65.06  Release Build\nGCC version: 12',
    );
    assert.deepEqual(nvidiaDriver(at()), { version: '580.65.06', cards: 1 });
    for (const card of ['0000:01:00.0', '0000:02:00.0']) mkdirSync(at('gpus', card), { recursive: true });
    assert.equal(nvidiaDriver(at())!.cards, 2);
    write('version', 'NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19\n');
    assert.equal(nvidiaDriver(at())!.version, '535.104.05');
  });

  describe('on Linux', () => {
    before(function () {
      if (process.platform !== 'linux' || process.arch !== 'x64') this.skip();
    });

    it('say which library the loader lacks, after onnxruntime has failed to load one', () => {
      writeFileSync(at(SHARED), emptyLibrary([]));
      writeFileSync(at(CUDA), emptyLibrary(['libc.so.6', 'libnothere.so.13']));
      const failed = 'OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library';
      const reason = whyNotLoaded('cuda', at(), failed)!;
      assert.match(reason, /^libonnxruntime_providers_cuda\.so can't be loaded: libnothere\.so\.13: cannot open/);
      assert.equal(whyNotLoaded('cuda', at(), 'CUDA failure 35: driver version is insufficient'), undefined);
      writeFileSync(at(CUDA), 'junk');
      assert.match(whyNotLoaded('cuda', at(), failed)!, /can't be loaded: (file too short|invalid ELF header)/);
      writeFileSync(at(CUDA), emptyLibrary(['libc.so.6']));
      assert.equal(whyNotLoaded('cuda', at(), failed), undefined, 'it can be loaded');
    });

    describe('in a copy of onnxruntime', () => {
      /** Runs the command line with a copy of the package in which `libraries` lie beside onnxruntime's own. */
      function explain(libraries: Readonly<Record<string, Buffer>>) {
        const bin = path.join('node_modules', 'onnxruntime-node', 'bin', 'napi-v6', 'linux', 'x64');
        for (const name of ['onnxruntime-common', path.join('onnxruntime-node', 'dist')])
          cpSync(project('node_modules', name), at('node_modules', name), { recursive: true });
        cpSync(
          project('node_modules', 'onnxruntime-node', 'package.json'),
          at('node_modules', 'onnxruntime-node', 'package.json'),
        );
        cpSync(project(bin), at(bin), { recursive: true });
        for (const [name, content] of Object.entries(libraries)) writeFileSync(at(bin, name), content);
        const args = [project('dist', 'group-cam.js'), 'explain', SCENE, '--option', 'groups=2', '--json', '--device'];
        const run = (device: string) =>
          spawnSync(process.execPath, [...args, device], {
            encoding: 'utf8',
            env: { ...process.env, GROUP_CAM_RUNTIME: at() },
          });
        return { run, bin: at(bin) };
      }

      it('the command line says in one line which library is missing, and no line of onnxruntime’s own log is there', () => {
        const { run } = explain({ [SHARED]: emptyLibrary(['libnothere.so.13']), [CUDA]: emptyLibrary([]) });
        const { status, stdout, stderr } = run('cuda');
        assert.equal(status, 1, stderr);
        assert.equal(stdout, '');
        assert.match(stderr, /^[^\n]*device cuda: [^\n]*libnothere\.so\.13: cannot open shared object file[^\n]*\n$/);
        const { device } = JSON.parse(run('auto').stdout);
        assert.equal(device, 'cpu', 'auto does not mind');
      });

      it('the package of the product is used if the copy has no runtime', () => {
        const { run } = explain({ 'onnxruntime_binding.node': Buffer.from('junk') });
        const { status, stdout, stderr } = run('cpu');
        assert.equal(status, 0, stderr);
        assert.equal(JSON.parse(stdout).device, 'cpu');
        assert.match(stderr, /^The copy of onnxruntime in \S+ can't be used: [^\n]+\n$/);
      });
    });
  });
});
