/** Commands that messages name. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { workerCommand } from '../../../src/runner/plan/commands';
import { needs } from '../../support/shared';

describe('the command of a worker', () => {
  it('names folders, model and labels as a shell reads them, and no queue', function () {
    needs(this, '/bin/sh', 'no shell');
    const shared = "/shared/it's $HOME `x`";
    const choice = { path: '/a b/net.onnx', labels: '/l/names.txt', layer: 'relu' };
    const command = workerCommand({ shared, root: '/data/photos', choice });
    const words = execFileSync('/bin/sh', ['-c', command.replace('group-cam', "printf '%s\\n'")], { encoding: 'utf8' });
    assert.deepEqual(words.trimEnd().split('\n'), [
      ...['worker', '--shared', shared, '--root', '/data/photos'],
      ...['--model', '/a b/net.onnx', '--labels', '/l/names.txt'],
    ]);
    assert.doesNotMatch(workerCommand({ shared, root: '/d', choice: { path: '/net.onnx' } }), /labels|queue/);
  });
});
