/** What goes wrong in a sweep with the real engine: the engine dies on an image, or the model changes under it. */
import assert from 'node:assert/strict';
import { appendFileSync, copyFileSync, readdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { createRunnerService, type Runner } from '../../src/runner/service';
import { CIFAR, cifarSubset, RESNET20 } from '../support/cifar';
import { testFolder } from '../support/folder';
import { needs, nightly, project } from '../support/shared';
import { until } from '../support/wait';

const QUIET = { signal: new AbortController().signal, emit() {} };

describe('a sweep with the real engine', () => {
  const folder = testFolder();
  const started: Runner[] = [];
  before(function () {
    needs(this, CIFAR, 'no images');
    needs(this, RESNET20, 'no model');
  });
  afterEach(() => Promise.all(started.splice(0).map((runner) => runner.dispose())));

  /** The run file of a folder of images, open in a runner of this process. */
  async function prepared(images: string, model: string, engine: string) {
    const runner = createRunnerService({ log: () => {}, engine });
    started.push(runner);
    const { service } = runner;
    const run = folder.at('r.groupcam');
    await service.prepare({ run, source: images, models: [{ path: model }] }, QUIET);
    const { versions } = await service.open({ run }, QUIET);
    const version = versions[0]!.id;
    const found = async (query: string) => {
      const { list, count } = await service.list({ run, version, query, first: 0 }, QUIET);
      return count === 0 ? [] : service.rows({ run, version, list, from: 0, count }, QUIET);
    };
    return { service, run, version, found };
  }

  it('that dies on one image gives that a row with an error, and all others theirs', async () => {
    const images = cifarSubset(folder.at('images'), 3);
    const [cats] = [path.join(images, 'cat')];
    const [first] = readdirSync(cats);
    renameSync(path.join(cats, first!), path.join(cats, 'deadly.png'));
    const { service, run, version, found } = await prepared(
      images,
      RESNET20,
      project('out', 'test', 'runner', 'dying.entry.js'),
    );
    await service.sweep({ run, version, device: 'cpu' }, QUIET);
    await until('all have a row', async () => (await found('waiting')).length === 0);
    const failed = await found('failed');
    assert.deepEqual(
      failed.map((row) => row.path),
      ['cat/deadly.png'],
    );
    assert.match(failed[0]!.error!, /deadly\.png|engine/);
    assert.ok(!failed[0]!.error!.includes('\n'));
    assert.equal((await found('correct or wrong')).length, 29);
  });

  it('draws no contact sheet of more images than it can show, and says how many they may be', async () => {
    const images = cifarSubset(folder.at('images'), 31);
    const { service, run, version } = await prepared(images, RESNET20, project('dist', 'engine.js'));
    const { list } = await service.list({ run, version, query: '', first: 0 }, QUIET);
    const output = folder.at('sheet.png');
    await assert.rejects(service.export({ run, version, of: { list }, kind: 'sheet', output }, QUIET), {
      code: 'bad-option',
      message: 'the selection of 310 images: must be at most 300 images for a contact sheet.',
    });
    assert.ok(!readdirSync(path.dirname(output)).includes('sheet.png'));
    // Drawing as many as there may be takes half a minute.
    const most = nightly ? 300 : 20;
    const ranges = [[0, most]] as const;
    assert.deepEqual(await service.export({ run, version, of: { list, ranges }, kind: 'sheet', output }, QUIET), {
      rows: most,
    });
  });

  it('writes no row by a model that has changed in its middle', async () => {
    const model = folder.at('net.onnx');
    copyFileSync(RESNET20, model);
    copyFileSync(RESNET20.replace('.onnx', '.explain.json'), folder.at('net.explain.json'));
    copyFileSync(path.join(path.dirname(RESNET20), 'cifar10_labels.txt'), folder.at('cifar10_labels.txt'));
    const images = cifarSubset(folder.at('images'), 100);
    const { service, run, version, found } = await prepared(images, model, project('dist', 'engine.js'));
    const { work } = await service.sweep({ run, version, device: 'cpu' }, QUIET);
    let last: { readonly state: string; readonly reason?: string } | undefined;
    const following = new AbortController();
    const followed = service.follow(
      { run },
      {
        signal: following.signal,
        emit: (event, data) => {
          if (event === 'work') last = [data].flat().find((one) => 'kind' in one && one.id === work) as typeof last;
        },
      },
    );
    await until('the first rows', async () => (await found('correct or wrong')).length > 0);
    appendFileSync(model, 'x');
    await until('its end', () => last?.state === 'failed' || last?.state === 'done');
    following.abort();
    await followed;
    assert.deepEqual([last!.state, /net\.onnx/.test(last!.reason ?? '')], ['failed', true], last!.reason);
    const done = (await found('correct or wrong')).length;
    assert.ok(done > 0 && done < 1000, `${done} rows`);
    assert.deepEqual(await found('failed'), [], 'no image is blamed');
  });
});
