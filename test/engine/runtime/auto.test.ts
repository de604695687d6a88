/** What `auto` means, on machines that are tables. */
import { strict as assert } from 'node:assert';
import { readFileSync, writeFileSync } from 'node:fs';
import { errors } from '../../../src/core/errors';
import { createDevices, type Machine } from '../../../src/engine/runtime/devices';
import { type Race, raceMemory } from '../../../src/engine/runtime/race';
import type { Device } from '../../../src/protocol/devices';
import { testFolder } from '../../support/folder';

const output = Float32Array.of(1, 2, 3);

interface Gpu {
  readonly milliseconds?: number;
  readonly output?: Float32Array;
}

/** A machine where the CPU takes 10 ms for the small network, and each of `gpus` what is said of it; 1 ms by default. */
function machine(gpus: Readonly<Partial<Record<Device, Gpu>>>, more: Partial<Machine> = {}): Machine {
  return {
    hasGraphics: () => true,
    whyMissing: async (device) => (gpus[device] ? undefined : 'not here'),
    trial: async (device) =>
      device === 'cpu' ? { output, milliseconds: 10 } : { output, milliseconds: 1, ...gpus[device] },
    cards: 0,
    signature: async () => 'driver 1, onnxruntime 1',
    memory: raceMemory(undefined),
    ...more,
  };
}

const device = async (chosen: Device) => chosen;

/** A race on a model for which each device takes what is said of it. */
function racing(times: Readonly<Partial<Record<Device, number | Error>>>, model = 'model 1') {
  const ran: Device[] = [];
  const time = async (rival: Device) => {
    ran.push(rival);
    const taken = times[rival];
    if (typeof taken !== 'number') throw taken ?? new Error(`${rival} must not race`);
    return taken;
  };
  return { ran, race: async (): Promise<Race> => ({ model, time }) };
}

