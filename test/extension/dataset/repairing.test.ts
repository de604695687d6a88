import assert from 'node:assert/strict';
import { outputFault, proposedOutput } from '../../../src/extension/dataset/repair/output';
import { createIntents } from '../../../src/extension/dataset/run/intents';
import { type RepairInfo, trainingDefaults } from '../../../src/protocol/training';
import { until } from '../../support/wait';
import { fakeRunner } from './fake-runner';
import { follows, memory, RUN, start } from './started';

const CHOICE = {
  ...{
    train: '',
    heldOut: '',
    options: trainingDefaults('head'),
    pasted: true,
    watched: [],
    output: '/w/net-repaired.onnx',
  },
};
const repair = (state: RepairInfo['state'], rest: Partial<RepairInfo> = {}): RepairInfo => ({
  ...CHOICE,
  ...{ repair: 3, version: 1, state, images: { train: 8, heldOut: 2 }, epochs: [], losses: [], notes: [] },
  ...rest,
});

describe('the repairs of a session', () => {
  const begin = async () => {
    const runner = fakeRunner({ repair: () => ({ work: 5, repair: 3 }), goOn: () => ({ work: 6 }) });
    const intents = createIntents(memory());
    const started = start(runner, intents);
    await follows(runner);
    await started.session.ask({ name: 'repair', params: { version: 1, ...CHOICE } });
    return { runner, ...started };
  };
  const wanted = (intents: ReturnType<typeof createIntents>) => intents.of(RUN, 'repair');

  it('begin with the device of the settings, are told to pages, and are wanted until they are over', async () => {
    const { runner, intents, told, session } = await begin();
    assert.deepEqual(runner.asked.at(-1), ['repair', { run: RUN, version: 1, ...CHOICE, device: 'cpu' }]);
    assert.deepEqual(wanted(intents), [3]);
    runner.tell('repair', repair('running', { work: 5 }));
    assert.deepEqual(told.at(-1), { type: 'repair', repair: repair('running', { work: 5 }) });
    assert.equal(session.repairs.get(3)?.state, 'running');
    runner.tell('repair', repair('done', { added: 2 }));
    assert.deepEqual(wanted(intents), []);
    assert.deepEqual(intents.of(RUN), [2], 'the sweep of the new version is wanted');
  });

  it('go on in the next process of the runner, if they were interrupted', async () => {
    const { runner, intents } = await begin();
    runner.answers.repairs = () => [repair('interrupted'), repair('interrupted', { repair: 4 })];
    runner.end();
    await until('it goes on', () => runner.asked.some(([name]) => name === 'goOn'));
    const asked = runner.asked.filter(([name]) => name === 'goOn');
    assert.deepEqual(asked, [['goOn', { run: RUN, repair: 3, device: 'cpu' }]]);
    assert.deepEqual(wanted(intents), [3]);
  });

  it('that were paused or cancelled wait for the user, and are wanted again when they go on', async () => {
    const { runner, intents, session } = await begin();
    await session.ask({ name: 'cancel', params: { work: 5 } });
    runner.tell('repair', repair('interrupted'));
    assert.deepEqual(wanted(intents), []);
    await session.ask({ name: 'goOn', params: { repair: 3 } });
    assert.deepEqual(wanted(intents), [3]);
    runner.tell('repair', repair('paused', { work: 6 }));
    assert.deepEqual(wanted(intents), []);
    await session.ask({ name: 'resume', params: { work: 6 } });
    assert.deepEqual(wanted(intents), [3]);
  });

  it('a request is not sent twice, since it may have begun already', async () => {
    const runner = fakeRunner({ repair: () => new Promise<never>(() => {}) });
    const { session } = start(runner);
    await follows(runner);
    const asked = session.ask({ name: 'repair', params: { version: 1, ...CHOICE } });
    await until('the request', () => runner.asked.some(([name]) => name === 'repair'));
    runner.end();
    await assert.rejects(asked);
    assert.equal(runner.asked.filter(([name]) => name === 'repair').length, 1);
  });
});

describe('the file of a repaired model', () => {
  const there = (...files: string[]) => ({
    exists: (file: string) => files.includes(file),
    isFolder: (file: string) => file === '/w',
  });

  it('is proposed beside the model, under a name that is free', () => {
    assert.equal(proposedOutput('/w/net.onnx', there().exists), '/w/net-repaired.onnx');
    assert.equal(proposedOutput('/w/net.onnx', there('/w/net-repaired.onnx').exists), '/w/net-repaired-2.onnx');
    assert.equal(
      proposedOutput('/w/net-repaired.onnx', there('/w/net-repaired.onnx').exists),
      '/w/net-repaired-2.onnx',
    );
  });

  it('is refused in words where it can not be written', () => {
    for (const [file, wanted] of [
      ['', /Choose a file/],
      ['net.onnx', /whole path/],
      ['/w/net.pt', /end in \.onnx/],
      ['/w/net.onnx', /exists already/],
      ['/v/net.onnx', /no folder \/v/],
    ] as const)
      assert.match(outputFault(file, there('/w/net.onnx')) ?? '', wanted);
    assert.equal(outputFault('/w/new.onnx', there()), undefined);
  });
});
