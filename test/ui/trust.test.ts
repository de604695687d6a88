/** A workspace that is not trusted: models are native code's input, so none loads there. */
import { strict as assert } from 'node:assert';
import { explained, settled, stateLine } from './explanation';
import { useWindow } from './harness';
import { enginesBelow } from './processes';
import { editorFrame, expand, explainFromExplorer, explorerRow } from './workbench';

describe('a workspace that is not trusted', () => {
  const window = useWindow({ trust: true, settings: { 'security.workspace.trust.startupPrompt': 'never' } });
  before(() => expand(window.page, 'scenes'));

  beforeEach(() => explainFromExplorer(window.page, explorerRow(window.page, 'cat-and-dog.png')));

  it('starts no engine and says why', async () => {
    assert.equal(await settled(window.page), 'failed');
    assert.match(await stateLine(window.page), /trust/i);
    assert.deepEqual(enginesBelow(window.pid), []);
  });

  it('is explained once it is trusted', async () => {
    await editorFrame(window.page).getByTestId('action-trust').click();
    await window.page
      .getByRole('button', { name: /^Trust$/ })
      .first()
      .click();
    await explained(window.page);
    assert.equal(enginesBelow(window.pid).length, 1);
  });
});
