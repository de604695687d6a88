/** What goes wrong, and that the next explanation works all the same. */
import { strict as assert } from 'node:assert';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { project, shared } from '../support/shared';
import { explained, leaving, settled, stateLine } from './explanation';
import { SCENES, useWindow } from './harness';
import { enginesBelow } from './processes';
import {
  chooseFromMenu,
  closeAllEditors,
  editorFrame,
  expand,
  explainFromExplorer,
  explorerRow,
  runCommand,
  showExplorer,
} from './workbench';

const SCENE = 'cat-and-dog.png';
/** One that is explained once is known; each test that disturbs the work has its own. */
const PHOTO = 'goldfish.jpg';
const KILLED = 'goldfish to be killed.jpg';
const CANCELLED = 'goldfish to be cancelled.jpg';
/** The class that comes after goldfish in the order of probability. */
const OTHER = 0;

describe('an explanation survives', () => {
  const window = useWindow({
    files: {
      ...SCENES,
      ...Object.fromEntries(
        [PHOTO, KILLED, CANCELLED].map((name) => [name, shared('images', 'imagenet', 'n01443537_goldfish.JPEG')]),
      ),
      'models/mobilenet_v2.onnx': shared('models', 'mobilenet_v2.onnx'),
      'models/mobilenet_v2.explain.json': shared('models', 'mobilenet_v2.explain.json'),
      'models/imagenet_labels.txt': shared('models', 'imagenet_labels.txt'),
      'models/demo.onnx': project('media', 'demo', 'demo-objects.onnx'),
      'models/demo.explain.json': project('media', 'demo', 'demo-objects.explain.json'),
      'models/demo-objects.labels.txt': project('media', 'demo', 'demo-objects.labels.txt'),
    },
  });

  before(() => {
    writeFileSync(path.join(window.folder, 'broken.png'), '');
    writeFileSync(path.join(window.folder, 'models', 'broken.onnx'), 'not a model');
  });

  async function explain(name: string): Promise<void> {
    await showExplorer(window.page);
    await expand(window.page, 'scenes');
    await explainFromExplorer(window.page, explorerRow(window.page, name));
  }

  async function useModel(name: string): Promise<void> {
    await showExplorer(window.page);
    await expand(window.page, 'models');
    await chooseFromMenu(window.page, explorerRow(window.page, name), 'Use for Explanations');
  }

  /**
   * Asks about another class of an image that is explained. The engine stands still, so that no machine is done too soon.
   *
   * @returns the engine's process
   */
  async function inMidRun(name: string): Promise<number> {
    await closeAllEditors(window.page);
    await explain(name);
    await explained(window.page, 1);
    const engines = enginesBelow(window.pid);
    assert.equal(engines.length, 1, `engines: ${engines}`);
    process.kill(engines[0]!, 'SIGSTOP');
    await runCommand(window.page, 'Group-CAM: Explain the Next Class');
    await editorFrame(window.page).locator('body[data-state="working"]').waitFor({ state: 'attached' });
    return engines[0]!;
  }

  it('another model, chosen in the Explorer', async () => {
    await useModel('mobilenet_v2.onnx');
    await closeAllEditors(window.page);
    await explain(PHOTO);
    await explained(window.page, 1);
    assert.match(await stateLine(window.page), /goldfish/);
  });

  it('an engine that is killed in mid-run', async () => {
    const engine = await inMidRun(KILLED);
    process.kill(engine, 'SIGKILL');
    assert.equal(await settled(window.page), 'failed');
    await leaving(window.page, 'failed', () => editorFrame(window.page).getByTestId('action-retry').click());
    await explained(window.page, OTHER);
    assert.ok(!enginesBelow(window.pid).includes(engine));
  });

  it('being cancelled', async () => {
    const engine = await inMidRun(CANCELLED);
    await editorFrame(window.page).getByTestId('cancel').first().click();
    process.kill(engine, 'SIGCONT');
    assert.equal(await settled(window.page, ['cancelled', 'done', 'failed']), 'cancelled');
    await leaving(window.page, 'cancelled', () => editorFrame(window.page).getByTestId('retry').first().click());
    await explained(window.page, OTHER);
  });

  it('a file that is no model', async () => {
    await useModel('broken.onnx');
    assert.equal(await settled(window.page, ['failed']), 'failed');
    assert.match(await stateLine(window.page), /broken\.onnx/);
    // The message itself offers the way back.
    const before = editorFrame(window.page).getByTestId('action-previous-model').first();
    await leaving(window.page, 'failed', () => before.click());
    await explained(window.page, 1);
    await useModel('demo.onnx');
    await closeAllEditors(window.page);
    await explain(SCENE);
    await explained(window.page);
  });

  it('a file that is no image', async () => {
    await explain('broken.png');
    assert.equal(await settled(window.page, ['failed']), 'failed');
    assert.match(await stateLine(window.page), /broken\.png/);
    await closeAllEditors(window.page);
    await explain(SCENE);
    await explained(window.page);
  });

  it('a page that VS Code leaves empty', async () => {
    await closeAllEditors(window.page);
    // The document that VS Code writes a page into never comes, until the page is set again after ten seconds.
    const asked: number[] = [];
    const documents = '**/webview/browser/pre/fake.html*';
    await window.page.route(documents, (route) => {
      asked.push(Date.now());
      return Date.now() - asked[0]! < 5000 ? undefined : route.continue();
    });
    await showExplorer(window.page);
    await expand(window.page, 'scenes');
    await chooseFromMenu(window.page, explorerRow(window.page, SCENE), 'Explain Image');
    await explained(window.page);
    assert.ok(asked.at(-1)! - asked[0]! > 5000, 'the page was not set again');
    await window.page.unroute(documents);
  });
});
