/** A workspace that is not trusted: models are native code's input, so none loads there. */
import { strict as assert } from 'node:assert';
import { project } from '../support/shared';
import { explained, leaving, settled, stateLine } from './explanation';
import { SCENES, useWindow } from './harness';
import { enginesBelow, runnersBelow } from './processes';
import { editorFrame, expand, explainFromExplorer, explorerRow, openRunFile } from './workbench';

describe('a workspace that is not trusted', () => {
  const window = useWindow({
    trust: true,
    settings: { 'security.workspace.trust.startupPrompt': 'never' },
    // Nothing reads it here, so it need not be a run file.
    files: { ...SCENES, 'some.groupcam': project('package.json') },
  });
  const explain = () => explainFromExplorer(window.page, explorerRow(window.page, 'cat-and-dog.png'));
  before(() => expand(window.page, 'scenes'));

  it('opens no run file and says why', async () => {
    await openRunFile(window.page, explorerRow(window.page, 'some.groupcam'), 'broken');
    await editorFrame(window.page).getByTestId('broken').filter({ hasText: /trust/i }).waitFor();
    assert.deepEqual(runnersBelow(window.pid), []);
  });

  it('starts no engine and says why', async () => {
    await explain();
    assert.equal(await settled(window.page), 'failed');
    assert.match(await stateLine(window.page), /trust/i);
    assert.deepEqual(enginesBelow(window.pid), []);
  });

  it('is explained once it is trusted', async () => {
    await explain();
    assert.equal(await settled(window.page), 'failed');
    await leaving(window.page, 'failed', async () => {
      await editorFrame(window.page).getByTestId('action-trust').click();
      await window.page
        .getByRole('button', { name: /^Trust$/ })
        .first()
        .click();
    });
    await explained(window.page);
    assert.equal(enginesBelow(window.pid).length, 1);
  });
});
