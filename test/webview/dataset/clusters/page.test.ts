/** The page of clusters in Chromium. */
import assert from 'node:assert/strict';
import { parseQuery } from '../../../../src/core/query/parse';
import { toSquare } from '../../../../webview/dataset/clusters/scatter/points';
import { readCanvas } from '../../../support/canvas';
import { until } from '../../../support/wait';
import { clusterOf, clusterSets, membersOf, placeOf } from '../support/clusters';
import { type DatasetPage, datasetPages } from '../support/dataset-page';

const SET = { items: 2_000, classes: 10 };
const FOUND = { ...SET, clusters: 'found' } as const;
const SAVED = { page: 'clusters' };
const FRAME = { side: 380, padding: 10 };
const whole = (value: number) => value.toLocaleString('en');

describe('the clusters of a run file', () => {
  let page: DatasetPage;
  const open = datasetPages((opened) => {
    page = opened;
  });
  const query = () => page.find('query').inputValue();
  const card = (name: string) => page.find(`cluster-${name}`);
  const isGrid = async () => (await page.find('tab-grid').getAttribute('aria-selected')) === 'true';
  const sizeOf = (index: number, k: number) =>
    membersOf(SET, 'predicted', index).filter((item) => clusterOf(item, index) === k).length;
  const back = async () => {
    await page.find('tab-clusters').click();
    await page.find('clusters-summary').waitFor();
  };

  it('are found by a button, which says what it does and how long it takes', async () => {
    await open(SET, { width: 1200, saved: SAVED });
    await page.find('estimate').waitFor();
    assert.match((await page.find('estimate').textContent())!, /^10 classes have enough images\. .*500 images/);
    await page.find('clusters-true').click();
    await page.find('clusters-predicted').click();
    await page.find('find-clusters').click();
    await page.find('finding').waitFor();
    assert.deepEqual(await page.postedOf('findClusters'), [{ type: 'findClusters', version: 1, by: 'predicted' }]);
    assert.match((await page.find('finding').textContent())!, /3 of 10/);
    assert.ok(await page.find('find-clusters').isHidden());
    await page.find('cancel-9').click();
    await until('the work is cancelled', async () => (await page.asked('cancel')).length === 1);
    await page.endSearch();
    await page.find('clusters-summary').waitFor();
    assert.match((await page.find('clusters-summary').textContent())!, /22 clusters in 10 classes; 2 are suspicious/);
    assert.ok(await page.find('find-again').isHidden(), 'all are found');
  });

  it('do not change the results of a query that asks for no cluster', async () => {
    await open(SET, { width: 1200, saved: { page: 'clusters', query: 'wrong' } });
    await page.find('find-clusters').click();
    await page.find('finding').waitFor();
    await page.endSearch();
    await page.find('clusters-summary').waitFor();
    await page.find('tab-grid').click();
    await page.settled();
    assert.equal(await page.find('refresh').count(), 0);
  });

  it('are not looked for where no class has enough images', async () => {
    await open({ items: 100, classes: 10 }, { width: 1200, saved: SAVED });
    await page.find('too-few').waitFor();
    assert.ok(await page.find('find-clusters').isHidden());
  });

  it('that are outdated are found again', async () => {
    await open({ ...SET, clusters: 'outdated' }, { width: 1200, saved: SAVED });
    await page.find('lacking').waitFor();
    assert.match((await page.find('lacking').textContent())!, /^Images of automobile, airplane have changed/);
    await page.find('find-again').click();
    assert.deepEqual(await page.postedOf('findClusters'), [{ type: 'findClusters', version: 1, by: 'predicted' }]);
  });

  it('come with the suspicious ones first, their reason in words, and all reasons on demand', async () => {
    await open(FOUND, { width: 1200, saved: SAVED });
    await page.find('clusters-summary').waitFor();
    const names = await page.page
      .locator('.cluster-card')
      .evaluateAll((all) => all.map((each) => each.dataset['testid']));
    assert.deepEqual(names, ['cluster-automobile 3', 'cluster-cat 3']);
    const text = (await card('automobile 3').textContent())!;
    assert.match(text, /suspicious/);
    assert.match(text, new RegExp(`${sizeOf(1, 2)} images`));
    assert.match(text, /turns 94 of them into "automobile"/);
    const hidden = card('automobile 3').locator('.cluster-hidden');
    assert.ok(await hidden.isHidden());
    await page.find('why-automobile 3').locator('summary').click();
    assert.match(
      (await hidden.textContent())!,
      /With the hot region blurred, 46 of 50 images of this cluster are still/,
    );
    assert.equal(await page.find('why-automobile 3').locator('li').count(), 5);
  });

  it('are drawn: the mean heat over the mean image, and examples with their heat', async () => {
    await open(FOUND, { width: 1200, saved: SAVED });
    await card('automobile 3').locator('.thumbnail[data-item]').nth(5).waitFor();
    const picture = card('automobile 3').locator('.cluster-picture');
    await until('the picture', async () => (await picture.getAttribute('width')) !== '1');
    const { width, rgba } = await readCanvas(picture);
    const redAt = (x: number, y: number) => rgba[4 * (y * width + x)]! - rgba[4 * (y * width + x) + 2]!;
    // The heat is in the lower right corner, so it is redder there than in the upper left one.
    assert.ok(redAt(width - 12, width - 12) > redAt(8, 8) + 50);
    const asked = (await page.asked('pictures')).flatMap(({ items }) => items as number[]);
    const examples = clusterSets(SET, 'predicted').find(({ name }) => name === 'automobile')!.clusters[2]!.examples;
    for (const item of examples.slice(0, 6)) assert.ok(asked.includes(item), `${item}`);
  });

  it('lead to their images by a click, by Enter and by a button', async () => {
    await open(FOUND, { width: 1200, saved: SAVED });
    await card('automobile 3').locator('.cluster-main').click();
    await page.untilCount(`${sizeOf(1, 2)} of ${whole(SET.items)}`);
    assert.equal(await query(), 'cluster = "automobile 3"');
    assert.equal(await page.find('chip').locator('.chip-text').textContent(), 'cluster: automobile 3');
    await back();
    await card('cat 3').locator('.cluster-main').focus();
    await page.press('Enter');
    assert.equal(await query(), 'cluster = "cat 3"');
    assert.ok(await isGrid());
    await back();
    await page.find('show-automobile 3').click();
    assert.equal(await query(), 'cluster = "automobile 3"');
  });

  it('are given Group-CAM and a tag as a whole', async () => {
    await open(FOUND, { width: 1200, saved: SAVED });
    await page.find('group-cam-automobile 3').click();
    await until('the request', async () => (await page.postedOf('compute')).length === 1);
    const [compute] = await page.postedOf('compute');
    const { list } = compute!['of'] as { list: number };
    assert.deepEqual(compute, { type: 'compute', version: 1, of: { list }, method: 'group-cam' });
    assert.equal((await page.asked('list')).at(-1)!['query'], 'cluster = "automobile 3"');
    await page.find('tag-automobile 3').click();
    await page.page.locator('[data-testid="tag-name-automobile 3"]:focus').waitFor();
    await page.page.keyboard.type('tagged by hand');
    await page.page.keyboard.press('Enter');
    const size = sizeOf(1, 2);
    await page
      .find('notice')
      .filter({ hasText: `Tagged tagged by hand: ${size} images` })
      .waitFor();
    await page.search('tag = "tagged by hand"');
    await page.untilCount(`${size} of ${whole(SET.items)}`);
  });

  it('of a class are folded to a line, and open with all of its clusters', async () => {
    await open(FOUND, { width: 1200, saved: SAVED });
    await page.find('set-frog').click();
    await card('frog 1').waitFor();
    assert.match((await card('frog 1').textContent())!, /Why it is not suspicious/);
    assert.equal(await page.find('set-frog').getAttribute('aria-expanded'), 'true');
    await until('its plane', async () => (await page.asked('scatter')).at(-1)?.['set'] === 'frog');
    await page.find('show-frog 1').click();
    await back();
    assert.ok(await card('frog 1').isVisible(), 'it is still open');
    await page.find('set-frog').click();
    await card('frog 1').waitFor({ state: 'detached' });
  });

  it('of a thousand classes are shown in parts', async () => {
    await open({ ...FOUND, items: 60_000, classes: 1_000 }, { width: 1200, saved: SAVED });
    await page.find('clusters-summary').waitFor();
    const sets = page.page.locator('.cluster-set');
    assert.equal(await sets.count(), 50);
    await page.find('more-sets').click();
    await until('more of them', async () => (await sets.count()) === 250);
  });

  it('are those of the true classes on demand, which only a dataset with classes has', async () => {
    await open(FOUND, { width: 1200, saved: SAVED });
    await page.find('clusters-true').click();
    await page.find('set-true frog').waitFor();
    await page.close();
    await open({ ...FOUND, unlabelled: true }, { width: 1200, saved: SAVED });
    await page.find('set-frog').waitFor();
    assert.ok(await page.find('clusters-true').isHidden());
  });

  it('say where suspicion is unknown, and offer nothing that needs the model', async () => {
    await open({ ...FOUND, clusters: 'untested', info: { readOnly: 'Another window computes.' } }, { saved: SAVED });
    await page.find('clusters-summary').waitFor();
    assert.match((await page.find('clusters-summary').textContent())!, /not known: that needs the model/);
    assert.ok(await page.find('find-again').isHidden());
    await page.find('set-frog').click();
    await card('frog 1').waitFor();
    assert.ok(await page.find('group-cam-frog 1').isHidden());
    assert.ok(await page.find('tag-frog 1').isHidden());
  });
});

