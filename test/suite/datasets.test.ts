import { strict as assert } from 'node:assert';
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { commands, TabInputCustom, TabInputWebview, Uri, WorkspaceEdit, window, workspace } from 'vscode';
import type { GroupCamApi, OpenDataset } from '../../src/extension/api';
import { project } from '../support/shared';
import { until } from '../support/wait';
import { activated } from './extension';

/** A folder of the workspace's second folder, where tests may write. */
const scratch = (name: string) => path.join(workspace.workspaceFolders![1]!.uri.fsPath, name);
const scenes = () => readdirSync(project('media', 'demo', 'scenes')).filter((name) => name.endsWith('.png'));

/** A dataset of the demo's scenes, each so many times. */
function dataset(name: string, copies: number): string {
  const folder = scratch(name);
  rmSync(folder, { recursive: true, force: true });
  rmSync(`${folder}.groupcam`, { force: true });
  for (let copy = 0; copy < copies; copy++) {
    mkdirSync(path.join(folder, `${copy}`), { recursive: true });
    for (const scene of scenes())
      cpSync(project('media', 'demo', 'scenes', scene), path.join(folder, `${copy}`, scene));
  }
  return folder;
}

const inputs = () => window.tabGroups.all.flatMap((group) => group.tabs).map(({ input }) => input);
const runTabs = () =>
  inputs().filter((input) => input instanceof TabInputCustom && input.viewType === 'groupCam.dataset');

const opened = (api: GroupCamApi, run: string): Promise<OpenDataset> =>
  until(`the page of ${run}`, () => api.datasets().find((each) => each.run === run && each.info));
const swept = (api: GroupCamApi, run: string): Promise<OpenDataset> =>
  until('the whole sweep', () => {
    const found = api.datasets().find((each) => each.run === run);
    const version = found?.info?.versions[0];
    return found && version && version.done + version.failed === found.info!.items ? found : undefined;
  });

describe('datasets', () => {
  beforeEach(() => commands.executeCommand('workbench.action.closeAllEditors'));
  after(() => commands.executeCommand('workbench.action.closeAllEditors'));

  it('a folder is listed, swept by the model in use, and its run file lies beside it', async () => {
    const api = await activated();
    const folder = dataset('inspected', 2);
    await commands.executeCommand('groupCam.inspectDataset', Uri.file(folder), [Uri.file(folder)]);
    const run = `${folder}.groupcam`;
    const { info } = await opened(api, run);
    assert.equal(info?.items, 2 * scenes().length);
    assert.deepEqual(info.versions.map(({ labels }) => labels.length).slice(-1), [32]);
    await swept(api, run);
    assert.ok(existsSync(run));
    assert.ok(api.runnerPid());
    assert.deepEqual(readdirSync(folder).sort(), ['0', '1'], 'nothing is written among the images');
  });

  it('the same folder again opens the same tab, with what is new in it', async () => {
    const api = await activated();
    const folder = dataset('again', 1);
    await commands.executeCommand('groupCam.inspectDataset', Uri.file(folder));
    await swept(api, `${folder}.groupcam`);
    cpSync(path.join(folder, '0'), path.join(folder, '1'), { recursive: true });
    await commands.executeCommand('groupCam.inspectDataset', Uri.file(folder));
    await until('the new images', () => api.datasets()[0]?.info?.items === 2 * scenes().length);
    await swept(api, `${folder}.groupcam`);
    assert.equal(runTabs().length, 1);
  });

  it('more than 50 images are a dataset, whose run file is in the storage', async () => {
    const api = await activated();
    const folder = dataset('many', Math.ceil(51 / scenes().length));
    const images = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.png'))
      .map((name) => Uri.file(path.join(folder, name)));
    assert.ok(images.length > 50);
    await commands.executeCommand('groupCam.explain', images[0], images);
    const { run, info } = await until('the page', () => api.datasets().find((each) => each.info));
    assert.equal(info?.items, images.length);
    assert.notEqual(path.dirname(run), path.dirname(folder));
    assert.ok(!inputs().some((input) => input instanceof TabInputWebview));
  });

  it('the runner that was killed is started again, and the sweep goes on', async () => {
    const api = await activated();
    const folder = dataset('killed', 20);
    await commands.executeCommand('groupCam.inspectDataset', Uri.file(folder));
    const run = `${folder}.groupcam`;
    await opened(api, run);
    await until('the first rows', () => api.datasets()[0]?.work.some(({ done }) => done > 0));
    const pid = api.runnerPid()!;
    process.kill(pid, 'SIGKILL');
    await swept(api, run);
    assert.notEqual(api.runnerPid(), pid);
  });

  it('a run file that is removed while it is open is said to be gone', async () => {
    const api = await activated();
    const folder = dataset('removed', 1);
    await commands.executeCommand('groupCam.inspectDataset', Uri.file(folder));
    const run = `${folder}.groupcam`;
    await swept(api, run);
    rmSync(run);
    await until('the message', () => /removed or renamed/.test(api.datasets()[0]?.broken ?? ''));
  });

  it('names of classes are mapped in a text file, and what it says counts when it is saved', async () => {
    const api = await activated();
    const folder = dataset('mapped', 1);
    const run = `${folder}.groupcam`;
    const mapping = `${run}.mapping.json`;
    rmSync(mapping, { force: true });
    renameSync(path.join(folder, '0'), path.join(folder, 'kitty'));
    await commands.executeCommand('groupCam.inspectDataset', Uri.file(folder));
    const { info } = await swept(api, run);
    assert.deepEqual(info!.versions[0]!.classes, [[]]);
    await until('the page', () => api.datasets()[0]?.at?.version);
    await commands.executeCommand('groupCam.datasetMapClasses');
    const { document } = await until('the text editor', () => window.activeTextEditor);
    assert.equal(document.uri.path, Uri.file(mapping).path);
    assert.ok(!existsSync(mapping), 'nothing is written before the user saves');
    const at = document.getText().indexOf('"kitty": [') + '"kitty": ['.length;
    const edit = new WorkspaceEdit();
    edit.insert(document.uri, document.positionAt(at), JSON.stringify(info!.versions[0]!.labels[1]));
    assert.ok(await workspace.applyEdit(edit));
    await workspace.save(document.uri);
    assert.ok(existsSync(mapping));
    await until('the new meaning', () => api.datasets()[0]?.info?.versions[0]?.classes[0]?.[0] === 1);
    await swept(api, run);
    rmSync(mapping);
    await until('the old meaning', () => api.datasets()[0]?.info?.versions[0]?.classes[0]?.length === 0);
  });

  it('what is no run file is one line', async () => {
    const api = await activated();
    const file = scratch('none.groupcam');
    cpSync(project('package.json'), file);
    await commands.executeCommand('vscode.open', Uri.file(file));
    const broken = await until('the message', () => api.datasets()[0]?.broken);
    assert.match(broken, /none\.groupcam/);
    assert.ok(!broken.includes('\n'));
  });
});
