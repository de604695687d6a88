/** Which file says what the classes of a dataset mean, over several listings. */
import assert from 'node:assert/strict';
import { renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { createRunner, type Runner } from '../../src/client/runner';
import type { RunInfo } from '../../src/protocol/dataset';
import { CIFAR, cifarSubset, RESNET20 } from '../support/cifar';
import { testFolder } from '../support/folder';
import { needs, project } from '../support/shared';

describe('runner: a mapping of classes', () => {
  const folder = testFolder();
  const started: Runner[] = [];
  before(function () {
    needs(this, CIFAR, 'no images');
    needs(this, RESNET20, 'no model');
  });
  afterEach(() => {
    for (const runner of started.splice(0)) runner.dispose();
  });

  it('remembers a mapping that was named, for models with the same classes and until one lies beside the run file', async () => {
    const runner = createRunner({ module: project('dist', 'runner.js'), log: () => {} });
    started.push(runner);
    const [run, images] = [folder.at('r.groupcam'), cifarSubset(folder.at('images'), 2)];
    renameSync(path.join(images, 'cat'), path.join(images, 'kitty'));
    const meant = (info: RunInfo) => info.versions[0]!.classes[info.categories.indexOf('kitty')];
    const mapping = folder.write('elsewhere.json', { categories: { kitty: ['cat'] } });
    const update = { run, source: images, models: [{ path: RESNET20 }] };
    const named = await runner.call('prepare', { ...update, mapping });
    assert.deepEqual([meant(named), named.versions[0]!.mapping], [[3], mapping]);

    // As by Update Dataset, and as by `group-cam dataset` without --mapping.
    assert.deepEqual(meant(await runner.call('prepare', update)), [3]);
    const { versions } = await runner.call('open', { run });
    assert.deepEqual(meant(await runner.call('mapClasses', { run, version: versions[0]!.id })), [3]);

    folder.write('r.groupcam.mapping.json', { categories: { kitty: ['dog'] } });
    assert.deepEqual(meant(await runner.call('prepare', update)), [5], 'the one beside the run file goes first');
    rmSync(folder.at('r.groupcam.mapping.json'));
    assert.deepEqual(meant(await runner.call('prepare', update)), [3]);

    rmSync(mapping);
    await assert.rejects(runner.call('prepare', update), {
      code: 'mapping-invalid',
      message: `${mapping}: this mapping of classes was named before by --mapping and is gone. Put it back, name another by --mapping, or save one as ${run}.mapping.json.`,
    });
    assert.deepEqual(meant(await runner.call('open', { run })), [3], 'nothing has changed');
    const other = folder.write('other.json', { categories: { kitty: ['bird'] } });
    assert.deepEqual(meant(await runner.call('prepare', { ...update, mapping: other })), [2]);
  });
});
