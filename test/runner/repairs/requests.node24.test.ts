/** Trainings of a run file, with an engine that only acts as if it trained: what is asked, kept, told, and gone on with. */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import type { Work } from '../../../src/protocol/dataset';
import { type RepairChoice, type RepairInfo, trainingDefaults } from '../../../src/protocol/training';
import { createRunnerService, type Runner } from '../../../src/runner/service';
import { testFolder } from '../../support/folder';
import { CLASSIFIER, tinyModel } from '../../support/tiny-model';
import { until } from '../../support/wait';

const QUIET = { signal: new AbortController().signal, emit() {} };
const EACH = 10;
const SLOW = { ...trainingDefaults('plain'), epochs: 500 };
const LONG = { ...SLOW, epochs: 10 };
const OPTIONS = { log: () => {}, engine: path.join(__dirname, 'engine.entry.js') };

describe('runner: trainings', () => {
  const folder = testFolder();
  const started: Runner[] = [];
  afterEach(() => Promise.all(started.splice(0).map((runner) => runner.dispose())));

  const run = () => folder.at('r.groupcam');
  const output = (name = 'new.onnx') => folder.at(name);

  /** Squares of two shades, a copy of one of them, and one whose class the model does not know. */
  async function images(): Promise<void> {
    const square = (grey: number) =>
      sharp({ create: { width: 8, height: 8, channels: 3, background: { r: grey, g: grey, b: grey } } })
        .png()
        .toBuffer();
    for (let i = 0; i < EACH; i++) {
      folder.write(`images/dark/${i}.png`, await square(i));
      folder.write(`images/light/${i}.png`, await square(200 + i));
    }
    folder.write('images/light/copy.png', await square(0));
    folder.write('images/other/0.png', await square(100));
  }

  async function open() {
    const runner = createRunnerService(OPTIONS);
    started.push(runner);
    const { service } = runner;
    await service.open({ run: run() }, QUIET);
    let work: readonly Work[] = [];
    const told: RepairInfo[] = [];
    void service.follow(
      { run: run() },
      {
        signal: new AbortController().signal,
        emit: (event, data) => {
          if (event === 'work') work = data as readonly Work[];
          if (event === 'repair') told.push(data as RepairInfo);
        },
      },
    );
    const repairs = () => service.repairs({ run: run() }, QUIET);
    const of = async (repair: number) => (await repairs()).find((one) => one.repair === repair)!;
    return {
      runner,
      service,
      told,
      work: () => work,
      of,
      repairs,
      reaches: (repair: number, state: RepairInfo['state']) =>
        until(`training ${repair} is ${state}`, async () => {
          const info = await of(repair);
          assert.ok(info.state === state || info.state !== 'failed', info.reason);
          return info.state === state;
        }),
      steps: (repair: number, step: number) =>
        until(`step ${step}`, async () => ((await of(repair)).step?.step ?? 0) >= step),
    };
  }

  async function prepared() {
    await images();
    const model = folder.write('net.onnx', tinyModel(CLASSIFIER));
    folder.write('labels.txt', 'dark\nlight\n');
    folder.write('net.explain.json', { labels: 'labels.txt' });
    folder.write('new.explain.json', { labels: 'labels.txt' });
    const runner = createRunnerService(OPTIONS);
    await runner.service.prepare({ run: run(), source: folder.at('images'), models: [{ path: model }] }, QUIET);
    await runner.dispose();
    return open();
  }

  const choice = (more: Partial<RepairChoice> = {}): RepairChoice => ({
    train: '',
    heldOut: '',
    options: { ...trainingDefaults('plain'), epochs: 3 },
    pasted: false,
    watched: [],
    output: output(),
    ...more,
  });
  const asking = (more: Partial<RepairChoice> = {}) =>
    ({ run: run(), version: 1, device: 'cpu', ...choice(more) }) as const;
  const asked = (file = output()) => JSON.parse(readFileSync(`${file}.asked.json`, 'utf8'));

  it('are asked with the images of their queries; the new model is a version, and is swept', async () => {
    const { service, of, reaches, told } = await prepared();
    const { repair } = await service.repair(
      asking({
        train: 'path ~ "dark" or path ~ "light" or path ~ "other"',
        heldOut: 'path ~ "8.png" or path ~ "0.png"',
      }),
      QUIET,
    );
    await reaches(repair, 'done');
    const info = await of(repair);
    assert.deepEqual(info.images, { train: 16, heldOut: 4 });
    assert.deepEqual(
      info.epochs.map(({ epoch, step }) => [epoch, step]),
      [0, 1, 2, 3].map((epoch) => [epoch, 4 * epoch]),
    );
    assert.deepEqual([info.best, info.losses], [3, [1 / 9, 1 / 10, 1 / 11, 1 / 12]]);
    const notes = info.notes.join('\n');
    assert.match(notes, /1 of the training images is left out: a held-out image has the same bytes/);
    assert.match(notes, /1 of the held-out images is left out: no class/);
    assert.match(notes, /4 images of both queries are held out/);
    assert.match(notes, /Statistics stay/);
    const [{ train, heldOut, watched, checkpoint, provenance, model }] = asked();
    const names = (list: readonly { path: string }[]) =>
      list.map((one) => path.relative(folder.at('images'), one.path));
    assert.deepEqual(names(heldOut), ['dark/0.png', 'dark/8.png', 'light/0.png', 'light/8.png']);
    assert.equal(names(train).includes('light/copy.png'), false);
    for (const { path: file, truth } of train) assert.deepEqual(truth, [file.includes('light') ? 1 : 0]);
    assert.equal(watched.length, 8);
    assert.deepEqual(
      info.watched,
      watched.map(({ id }: { id: number }) => id),
    );
    assert.deepEqual([checkpoint, model.path], [`${output()}.training`, folder.at('net.onnx')]);
    assert.equal(provenance.dataset, folder.at('images'));
    const maps = await service.repairMaps({ run: run(), repair }, QUIET);
    assert.deepEqual(
      maps.map(({ epoch, item }) => [epoch, item]),
      [0, 1, 2, 3].flatMap((epoch) => info.watched.map((item) => [epoch, item])),
    );
    assert.ok(told.some(({ state, step, work }) => state === 'running' && step && work !== undefined));
    await until('the new version is swept', async () => {
      const { versions } = await service.open({ run: run() }, QUIET);
      const added = versions.find(({ id }) => id === info.added);
      assert.deepEqual([added?.name, added?.classes], ['new', [[0], [1], []]]);
      return added!.done === 2 * EACH + 2;
    });
    const groups = await service.accuracyByGroup({ run: run(), a: info.added!, b: info.added! }, QUIET);
    assert.deepEqual([groups[0]!.count, groups[0]!.trained], [5, 16], 'what it was trained on does not count');
  });

  it('stop while they are paused, let a sweep go first, and end as if nothing had happened', async () => {
    const { service, of, reaches, steps, work } = await prepared();
    const { repair, work: id } = await service.repair(asking(), QUIET);
    await steps(repair, 2);
    const sweep = await service.sweep({ run: run(), version: 1, device: 'cpu' }, QUIET);
    assert.equal(work().find((one) => one.id === sweep.work)?.state ?? 'waiting', 'waiting');
    await service.pause({ run: run(), work: id }, QUIET);
    await reaches(repair, 'paused');
    await until('the sweep is done', async () => (await service.open({ run: run() }, QUIET)).versions[0]!.done === 22);
    const at = (await of(repair)).step!.step;
    assert.ok(at < 12, 'it was not done before');
    await service.goOn({ run: run(), repair, device: 'cpu' }, QUIET);
    await reaches(repair, 'done');
    assert.ok(asked().length === 2 && asked()[1].step >= 2);
    assert.deepEqual((await of(repair)).images, { train: 17, heldOut: 4 });
  });

  it('that were paused are paused after a kill too; those that ran are interrupted', async () => {
    const { service, of, reaches, steps } = await prepared();
    const { repair, work } = await service.repair(asking({ options: SLOW }), QUIET);
    await steps(repair, 2);
    /** What a runner finds that begins where this one was killed: the files are as they are at this moment. */
    const afterKill = async (name: string) => {
      for (const end of ['', '-wal', '-shm'])
        if (existsSync(`${run()}${end}`)) copyFileSync(`${run()}${end}`, folder.at(`${name}.groupcam${end}`));
      const next = createRunnerService(OPTIONS);
      started.push(next);
      const copy = { run: folder.at(`${name}.groupcam`) };
      await next.service.open(copy, QUIET);
      return (await next.service.repairs(copy, QUIET))[0]!;
    };
    assert.equal((await afterKill('running')).state, 'interrupted');
    await service.pause({ run: run(), work }, QUIET);
    await reaches(repair, 'paused');
    const found = await afterKill('paused');
    assert.deepEqual([found.state, found.work, found.step], ['paused', undefined, undefined]);
    assert.deepEqual(found.epochs, (await of(repair)).epochs);
    await service.goOn({ run: run(), repair, device: 'cpu' }, QUIET);
    await reaches(repair, 'running');
    assert.equal((await afterKill('resumed')).state, 'interrupted');
    await service.removeRepair({ run: run(), repair }, QUIET);
  });

  it('that were cancelled before their turn came can go on', async () => {
    const { service, of, steps, reaches } = await prepared();
    const first = await service.repair(asking({ options: SLOW }), QUIET);
    await steps(first.repair, 1);
    const second = await service.repair(asking({ output: output('second.onnx') }), QUIET);
    assert.equal((await of(second.repair)).state, 'waiting');
    await service.cancel({ run: run(), work: second.work }, QUIET);
    await reaches(second.repair, 'interrupted');
    await service.removeRepair({ run: run(), repair: first.repair }, QUIET);
    await service.goOn({ run: run(), repair: second.repair, device: 'cpu' }, QUIET);
    await reaches(second.repair, 'done');
  });

  it('tell how far they are between steps and what is known before, and finish although their images have changed', async () => {
    const { service, of, steps, told } = await prepared();
    const { repair, work } = await service.repair(asking({ options: SLOW }), QUIET);
    await steps(repair, 9);
    const counted = told.flatMap(({ progress }) => (progress ? [progress] : []));
    assert.ok(counted.some(({ part, done, total }) => part === 'held-out' && done < total));
    assert.ok(counted.every(({ left }) => left === undefined || left >= 0));
    assert.equal((await of(repair)).progress, undefined, 'a step ends it');
    assert.ok((await of(repair)).notes.includes('Known before the first step.'));
    await service.cancel({ run: run(), work }, QUIET);
    for (let i = 0; i < EACH; i++) writeFileSync(folder.at(`images/dark/${i}.png`), 'another');
    await service.goOn({ run: run(), repair, device: 'cpu' }, QUIET);
    await until('it says why', async () => /not the image that/.test((await of(repair)).reason ?? ''));
    await service.finishRepair({ run: run(), repair }, QUIET);
    await until('it is written', () => existsSync(output()));
  });

  it('go on after the engine has died, and after the runner was closed, to the same bytes', async () => {
    const first = await prepared();
    const whole = await first.service.repair(asking({ output: output('whole.onnx'), options: LONG }), QUIET);
    await first.reaches(whole.repair, 'done');
    folder.write('new.onnx.deadly', 'x');
    const { repair } = await first.service.repair(asking({ options: LONG }), QUIET);
    await first.steps(repair, 7);
    await first.runner.dispose();

    const second = await open();
    assert.equal((await second.of(repair)).state, 'interrupted');
    assert.ok((await second.of(repair)).epochs.length >= 2);
    await second.service.goOn({ run: run(), repair, device: 'cpu' }, QUIET);
    await second.reaches(repair, 'done');
    assert.deepEqual(readFileSync(output()), readFileSync(output('whole.onnx')));
    const [one, other] = [await second.of(repair), await second.of(whole.repair)];
    assert.deepEqual([one.epochs, one.best], [other.epochs, other.best]);
  });

  it('finish with the best so far, also after they were interrupted; what is removed leaves nothing to go on with', async () => {
    const first = await prepared();
    const other = output('other.onnx');
    const { repair } = await first.service.repair(asking({ options: SLOW }), QUIET);
    await first.steps(repair, 5);
    await first.service.finishRepair({ run: run(), repair }, QUIET);
    await first.reaches(repair, 'done');
    assert.ok(existsSync(output()) && (await first.of(repair)).best! >= 1);
    const next = await first.service.repair(asking({ options: SLOW, output: other }), QUIET);
    await first.steps(next.repair, 5);
    await first.runner.dispose();

    const second = await open();
    await second.service.finishRepair({ run: run(), repair: next.repair }, QUIET);
    await second.reaches(next.repair, 'done');
    assert.ok(existsSync(other));

    const gone = output('gone.onnx');
    const last = await second.service.repair(asking({ options: SLOW, output: gone }), QUIET);
    await second.steps(last.repair, 2);
    assert.ok(existsSync(`${gone}.training`));
    writeFileSync(`${gone}.training/own.txt`, 'of the user');
    await second.service.removeRepair({ run: run(), repair: last.repair }, QUIET);
    assert.deepEqual(
      [existsSync(`${gone}.training/training.state`), existsSync(`${gone}.training/own.txt`)],
      [false, true],
    );
    assert.equal((await second.repairs()).length, 2);
  });

  it('that can not begin say why in one line', async () => {
    const { service, repairs, steps } = await prepared();
    folder.write('there.onnx', 'x');
    const fails = async (more: Partial<RepairChoice>, code: string, message: RegExp) => {
      const thrown = await service.repair(asking(more), QUIET).then(
        () => assert.fail('it began'),
        (error: { code: string; message: string }) => error,
      );
      assert.deepEqual([thrown.code, message.test(thrown.message)], [code, true], thrown.message);
      assert.ok(!thrown.message.includes('\n'));
    };
    await fails({ train: 'colour = red' }, 'query-invalid', /^training images: query, at character 1/);
    await fails({ heldOut: 'tag =' }, 'query-invalid', /^held-out images: query/);
    await fails({ train: 'path ~ "dark"', heldOut: 'path ~ "light"' }, 'not-trainable', /one class \(dark\)/);
    await fails({ train: 'path ~ "other"' }, 'not-trainable', /no image to train on is left.*no class of the model/);
    await fails({ heldOut: 'path ~ "nothing"' }, 'not-trainable', /no image to hold out/);
    await fails({ output: folder.at('there.onnx') }, 'output-taken', /there\.onnx.*name another/);
    await fails({ output: folder.at('there.txt') }, 'bad-option', /\.onnx/);
    assert.deepEqual(await repairs(), []);
    const { repair } = await service.repair(asking({ options: SLOW }), QUIET);
    await fails({}, 'output-taken', /another training that writes there/);
    await steps(repair, 1);
    await service.removeRepair({ run: run(), repair }, QUIET);
  });
});
