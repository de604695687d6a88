/** *Find a Shortcut*: the demo set is opened, swept by its own model, and its clusters are found. */
import { strict as assert } from 'node:assert';
import path from 'node:path';
import { commands, TabInputCustom, window } from 'vscode';
import type { GroupCamApi, OpenDataset } from '../../src/extension/api';
import { project } from '../support/shared';
import { until } from '../support/wait';
import { activated } from './extension';

const clustered = (api: GroupCamApi): Promise<OpenDataset> =>
  until('the clusters', () =>
    api
      .datasets()
      .find(
        ({ info, work }) =>
          info?.clusters[0]?.sets === 6 &&
          !work.some(({ kind, state }) => kind === 'clusters' && (state === 'running' || state === 'waiting')),
      ),
  );

describe('Find a Shortcut', () => {
  before(() => commands.executeCommand('workbench.action.closeAllEditors'));
  after(() => commands.executeCommand('workbench.action.closeAllEditors'));

  it('opens a copy of the set, computes it by its own model, and finds what is suspicious', async () => {
    const api = await activated();
    await commands.executeCommand('groupCam.findShortcut');
    const { run, info } = await clustered(api);
    assert.equal(path.basename(run), 'shop.groupcam');
    assert.ok(!run.startsWith(project()), 'nothing is written beside what ships');
    const [version] = info!.versions;
    assert.equal(info!.versions.length, 1);
    assert.equal(version!.name, 'shop');
    assert.deepEqual([info!.items, version!.done, version!.failed], [360, 360, 0]);
    const { suspicious } = info!.clusters[0]!;
    assert.ok(suspicious.length > 0 && suspicious.every((name) => /^mug \d$/.test(name)), suspicious.join(', '));
  });

  it('opens the same tab the next time, and computes nothing again', async () => {
    const api = await activated();
    const before = await clustered(api);
    await commands.executeCommand('groupCam.findShortcut');
    const after = await clustered(api);
    assert.deepEqual(after.info!.versions, before.info!.versions);
    assert.deepEqual(after.info!.clusters, before.info!.clusters);
    const tabs = window.tabGroups.all.flatMap((group) => group.tabs).map(({ input }) => input);
    assert.equal(tabs.filter((input) => input instanceof TabInputCustom && input.uri.fsPath === after.run).length, 1);
  });
});
