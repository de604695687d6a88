import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { project } from '../support/shared';

const npm = (...args: string[]) => spawnSync('npm', args, { cwd: project(), encoding: 'utf8', shell: true });

describe('npm', () => {
  it('knows every setting of .npmrc', () => {
    const { stderr, status } = npm('config', 'list');
    assert.equal(status, 0, stderr);
    assert.doesNotMatch(stderr, /project config/i);
  });

  it('runs no install script here, so that none downloads CUDA', () => {
    assert.equal(npm('config', 'get', 'ignore-scripts').stdout.trim(), 'true');
    const runtime = project('node_modules', 'onnxruntime-node', 'bin', 'napi-v6', process.platform, process.arch);
    assert.ok(existsSync(runtime), runtime);
    assert.deepEqual(
      readdirSync(runtime).filter((name) => name.includes('cuda')),
      [],
    );
  });

  it('runs no script before or after another: none is there to be left out', () => {
    const names = Object.keys(JSON.parse(readFileSync(project('package.json'), 'utf8')).scripts);
    const around = names.filter((name) => names.some((other) => [`pre${other}`, `post${other}`].includes(name)));
    assert.deepEqual(around, []);
  });
});
