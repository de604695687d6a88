import { strict as assert } from 'node:assert';
import { commands, extensions, workspace } from 'vscode';
import { activated, ID } from './extension';

describe('activation', () => {
  const manifest = () => extensions.getExtension(ID)!.packageJSON;

  it('waits until it is wanted', () => {
    const events: readonly string[] = manifest().activationEvents ?? [];
    assert.ok(!events.some((event) => event === '*' || event === 'onStartupFinished'), String(events));
  });

  it('gives the API', async () => {
    const api = await activated();
    assert.equal(typeof api.explain, 'function');
    assert.equal(typeof api.enginePid, 'function');
  });

  it('registers every command of the manifest', async () => {
    await activated();
    const registered = new Set(await commands.getCommands(true));
    const declared: readonly string[] = manifest().contributes.commands.map(
      ({ command }: { command: string }) => command,
    );
    assert.ok(declared.includes('groupCam.explain'));
    assert.deepEqual(
      declared.filter((command) => !registered.has(command)),
      [],
    );
  });

  it('declares a default for every setting', () => {
    const sections: readonly { properties: object }[] = [manifest().contributes.configuration].flat();
    const names = sections.flatMap(({ properties }) => Object.keys(properties));
    assert.ok(names.includes('groupCam.model'));
    for (const name of names) {
      const { defaultValue } = workspace.getConfiguration().inspect(name) ?? {};
      assert.notEqual(defaultValue, undefined, name);
    }
  });

  it('is limited where the workspace is not trusted, and takes no file or program from its settings', () => {
    const { supported, restrictedConfigurations } = manifest().capabilities.untrustedWorkspaces;
    assert.equal(supported, 'limited');
    for (const name of ['model', 'labels', 'nodePath'])
      assert.ok(restrictedConfigurations.includes(`groupCam.${name}`), name);
    assert.deepEqual(manifest().extensionKind, ['workspace']);
  });
});
