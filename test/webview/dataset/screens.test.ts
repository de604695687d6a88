/** Pictures of the page of a run file, to look at. */
import { mkdirSync } from 'node:fs';
import { project } from '../../support/shared';
import { type DatasetPage, datasetPages } from './support/dataset-page';

const FOLDER = project('test-results', 'webview');

describe('pictures of the page of a run file', () => {
  let page: DatasetPage;
  const open = datasetPages((opened) => {
    page = opened;
  });
  it('classes', async () => {
    await open({ items: 10_000, classes: 10 }, { width: 1440, height: 900, saved: { page: 'classes' } });
    await page.find('atlas-3').waitFor();
    await page.page.screenshot({ path: `${FOLDER}/dataset-classes.png` });
  });
  it('grid', async () => {
    mkdirSync(FOLDER, { recursive: true });
    await open({ items: 10_000, classes: 10 }, { width: 1440, height: 900 });
    await page.settled();
    await page.page.screenshot({ path: `${FOLDER}/dataset-grid.png` });
  });
});
