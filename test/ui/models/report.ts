/** The report of an evaluation, in the editor. */
import { strict as assert } from 'node:assert';
import { project } from '../../support/shared';
import type { Window } from '../harness';
import { chooseFromMenu, editorFrame, expand, explorerRow, showExplorer } from '../workbench';

/** Its document has a script and an image with a handler, as a forged one might. */
export const REPORT = project('test', 'data', 'report');

export const report = (window: Window) =>
  describe('a report of an evaluation', () => {
    it('opens in the editor, and nothing in it acts', async () => {
      const { page } = window;
      await showExplorer(page);
      await expand(page, 'report');
      await chooseFromMenu(page, explorerRow(page, 'report.html'), 'Open Report');
      const frame = editorFrame(page);
      await frame.getByRole('heading', { name: 'Evaluation of net' }).waitFor();
      assert.equal(await frame.locator('body').getAttribute('data-acted'), null);
    });
  });
