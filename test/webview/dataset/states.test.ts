/** What the page of a run file says where there is nothing to show, and that it is usable by everybody. */
import assert from 'node:assert/strict';
import { type DatasetPage, datasetPages } from './support/dataset-page';

const SET = { items: 10_000, classes: 10 };

describe('the page of a run file', () => {
  let page: DatasetPage;
  const open = datasetPages((opened) => {
    page = opened;
  });
  const empty = () => page.find('empty').textContent();

  it('without images says where it looked, and offers to look again', async () => {
    await open({ items: 0, classes: 10 });
    assert.match((await empty())!, /\/data\/cifar10 has no images/);
    await page.find('empty-action').click();
    assert.equal((await page.postedOf('update')).length, 1);
  });

  it('without results offers to compute, in the grid and in the classes', async () => {
    await open({ ...SET, done: 0 });
    await page.settled();
    await page.search('wrong');
    assert.match((await empty())!, /Nothing is computed yet/);
    await page.find('empty-action').click();
    await page.find('tab-classes').click();
    await page.find('classes-sweep').click();
    await page.find('sweep').click();
    assert.deepEqual(await page.postedOf('sweep'), Array(3).fill({ type: 'sweep', version: 1 }));
  });

  it('without classes says why none is wrong', async () => {
    await open({ ...SET, unlabelled: true });
    await page.settled();
    await page.search('wrong');
    assert.match((await empty())!, /No class is known/);
    await page.find('empty-action').click();
    await page.untilCount('10,000');
    await page.find('tab-classes').click();
    assert.match((await page.find('no-class').textContent())!, /No class is known/);
    assert.equal(await page.find('confusion').count(), 0);
  });

  it('where no name of a class is known to the model, offers to map them', async () => {
    await open({ ...SET, unmapped: true });
    await page.settled();
    await page.search('wrong and p > 2');
    assert.match(
      (await empty())!,
      /^No class of the dataset means a class of .*, so no image is wrong or right\.Map Class Names…$/,
    );
    await page.find('empty-action').click();
    await page.find('notes').click();
    await page.find('notes-map').click();
    assert.equal(await page.page.getByRole('dialog').count(), 0);
    assert.deepEqual(await page.postedOf('mapClasses'), Array(2).fill({ type: 'mapClasses', version: 1 }));
  });

  it('without a match offers to take the filter off', async () => {
    await open(SET);
    await page.settled();
    await page.search('p > 2');
    assert.match((await empty())!, /No image matches/);
    await page.find('empty-action').click();
    await page.untilCount('10,000');
  });

  it('of a broken file shows the reason alone', async () => {
    await open(SET);
    await page.settled();
    await page.say({ type: 'broken', message: 'x.groupcam: not a readable run file (<b>malformed</b>).' });
    assert.equal(await page.find('broken').textContent(), 'x.groupcam: not a readable run file (<b>malformed</b>).');
    assert.equal(await page.find('grid').count(), 0);
    assert.equal(await page.page.locator('b').count(), 0);
  });

  it('says what is assumed, and why nothing can be written or computed', async () => {
    const notes = ['3 folders match no class of the model: x, y, z.'];
    await open({ ...SET, info: { notes, readOnly: 'x.groupcam: another window computes for it.' } });
    await page.settled();
    assert.match((await page.find('banner').textContent())!, /another window computes/);
    await page.find('notes').click();
    const text = (await page.page.getByRole('dialog').textContent())!;
    assert.equal(await page.find('notes-map').count(), 0, 'each class means one of the model');
    assert.ok(text.includes(notes[0]!) && text.includes('RGB, 0 to 1'), text);
    assert.equal(await page.find('sweep').isVisible(), false);
    assert.equal(await page.find('update').getAttribute('disabled'), '');
  });

  it('tells once when maps are done, but not of those that were done before, or are cancelled', async () => {
    const maps = { id: 4, kind: 'maps', version: 1, method: 'layer-cam', total: 40, failed: 1 } as const;
    await open({ ...SET, work: [{ ...maps, id: 3, state: 'done', done: 39 }] });
    const notice = page.find('notice');
    assert.equal(await notice.textContent(), '');
    await page.say({ type: 'work', work: [{ ...maps, state: 'running', done: 10 }] });
    await page.say({ type: 'work', work: [{ ...maps, state: 'done', done: 12 }] });
    assert.equal(await notice.textContent(), '', 'cancelled');
    await page.say({ type: 'work', work: [{ ...maps, id: 5, state: 'running', done: 10 }] });
    await page.say({ type: 'work', work: [{ ...maps, id: 5, state: 'done', done: 39 }] });
    assert.equal(await notice.textContent(), 'Maps by layer-cam are done: 39 images, 1 image failed.');
    await page.say({ type: 'work', work: [{ ...maps, id: 6, state: 'done', done: 0, total: 0, failed: 0 }] });
    assert.equal(await notice.textContent(), 'All of these images have maps by layer-cam already.');
  });

  it('shows names of files and classes as they are', async () => {
    const categories = Array.from({ length: 10 }, (_, i) => `<img src=x onerror=alert(${i})>`);
    await open({ ...SET, info: { categories } }, { saved: { page: 'classes' } });
    await page.find('class-table').waitFor();
    assert.equal(await page.find('class-0').textContent(), categories[0]);
    assert.equal(await page.page.locator('img').count(), 0);
  });

  it('keeps page, query, heat and size over a reload', async () => {
    const saved = { page: 'grid', query: 'wrong', heat: false, tile: 200, version: 1 };
    await open(SET, { saved });
    await page.settled();
    assert.equal(await page.find('query').inputValue(), 'wrong');
    assert.equal((await page.asked('list'))[0]!['query'], 'wrong');
    assert.equal(await page.find('size').inputValue(), '200');
  });

  it('carries out the commands of the host, and its queries', async () => {
    await open(SET);
    await page.settled();
    const command = async (name: string) => {
      await page.say({ type: 'command', command: name });
    };
    await command('classes');
    assert.equal(await page.find('tab-classes').getAttribute('aria-selected'), 'true');
    await command('wrong');
    await page.settled();
    assert.equal(await page.find('query').inputValue(), 'wrong');
    await command('filter');
    assert.ok(await page.find('query').evaluate((field) => field === document.activeElement));
    await command('grid');
    assert.ok(await page.find('grid').evaluate((grid) => grid === document.activeElement));
    await command('selectAll');
    await command('heat');
    await command('open');
    assert.equal((await page.postedOf('explain')).length, 1);
    await command('clear');
    await page.untilCount('10,000');
    await page.say({ type: 'query', query: 'failed' });
    await page.settled();
    assert.equal(await page.find('query').inputValue(), 'failed');
    await page.say({ type: 'notice', text: 'Written: out.csv' });
    assert.equal(await page.find('notice').textContent(), 'Written: out.csv');
  });

  for (const saved of [{ page: 'grid' }, { page: 'classes' }, { page: 'versions' }]) {
    it(`names all that can be used on the page ${saved.page}`, async () => {
      await open(
        { ...SET, versions: 3, tagged: [{ name: 'relabel', key: 'r', count: 0 }] },
        { saved, width: 1440, height: 900 },
      );
      await page.settled();
      if (saved.page === 'grid') await page.find('histograms').click();
      else await page.find(saved.page === 'classes' ? 'class-table' : 'flips').waitFor();
      const session = await page.page.context().newCDPSession(page.page);
      const { nodes } = await session.send('Accessibility.getFullAXTree');
      const roles = ['button', 'textbox', 'combobox', 'listbox', 'option', 'slider', 'tab', 'progressbar', 'checkbox'];
      const used = nodes.filter(({ role, ignored }) => !ignored && roles.includes(role?.value));
      assert.ok(used.length > 15, `${used.length}`);
      for (const node of used) assert.ok(node.name?.value?.trim(), `${node.role?.value} without a name`);
    });
  }
});
