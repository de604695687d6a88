import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { platform } from 'node:os';
import { commands, Uri, workspace } from 'vscode';
import { missing } from '../support/shared';
import { until } from '../support/wait';
import { activated, demoFile } from './extension';

const image = () => demoFile('scenes', 'cat-and-dog.png');

/** The same picture, in another file: what is known of the first is no answer. */
const copy = () => Uri.joinPath(workspace.workspaceFolders![1]!.uri, 'copy.png');

describe('the engine', () => {
  // What has been computed before would be shown without an engine.
  beforeEach(() => commands.executeCommand('groupCam.restartEngine'));

  it('starts again after it was killed', async () => {
    const api = await activated();
    const before = await api.explain(image());
    const pid = api.enginePid();
    assert.ok(pid);
    process.kill(pid, 'SIGKILL');
    await until('the end of the engine', () => api.enginePid() !== pid);
    const after = await api.explain(copy(), { class: before.class });
    assert.ok(api.enginePid());
    assert.notEqual(api.enginePid(), pid);
    assert.deepEqual([...after.scores], [...before.scores]);
  });

  it('is another process: this one maps neither onnxruntime nor sharp', async function () {
    if (platform() !== 'linux') missing(this, '/proc, which only Linux has');
    const api = await activated();
    await api.explain(image());
    const native = /onnxruntime|libvips|sharp/;
    assert.doesNotMatch(readFileSync('/proc/self/maps', 'utf8'), native);
    assert.match(readFileSync(`/proc/${api.enginePid()}/maps`, 'utf8'), native);
  });
});