describe('auto', () => {
  describe('without a model', () => {
    for (const [what, gpus, more, expected] of [
      ['a faster device is used', { webgpu: {} }, {}, 'webgpu'],
      ['a slower one is not', { webgpu: { milliseconds: 11 } }, {}, 'cpu'],
      ['one that computes something else is not', { webgpu: { output: Float32Array.of(1, 2, 4) } }, {}, 'cpu'],
      ['one that is missing is not', {}, {}, 'cpu'],
      ['none is tried where the system shows none', { webgpu: {} }, { hasGraphics: () => false }, 'cpu'],
    ] as const) {
      it(what, async () => assert.equal(await createDevices(machine(gpus, more)).run('auto', device), expected));
    }
  });

  describe('with a model', () => {
    const failing = errors.runtimeFailed('model.onnx', 'device lost');
    for (const [what, gpus, times, expected, raced] of [
      ['the CPU wins where it is faster', { cuda: {} }, { cpu: 5, cuda: 6 }, 'cpu', ['cpu', 'cuda']],
      ['the card wins where it is faster', { cuda: {} }, { cpu: 5, cuda: 4 }, 'cuda', ['cpu', 'cuda']],
      [
        'the fastest of several wins, not the first',
        { cuda: {}, webgpu: {} },
        { cpu: 5, cuda: 4, webgpu: 3 },
        'webgpu',
        ['cpu', 'cuda', 'webgpu'],
      ],
      [
        'a card that is slower with the small network takes part',
        { cuda: { milliseconds: 30 } },
        { cpu: 50, cuda: 4 },
        'cuda',
        ['cpu', 'cuda'],
      ],
      ['a device in software does not', { webgpu: { milliseconds: 41 } }, {}, 'cpu', []],
      [
        'one that computes something else does not',
        { cuda: { output: Float32Array.of(1, 2, 4) }, webgpu: {} },
        { cpu: 5, webgpu: 4 },
        'webgpu',
        ['cpu', 'webgpu'],
      ],
      [
        'one that fails with the model loses',
        { cuda: {}, webgpu: {} },
        { cpu: 5, cuda: failing, webgpu: 4 },
        'webgpu',
        ['cpu', 'cuda', 'webgpu'],
      ],
    ] as const) {
      it(what, async () => {
        const { ran, race } = racing(times);
        assert.equal(await createDevices(machine(gpus)).run('auto', device, race), expected);
        assert.deepEqual(ran, raced);
      });
    }

    it('a failure on the CPU is the model’s, and is passed on', async () => {
      const { race } = racing({ cpu: failing });
      await assert.rejects(createDevices(machine({ cuda: {} })).run('auto', device, race), { code: 'runtime-failed' });
    });

    it('races once for each model', async () => {
      const devices = createDevices(machine({ cuda: {} }));
      const [first, second] = [racing({ cpu: 5, cuda: 4 }), racing({ cpu: 5, cuda: 6 }, 'model 2')];
      for (const { race } of [first, second, first, second]) await devices.run('auto', device, race);
      assert.deepEqual(
        [first.ran, second.ran],
        [
          ['cpu', 'cuda'],
          ['cpu', 'cuda'],
        ],
      );
      assert.equal(await devices.run('auto', device, first.race), 'cuda');
      assert.equal(await devices.run('auto', device, second.race), 'cpu');
    });

    describe('remembers the winner', () => {
      const { at } = testFolder();
      const file = () => at('devices.json');
      const run = async (model: string, signature: string, kind: 'cuda' | 'webgpu' = 'cuda') => {
        const { ran, race } = racing({ cpu: 5, [kind]: 4 }, model);
        const more = { signature: async () => signature, memory: raceMemory(at()) };
        assert.equal(await createDevices(machine({ [kind]: {} }, more)).run('auto', device, race), kind);
        return ran.length > 0;
      };

      it('by model, driver, runtime and devices, over processes', async () => {
        assert.equal(await run('model 1', 'driver 1'), true);
        assert.equal(await run('model 1', 'driver 1'), false);
        assert.equal(await run('model 2', 'driver 1'), true, 'another model');
        assert.equal(await run('model 1', 'driver 2'), true, 'another driver');
        assert.equal(await run('model 1', 'driver 1', 'webgpu'), true, 'another device');
        assert.equal(await run('model 1', 'driver 1'), false);
      });

      it('and races again if the file is damaged', async () => {
        assert.equal(await run('model 1', 'driver 1'), true);
        assert.equal(JSON.parse(readFileSync(file(), 'utf8')).length, 1);
        writeFileSync(file(), '[{"key": 3}]');
        assert.equal(await run('model 1', 'driver 1'), true);
        assert.equal(await run('model 1', 'driver 1'), false);
      });
    });
  });

  it('a slow device is used when it is named', async () => {
    const slow = machine({ webgpu: { milliseconds: 100 } });
    assert.equal(await createDevices(slow).run('webgpu', device), 'webgpu');
  });

  it('the CPU takes over from a device that fails, for good', async () => {
    const devices = createDevices(machine({ webgpu: {} }));
    const tried: Device[] = [];
    const task = async (chosen: Device) => {
      tried.push(chosen);
      if (chosen !== 'cpu') throw errors.runtimeFailed('model.onnx', 'device lost');
      return chosen;
    };
    const { race } = racing({ cpu: 5, webgpu: 4 });
    assert.equal(await devices.run('auto', task, race), 'cpu');
    assert.equal(await devices.run('auto', task, race), 'cpu');
    assert.deepEqual(tried, ['webgpu', 'cpu', 'cpu']);
    await assert.rejects(devices.run('webgpu', task), { code: 'device-unavailable', message: /device lost/ });
  });

  it('a failure that has nothing to do with the device is passed on', async () => {
    const failing = createDevices(machine({ webgpu: {} })).run('auto', async () => {
      throw errors.unknownClass('x');
    });
    await assert.rejects(failing, { code: 'unknown-class' });
  });

  describe('a report', () => {
    it('says why a device failed, and names it once', async () => {
      const trial = () => Promise.reject(errors.deviceUnavailable('webgpu', 'no (adapter)'));
      const report = await createDevices(machine({ webgpu: {} }, { hasGraphics: () => false, trial })).report();
      assert.equal(report.find(({ device: one }) => one === 'webgpu')!.detail, 'no (adapter)');
    });

    it('lists the cards that are there, and what auto may take', async () => {
      const report = await createDevices(machine({ cuda: {}, 'cuda:1': {} }, { cards: 2 })).report();
      const details = Object.fromEntries(report.map(({ device: one, detail }) => [one, detail]));
      assert.equal(details['cuda:1'], '10 times as fast as the CPU on a small network');
      assert.equal('cuda:2' in details, false);
      assert.equal(details['auto'], 'cpu, or cuda where that is faster with the model');
    });
  });

  it('a card by its number is used when it is named, and refused where it is none', async () => {
    const devices = createDevices(machine({ cuda: {}, 'cuda:1': {} }));
    assert.equal(await devices.run('cuda:1', device), 'cuda:1');
    await assert.rejects(devices.run('cuda:2', device), { code: 'device-unavailable', message: /not here/ });
  });
});