describe('the plane of a set', () => {
  let page: DatasetPage;
  const open = datasetPages((opened) => {
    page = opened;
  });
  const query = () => page.find('query').inputValue();
  const drawn = () => page.page.locator('[data-testid="scatter-canvas"][data-layout]').waitFor();
  const members = membersOf(SET, 'predicted', 1);
  const pixelOf = (item: number) => placeOf(item, 1).map((value) => toSquare(value, FRAME)) as [number, number];

  it('shows a point for each image, a cross for a wrong one', async () => {
    await open(FOUND, { width: 1200, saved: SAVED });
    await drawn();
    const { width, rgba } = await readCanvas(page.find('scatter-canvas'));
    const at = (x: number, y: number) => [...rgba.subarray(4 * (y * width + x), 4 * (y * width + x) + 3)].join();
    const ground = at(2, 2);
    for (const item of members) {
      const [x, y] = pixelOf(item);
      assert.notEqual(at(Math.floor(x), Math.floor(y)), ground, `${item}`);
    }
    assert.match((await page.find('scatter-canvas').getAttribute('aria-label'))!, /images of automobile in 3 clusters/);
  });

  it('a lasso shows its images in the grid, as a short chip, and stays on the plane', async () => {
    await open(FOUND, { width: 1200, saved: SAVED });
    await drawn();
    const { x, y } = (await page.find('scatter').boundingBox())!;
    const { mouse } = page.page;
    const border = 1;
    const corners = [
      [0.35, 0.68],
      [0.8, 0.68],
      [0.8, 1.01],
      [0.35, 1.01],
    ].map(([a, b]) => [x + border + toSquare(a!, FRAME), y + border + toSquare(b!, FRAME)] as const);
    await mouse.move(...corners[0]!);
    await mouse.down();
    for (const corner of [...corners.slice(1), corners[0]!]) await mouse.move(...corner, { steps: 20 });
    await mouse.up();
    await page.settled();
    const { where } = parseQuery(await query());
    assert.ok(where?.kind === 'lasso' && where.set === 'automobile');
    assert.ok(where.corners.length >= 4 && where.corners.length <= 60);
    const inside = members.filter((item) => {
      const [a, b] = placeOf(item, 1);
      return a > 0.36 && a < 0.79 && b > 0.69;
    });
    const count = Number((await page.count())!.split(' ')[0]);
    assert.ok(count >= inside.length && count <= inside.length + 12, `${count} of ${inside.length}`);
    assert.equal(await page.find('chip').locator('.chip-text').textContent(), 'lasso in automobile');
    await page.find('tab-clusters').click();
    await page.find('lasso').waitFor();
  });

  it('by keys clusters are chosen: arrows let one stand out, Space marks, Enter shows', async () => {
    await open(FOUND, { width: 1200, saved: SAVED });
    await drawn();
    const before = await readCanvas(page.find('scatter-canvas'));
    await page.find('plane-clusters').focus();
    await page.press('ArrowRight', 'ArrowRight');
    const after = await readCanvas(page.find('scatter-canvas'));
    assert.notDeepEqual(after.rgba, before.rgba);
    assert.equal(await page.find('plane-clusters').getAttribute('aria-activedescendant'), 'plane-cluster-2');
    await page.press('Space', 'ArrowLeft', 'Space');
    assert.equal(await page.find('plane-cluster-1').getAttribute('aria-selected'), 'true');
    await page.press('Enter');
    assert.equal(await query(), 'cluster = "automobile 2" or cluster = "automobile 3"');
  });

  it('says which image is under the pointer, and a click shows it alone', async () => {
    await open(FOUND, { width: 1200, saved: SAVED });
    await drawn();
    const { x, y } = (await page.find('scatter').boundingBox())!;
    const lone = members.findLast((item) => {
      const [a, b] = pixelOf(item);
      return members.every((other) => {
        const [c, d] = pixelOf(other);
        return other === item || Math.hypot(a - c, b - d) > 4;
      });
    })!;
    const [a, b] = pixelOf(lone);
    await page.page.mouse.move(x + 1 + a, y + 1 + b);
    await page.find('scatter-hover').waitFor();
    const path = `image-${String(lone).padStart(7, '0')}.png`;
    assert.match((await page.find('scatter-hover').textContent())!, new RegExp(path));
    await page.find('scatter-hover').locator('.thumbnail[data-item]').waitFor();
    await page.page.mouse.down();
    await page.page.mouse.up();
    await page.untilCount(`1 of ${whole(SET.items)}`);
    assert.match(await page.nameOf(0).then(String), new RegExp(path));
  });
});
