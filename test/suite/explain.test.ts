import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { commands, FileType, Uri, workspace } from 'vscode';
import type { ExplainError } from '../../src/core/errors';
import { saliencyOf } from '../../src/core/saliency';
import type { Explanation } from '../../src/protocol/explanation';
import { demoScenes } from '../support/demo';
import { activated, demoFile } from './extension';

const [scene] = demoScenes();
const image = () => demoFile('scenes', scene!.name);

async function configure(name: string, value: unknown): Promise<void> {
  await workspace.getConfiguration('groupCam').update(name, value, true);
}

async function codeOf(explanation: Promise<Explanation>): Promise<string> {
  const error = await explanation.then(
    () => assert.fail('it was explained'),
    (thrown: unknown) => thrown as ExplainError,
  );
  assert.ok(error.code, String(error));
  return error.code;
}

describe('explaining', () => {
  it('finds an object of the scene by itself', async () => {
    const api = await activated();
    const { label, device, top } = await api.explain(image());
    const labels = scene!.objects.map((object) => object.label);
    assert.ok(labels.includes(label), label);
    assert.ok(device);
    assert.deepEqual(
      top
        .slice(0, labels.length)
        .map((score) => score.label)
        .sort(),
      labels.sort(),
    );
  });

  for (const object of scene!.objects) {
    it(`${object.label}: the maximum lies on the object`, async () => {
      const api = await activated();
      const { frame, ...explanation } = await api.explain(image(), { class: object.class });
      assert.equal(explanation.label, object.label);
      assert.equal(explanation.method, 'group-cam');
      const { map } = saliencyOf(frame);
      const { width, height } = frame.inputSize;
      const at = map.indexOf(map.reduce((a, b) => Math.max(a, b)));
      const [x, y] = [((at % width) + 0.5) / width, (Math.floor(at / width) + 0.5) / height];
      const { left, top, right, bottom } = object.box;
      assert.ok(x >= left && x <= right && y >= top && y <= bottom, `${x}, ${y}`);
    });
  }

  it('follows the settings', async () => {
    const api = await activated();
    try {
      await configure('groups', 8);
      const few = await api.explain(image(), { class: scene!.objects[0]!.class });
      assert.equal(few.options.groups, 8);
      assert.equal(few.scores.length, 8);
    } finally {
      await configure('groups', undefined);
    }
  });

  it('computes each map once: a return to one shows it as it was, in another editor too', async () => {
    const api = await activated();
    const [first, second] = scene!.objects.map((object) => object.class);
    await commands.executeCommand('groupCam.restartEngine');
    const explain = (index: number) => api.explain(image(), { class: index });
    const [before, other] = [await explain(first!), await explain(second!)];
    assert.deepEqual(await explain(first!), before, 'its times too');
    await commands.executeCommand('workbench.action.closeAllEditors');
    assert.deepEqual(await explain(second!), other);
    await commands.executeCommand('groupCam.restartEngine');
    const again = await explain(first!);
    assert.deepEqual(again.frame, before.frame);
    assert.notDeepEqual(again.milliseconds, before.milliseconds);
  });

  it('names a model that is none, and works again with the demo model', async () => {
    const api = await activated();
    try {
      await configure('model', demoFile('README.md').fsPath);
      assert.equal(await codeOf(api.explain(image())), 'model-unreadable');
    } finally {
      await configure('model', undefined);
    }
    assert.ok((await api.explain(image())).probability > 0);
  });

  it('names an image that is none', async () => {
    const api = await activated();
    const folder = workspace.workspaceFolders![1]!.uri;
    const broken = Uri.joinPath(folder, 'broken.png');
    await workspace.fs.writeFile(broken, new TextEncoder().encode('not a picture'));
    assert.equal(await codeOf(api.explain(broken)), 'image-unreadable');
  });

  it('explains images of every folder of the workspace', async () => {
    const api = await activated();
    const folder = workspace.workspaceFolders![1]!.uri;
    const { label } = await api.explain(Uri.joinPath(folder, 'copy.png'));
    assert.ok(scene!.objects.some((object) => object.label === label));
  });

  it('explains an image that is in no local file', async () => {
    const api = await activated();
    const bytes = readFileSync(image().fsPath);
    const stat = { type: FileType.File, ctime: 0, mtime: 0, size: bytes.length };
    const refuse = (): never => {
      throw new Error('read only');
    };
    const provider = workspace.registerFileSystemProvider(
      'group-cam-test',
      {
        onDidChangeFile: () => ({ dispose: () => undefined }),
        watch: () => ({ dispose: () => undefined }),
        stat: () => stat,
        readFile: () => bytes,
        readDirectory: () => [],
        createDirectory: refuse,
        writeFile: refuse,
        delete: refuse,
        rename: refuse,
      },
      { isReadonly: true },
    );
    try {
      const { label } = await api.explain(Uri.parse('group-cam-test:/virtual.png'));
      assert.ok(scene!.objects.some((object) => object.label === label));
    } finally {
      provider.dispose();
    }
  });
});
