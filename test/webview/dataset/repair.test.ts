/** The page of repairs in Chromium. */
import assert from 'node:assert/strict';
import { NUMBER_NAMES, TRAINING_NUMBERS } from '../../../src/protocol/params/training-options';
import { ARMS, type RepairInfo, trainingDefaults } from '../../../src/protocol/training';
import { until } from '../../support/wait';
import { clusterOf, membersOf } from './support/clusters';
import { type DatasetPage, datasetPages } from './support/dataset-page';
import { repairOf, WATCHED_ITEMS } from './support/repairs';

const SET = { items: 2_000, classes: 10, clusters: 'found', tagged: [{ name: 'marked', key: 'm', count: 0 }] } as const;
const MARKED = 'cluster = "automobile 3"';
const members = membersOf(SET, 'predicted', 1).filter((item) => clusterOf(item, 1) === 2);

describe('the repairs of a run file', () => {
  let page: DatasetPage;
  const open = datasetPages((opened) => {
    page = opened;
  });
  const text = async (id: string) => (await page.find(id).textContent()) ?? '';
  const value = (id: string) => page.find(id).inputValue();
  const shows = (id: string, wanted: string | RegExp) =>
    until(`${id}: ${wanted}`, async () => {
      const found = await text(id);
      return typeof wanted === 'string' ? found === wanted : wanted.test(found);
    });
  const clusters = { width: 1200, saved: { page: 'clusters' } };
  const form = { width: 1200, height: 1100, saved: { page: 'repair' } };
  const openForm = async () => {
    await page.say({ type: 'repairOf', query: MARKED });
    await shows('remark-train', /images/);
  };

  it('begin at a suspicious cluster: the form is filled in, and one click begins', async () => {
    await open(SET, clusters);
    await page.find('repair-automobile 3').click();
    await shows('remark-train', '2,000 images.');
    assert.equal(await page.find('tab-repair').getAttribute('aria-selected'), 'true');
    assert.match(await text('repair-subject'), /^For automobile 3\. .*The model itself stays/);
    assert.ok(await page.find('repair-what-head').isChecked());
    assert.ok(await page.find('repair-balance-class').isChecked());
    await until('a file', async () => (await value('repair-output')) === '/models/resnet20-repaired.onnx');
    assert.match(await text('remark-heldOut'), /^A fifth of them, about 400/);
    assert.match(await text('repair-effort'), /as long as computing 2,000 images/);
    assert.ok(await page.find('repair-pasted').evaluate((box) => (box as HTMLInputElement).checked));
    await page.find('repair-begin').click();
    await page.find('repair-1').waitFor();
    const [asked] = await page.asked('repair');
    assert.deepEqual(asked, {
      ...{ version: 1, train: '', heldOut: '', options: trainingDefaults('head', true) },
      ...{ pasted: true, watched: [], output: '/models/resnet20-repaired.onnx' },
    });
    assert.equal(await page.find('repair-form').count(), 0);
  });

  it('begin at a tag, at the shown query and by commands; the listed images are trained on', async () => {
    await open(SET);
    await page.find('tags').click();
    await page.find('make-tag').waitFor();
    await page.find('tag-marked').click();
    await page.find('repair-tag-marked').click();
    await shows('repair-subject', /^For tag marked\./);
    assert.equal(await value('repair-train'), '');
    await page.search('true = bird');
    await page.say({ type: 'repairOf' });
    await page.find('tab-repair').waitFor();
    await until('the query', async () => (await value('repair-train')) === 'true = bird');
    assert.equal(await value('repair-watch'), 'true = bird limit 6');
    await shows('remark-train', /All of these images are of one class, bird/);
    const context = await page.page.locator('.bar .query').getAttribute('data-vscode-context');
    assert.deepEqual(JSON.parse(context!), { webviewSection: 'rows', query: 'true = bird' });
  });

  it('say at once what would go wrong, and the first fault gets the focus', async () => {
    await open({ ...SET, outputFault: 'resnet20-repaired.onnx exists already.' }, form);
    await openForm();
    await shows('remark-output', 'resnet20-repaired.onnx exists already.');
    await page.find('repair-choose').click();
    await until('the chosen file', async () => (await value('repair-output')) === '/models/chosen.onnx');
    assert.equal(await text('remark-output'), '');
    await page.find('repair-train').fill('wrong and los > 2');
    await shows('remark-train', /loss/);
    assert.equal(await page.find('repair-train').getAttribute('aria-invalid'), 'true');
    await page.find('repair-train').fill('true = cat');
    await shows('remark-train', /one class, cat\. Training needs two at least/);
    await page.find('repair-train').fill('loss > 100');
    await shows('remark-train', 'No image matches.');
    await page.find('repair-begin').click();
    assert.ok(await page.find('repair-train').evaluate((field) => field === document.activeElement));
    assert.equal((await page.asked('repair')).length, 0);
    await page.find('repair-train').fill('');
    await page.find('repair-heldOut').fill('true = cat');
    await shows('remark-heldOut', /^200 images\. 200 images of the training images are among them/);
    await page.find('repair-what-all').check();
    await page.find('repair-more').locator('summary').click();
    assert.equal(await value('repair-epochs'), '3', 'numbers follow what is trained');
    await page.find('repair-epochs').fill('2.5');
    await shows('remark-epochs', /A whole number from 1 to 1000/);
    await page.find('repair-epochs').fill('4');
    await page.find('repair-rate').fill('0.01');
    await shows('remark-rate', /diverge/);
    await page.find('repair-arm-group-cam').check();
    await shows('repair-effort', /computing 160,000 images/);
    assert.equal(await value('repair-epochs'), '4', 'what the user has written stays');
    assert.equal(await value('repair-groups'), '16');
  });

  it('of images without a class are refused', async () => {
    await open({ ...SET, unlabelled: true }, form);
    await page.say({ type: 'repairOf', query: '' });
    await shows('remark-train', /None of these images has a class/);
  });

  it('complete a query as the filter does, by keys', async () => {
    await open(SET, form);
    await openForm();
    await page.find('repair-train').fill('true = ca');
    await page.page.getByTestId('repair-train-option-0').waitFor();
    await page.press('ArrowDown', 'Enter');
    assert.equal(await value('repair-train'), 'true = cat ');
    await page.press('Escape');
    assert.equal(await page.find('repair-form').count(), 1, 'Escape closes the list alone');
  });

  it('that the runner refuses say why, and the form stays', async () => {
    await open({ ...SET, refuses: 'net.onnx: its weights are quantised, so it can not be trained.' }, form);
    await openForm();
    await page.find('repair-begin').click();
    await shows('repair-refused', /weights are quantised/);
    assert.equal(await page.find('repair-form').count(), 1);
  });

  it('are kept as they are written over a reload', async () => {
    await open(SET, form);
    await openForm();
    await page.find('repair-train').fill('p > 0.5');
    await until('it is kept', async () => JSON.stringify(await page.saved()).includes('"train":"p > 0.5"'));
    const saved = await page.saved();
    await open(SET, { ...form, saved });
    assert.equal(await value('repair-train'), 'p > 0.5');
  });

  it('show every step, every epoch, the maps and the time left while they run', async () => {
    await open({ ...SET, repairs: [repairOf(1, 2)] }, form);
    await page.find('repair-1').waitFor();
    await shows(
      'repair-state',
      /^Epoch 3 of 5, step 93 of 200, 1 min left\.$|^Epoch 3 of 5, step 93 of 200, 80 s left\.$/,
    );
    await shows('repair-loss-now', /^step 93: /);
    await shows('repair-accuracy-now', 'epoch 2: 86.0 %');
    assert.match(await text('repair-accuracy-text'), /71\.0 % before, 86\.0 % after epoch 2/);
    const strip = page.find('repair-strip');
    await strip.locator('canvas[data-item]').nth(11).waitFor();
    assert.equal(await strip.locator('tbody tr').count(), WATCHED_ITEMS.length);
    assert.deepEqual(await strip.locator('thead th').allTextContents(), ['before', '1', '2, best']);
    const names = await strip.locator('tr:first-child canvas').evaluateAll((all) => all.map((one) => one.ariaLabel));
    assert.match(names[0]!, /^Before training: heat of its class; taken for bird 50\.0 %$/);
    assert.match(names[2]!, /^After epoch 2: .* automobile 68\.0 %$/);
    await page.say({
      type: 'repair',
      repair: {
        ...repairOf(1, 2),
        step: { epoch: 3, step: 94, steps: 200, loss: 0.7, rate: 1e-3 },
        losses: [0.6, 0.7],
      },
    });
    await shows('repair-loss-now', 'step 94: 0.7');
    await shows('repair-state', /step 94 of 200/);
    await page.say({ type: 'repair', repair: { ...repairOf(1, 2), notes: ['The loss rises since step 90.'] } });
    await shows('repair-notes', /The loss rises since step 90\./);
    await page.find('repair-pause').click();
    assert.deepEqual(await page.asked('pause'), [{ work: 21 }]);
    await page.find('repair-stop').click();
    assert.deepEqual(await page.asked('finishRepair'), [{ repair: 1 }]);
  });

  it('count what is between steps, and say where they stopped', async () => {
    const before = { epochs: [], losses: [], notes: [] };
    const { step: _, ...ready } = repairOf(1, 0, before);
    await open({ ...SET, repairs: [ready] }, form);
    await shows('repair-state', /^It gets ready/);
    const says = async (progress: RepairInfo['progress'], wanted: string) => {
      await page.say({ type: 'repair', repair: { ...ready, ...(progress && { progress }) } });
      await shows('repair-state', wanted);
    };
    await says(
      { epoch: 0, part: 'features', done: 300, total: 1_200, left: 45 },
      'The features of the images are computed: 300 of 1,200, 45 s left.',
    );
    const bar = page.find('repair-1').locator('[role="progressbar"]');
    assert.equal(await bar.getAttribute('aria-valuenow'), '25');
    await says(
      { epoch: 0, part: 'held-out', done: 0, total: 240 },
      'The held-out images are computed before training: 0 of 240.',
    );
    await says(
      { epoch: 3, part: 'maps', done: 2, total: 8, left: 3 },
      'The maps of the watched images are computed after epoch 3: 2 of 8, 3 s left.',
    );
    const { step: __, work: ___, ...stopped } = repairOf(1, 2, { state: 'paused' });
    await page.say({ type: 'repair', repair: stopped });
    await shows('repair-state', /^Paused after epoch 2\./);
  });

  it('have a field for each option that has an effect, as the command line has', async () => {
    await open(SET, form);
    await openForm();
    await page.find('repair-more').locator('summary').click();
    for (const arm of ARMS) {
      if (arm === 'head') await page.find('repair-what-head').check();
      else {
        await page.find('repair-what-all').check();
        await page.find(`repair-arm-${arm}`).check();
      }
      const wanted = NUMBER_NAMES.map((name) => (TRAINING_NUMBERS[name].arms.includes(arm) ? 1 : 0));
      await until(`the fields of ${arm}`, async () => {
        const shown = await Promise.all(NUMBER_NAMES.map((name) => page.find(`repair-${name}`).count()));
        return String(shown) === String(wanted);
      });
      assert.equal(await page.find('repair-augment').count(), arm === 'head' ? 0 : 1);
    }
    // The head is the last of the arms.
    await page.find('repair-what-all').check();
    await page.find('repair-augment').click();
    await page.find('repair-balance-class').check();
    await page.find('repair-momentum').fill('0.5');
    await page.find('repair-weightDecay').fill('0');
    await page.find('repair-arm-plain').check();
    await until('a file', async () => (await value('repair-output')) !== '');
    await page.find('repair-begin').click();
    await until('it is asked for', async () => (await page.asked('repair')).length === 1);
    const [asked] = await page.asked('repair');
    const before = trainingDefaults('plain', true);
    const options = { ...before, augment: !before.augment, balance: 'class', momentum: 0.5, weightDecay: 0 };
    assert.deepEqual((asked as { options: unknown }).options, options);
  });

  it('go on after an interruption or a pause, by command too', async () => {
    const { work: _, ...interrupted } = repairOf(1, 1, { state: 'interrupted' });
    await open({ ...SET, repairs: [interrupted, repairOf(2, 1, { state: 'paused' })] }, form);
    await shows('repair-state', /^Paused at step 53 of 200/);
    await page.find('repair-go-on').click();
    assert.deepEqual(await page.asked('resume'), [{ work: 22 }]);
    await page.find('choose-repair-1').click();
    await shows('repair-state', /^Interrupted at step 53 of 200\. Go On continues with the same order/);
    await page.say({ type: 'command', command: 'repairGoOn' });
    assert.deepEqual(await page.asked('goOn'), [{ repair: 1 }]);
    await page.find('repair-remove').click();
    assert.deepEqual(await page.postedOf('removeRepair'), [{ type: 'removeRepair', repair: 1 }]);
    await page.say({ type: 'repairShown', repair: 2 });
    await shows('repair-state', /^Paused/);
    await page.say({ type: 'repairRemoved', repair: 1 });
    assert.equal(await page.find('choose-repair-1').count(), 0);
  });

  it('that are done compare before and after: groups, flips and heat, which lead to their images', async () => {
    const done = repairOf(1, 5, { state: 'done', added: 2 });
    await open({ ...SET, clusters: 'found', versions: 2, shifted: 2_000, repairs: [done] }, form);
    await shows('group-cluster automobile 3', /cluster automobile 319096\.8 %94\.2 %-2\.641\.2 % → 8\.7 %$/);
    await shows('group-tag marked', /11\.3 %88\.7 %\+77\.4$/);
    await page.find('flip-b').waitFor();
    await page.find('shift-mean').waitFor();
    await page.find('repair-side-by-side').click();
    await until('side by side', async () => (await page.postedOf('sideBySide')).length === 1);
    const [side] = await page.postedOf('sideBySide');
    assert.deepEqual([side!['a'], side!['b'], side!['query']], [1, 2, 'tag = marked']);
    await page.find('group-cluster automobile 3').locator('button').click();
    await page.untilCount(`${members.length} of 2,000`);
    assert.equal(await value('query'), MARKED);
  });

  it('can only be looked at where the file can only be read', async () => {
    await open(
      { ...SET, repairs: [repairOf(1, 1, { state: 'interrupted' })], info: { readOnly: 'another window computes' } },
      form,
    );
    await page.find('repair-1').waitFor();
    for (const id of ['repair-go-on', 'repair-stop', 'repair-remove']) assert.ok(await page.find(id).isHidden(), id);
    assert.equal(await page.find('repair-new').count(), 0);
  });
});
