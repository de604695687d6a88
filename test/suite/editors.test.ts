import { strict as assert } from 'node:assert';
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { commands, type Tab, TabInputCustom, TabInputWebview, Uri, window, workspace } from 'vscode';
import type { GroupCamApi, OpenExplanation } from '../../src/extension/api';
import { withExternalWeights } from '../support/external';
import { project } from '../support/shared';
import { until } from '../support/wait';
import { activated, demoFile } from './extension';

const scene = (name: string) => demoFile('scenes', `${name}.png`);
/** A file of the workspace's second folder, where tests may write. */
const scratch = (name: string) => Uri.joinPath(workspace.workspaceFolders![1]!.uri, name);

const MODEL = project('media', 'demo', 'demo-objects.onnx');

const tabs = (): readonly Tab[] => window.tabGroups.all.flatMap((group) => group.tabs);
const viewTypes = () => tabs().map(({ input }) => (input instanceof TabInputCustom ? input.viewType : undefined));

/** The panel on these images, once the one in front is explained. */
const explainedPanel = (api: GroupCamApi, ...uris: Uri[]): Promise<OpenExplanation> =>
  until(`explanation of ${uris.join()}`, () =>
    api.explanations().find((panel) => panel.explanations.length > 0 && String(panel.uris) === String(uris)),
  );

describe('editors', () => {
  beforeEach(() => commands.executeCommand('workbench.action.closeAllEditors'));
  after(() => commands.executeCommand('workbench.action.closeAllEditors'));

  it('an image that is open gets its heat in place, and one command goes back', async () => {
    const api = await activated();
    const image = scene('tiger-and-cat');
    await commands.executeCommand('vscode.open', image, { preview: false });
    await until('the preview', () => viewTypes().includes('imagePreview.previewEditor'));
    await commands.executeCommand('groupCam.explain', image);
    await explainedPanel(api, image);
    assert.deepEqual(viewTypes(), ['groupCam.explanation']);
    await commands.executeCommand('groupCam.showOriginal');
    await until('the preview again', () => viewTypes().join() === 'imagePreview.previewEditor');
  });

  it('several images share one panel, which explains them one after another', async () => {
    const api = await activated();
    const images = [scene('pizza-and-apple'), scene('turtle-and-fish'), scene('tree-and-house')];
    await commands.executeCommand('groupCam.explain', images[0], images);
    const opened = () => api.explanations().filter((panel) => panel.uris.length > 1);
    await until('every image', () => opened()[0]?.state.strip.every(({ state }) => state === 'done'));
    assert.equal(opened().length, 1);
    assert.deepEqual(
      opened()[0]?.state.strip.map(({ name }) => name),
      images.map((uri) => path.posix.basename(uri.path)),
    );
    assert.equal(tabs().filter(({ input }) => input instanceof TabInputWebview).length, 1);
  });

  it('changes of an image have heat on both sides where Group-CAM is the editor of its kind', async () => {
    const api = await activated();
    const [before, now] = [scene('tiger-and-cat'), scene('tree-and-house')];
    const associations = () => workspace.getConfiguration('workbench');
    await associations().update('editorAssociations', { '*.png': 'groupCam.explanation' });
    try {
      await commands.executeCommand('vscode.diff', before, now);
      await Promise.all([explainedPanel(api, before), explainedPanel(api, now)]);
    } finally {
      await associations().update('editorAssociations', undefined);
    }
  });

  it('the next image of the folder, and the next class, take the place of those that are shown', async () => {
    const api = await activated();
    const first = scene('cat-and-dog');
    const { class: top } = await api.explain(first);
    await commands.executeCommand('groupCam.nextClass');
    const shown = () => api.explanations().at(-1)?.explanations[0]?.class;
    await until('another class', () => shown() !== undefined && shown() !== top);
    await commands.executeCommand('groupCam.previousClass');
    await until('the class before', () => shown() === top);
    await commands.executeCommand('groupCam.nextImage');
    await explainedPanel(api, scene('elephant-and-butterfly'));
  });

  it('"Use for Explanations" writes nothing, and a change of that file refreshes what is open', async () => {
    const api = await activated();
    const [model, image] = [scratch('mine.onnx'), scene('cat-and-dog')];
    copyFileSync(MODEL, model.fsPath);
    try {
      const before = readdirSync(scratch('').fsPath);
      await commands.executeCommand('groupCam.useModel', model);
      const { model: used } = await api.explain(image);
      assert.equal(used, model.fsPath);
      assert.deepEqual(readdirSync(scratch('').fsPath), before);

      await workspace.fs.writeFile(model, new TextEncoder().encode('no longer a model'));
      const failed = () => api.explanations()[0]?.state.slots[0]?.state;
      await until('the failure', () => failed()?.kind === 'failed');
      copyFileSync(MODEL, model.fsPath);
      await until('the repaired model', () => failed()?.kind === 'done');
    } finally {
      await commands.executeCommand('groupCam.useDemoModel');
    }
    assert.equal((await api.explain(image)).label, 'cat');
  });

  it('a change of the file with its weights refreshes what is open, too', async () => {
    const api = await activated();
    const { model, weights } = withExternalWeights(readFileSync(MODEL), 'mine.data');
    const data = scratch('mine.data').fsPath;
    writeFileSync(scratch('outside.onnx').fsPath, model);
    writeFileSync(data, weights);
    try {
      await commands.executeCommand('groupCam.useModel', scratch('outside.onnx'));
      await api.explain(scene('cat-and-dog'));
      const shown = () => api.explanations()[0]?.state.slots[0]?.state;
      writeFileSync(data, weights.subarray(0, weights.length / 2));
      await until('the failure', () => shown()?.kind === 'failed');
      writeFileSync(data, weights);
      await until('the repaired weights', () => shown()?.kind === 'done');
    } finally {
      await commands.executeCommand('groupCam.useDemoModel');
    }
  });

  it('a change of the image refreshes its explanation', async () => {
    const api = await activated();
    const image = scratch('changing.png');
    copyFileSync(scene('cat-and-dog').fsPath, image.fsPath);
    assert.equal((await api.explain(image)).label, 'cat');
    copyFileSync(scene('pizza-and-apple').fsPath, image.fsPath);
    await until('the new class', () => api.explanations()[0]?.explanations[0]?.label === 'pizza');
  });

  it('cancel stops the image in work and the queue, which can be resumed', async () => {
    const api = await activated();
    const images = [scene('pizza-and-apple'), scene('turtle-and-fish'), scene('tree-and-house')];
    // What is known is not worked on.
    await commands.executeCommand('groupCam.restartEngine');
    await commands.executeCommand('groupCam.explain', images[0], images);
    await until('the first work', () => api.explanations()[0]?.state.strip.some(({ state }) => state === 'working'));
    await commands.executeCommand('groupCam.cancel');
    const opened = () => api.explanations().filter((panel) => panel.uris.length > 1);
    const states = () => opened()[0]!.state.strip.map(({ state }) => state);
    await until('the end of the work', () => states().includes('cancelled') && !states().includes('working'));
    const cancelled = states().join();
    // The engine explains one image after another: what the queue went on with would be done before this one.
    await api.explain(scratch('copy.png'));
    assert.equal(states().join(), cancelled);
    await commands.executeCommand('workbench.action.closeActiveEditor');
    await until('the panel alone', () => api.explanations().length === 1);
    await commands.executeCommand('groupCam.resume');
    await until('every image', () => states().every((state) => state === 'done'));
  });
});
