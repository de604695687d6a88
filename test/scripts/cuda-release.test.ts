import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { releaseIn } from '../../src/extension/cuda/release';
import { testFolder } from '../support/folder';
import { project } from '../support/shared';
import { type ZipEntry, zipOf } from '../support/zip';

const IN = 'runtimes/linux-x64/native';

describe('the release of CUDA', () => {
  const { at, write } = testFolder();
  const entries = ['cuda', 'shared', 'tensorrt'].map((name, i) => ({
    name: `${IN}/libonnxruntime_providers_${name}.so`,
    content: Buffer.alloc(i + 1),
  }));
  const fill = (content: readonly ZipEntry[]) => {
    const file = write('gpu.nupkg', zipOf(content));
    const script = project('scripts', 'gpu', 'cuda-release.mjs');
    return spawnSync(process.execPath, [script, file, '--out', at('cuda.json')], { encoding: 'utf8' });
  };

  it('has the size, the hash and the libraries of a package, as the product reads them', () => {
    const { status, stderr } = fill([{ name: 'LICENSE', content: Buffer.from('MIT') }, ...entries]);
    assert.equal(status, 0, stderr);
    const zip = readFileSync(at('gpu.nupkg'));
    const version = JSON.parse(readFileSync(project('package.json'), 'utf8')).dependencies['onnxruntime-node'];
    assert.deepEqual(releaseIn(readFileSync(at('cuda.json'), 'utf8'), version)?.archive, {
      bytes: zip.length,
      sha256: createHash('sha256').update(zip).digest('hex'),
      files: entries.map(({ name, content }) => ({ path: name, bytes: content.length })),
    });
  });

  it('is not made of another package', () => {
    const { status, stderr } = fill([{ name: `${IN}/libonnxruntime.so`, content: Buffer.alloc(1) }]);
    assert.equal(status, 1);
    assert.match(stderr, /gpu\.nupkg: without libonnxruntime_providers_shared\.so/);
  });
});
