import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync } from 'node:fs';
import path from 'node:path';
import type { EngineState } from '../../src/client/engine';
import { PROTOCOL_VERSION } from '../../src/protocol/requests';
import { until } from '../support/wait';
import { alive, ask, disposeAll, STUB, script, startEngine, stream } from './support';

describe('client: life of the process', () => {
  afterEach(disposeAll);

  it('starts with the first call and goes through its states', async () => {
    const states: EngineState[] = [];
    const engine = startEngine({ onState: (state) => states.push(state) });
    assert.equal(engine.pid, undefined);
    await ask(engine, 'pid');
    await until('the engine is free', () => engine.state === 'ready');
    const pid = engine.pid!;
    engine.dispose();
    assert.deepEqual(states, ['starting', 'busy', 'ready', 'stopped']);
    await until('the process is gone', () => !alive(pid));
  });

  it('shares one process between calls that start together', async () => {
    const engine = startEngine();
    const pids = await Promise.all(Array.from({ length: 10 }, () => ask(engine, 'pid')));
    assert.deepEqual(pids, Array(10).fill(String(engine.pid)));
  });

  it('answers again after it was killed in the middle of a run', async () => {
    const engine = startEngine();
    const frame = () => process.kill(engine.pid!, 'SIGKILL');
    await assert.rejects(engine.call('explain', stream(1000, 2, 5), { on: { frame } }), {
      code: 'engine-crashed',
      message: /\(signal SIGKILL\)/,
    });
    assert.equal(engine.state, 'stopped');
    assert.equal((await engine.call('explain', stream(3))).passes, 3);
  });

  it('waits longer and longer before it restarts an engine that crashes at once', async () => {
    const engine = startEngine({ limits: { backOff: 200 } });
    const waits: number[] = [];
    for (let i = 0; i < 4; i++) {
      const begin = performance.now();
      await assert.rejects(ask(engine, 'exit'), { code: 'engine-crashed' });
      waits.push(performance.now() - begin);
    }
    assert.ok(waits[2]! >= 200 && waits[3]! >= 400, `waits of ${waits}`);
    const controller = new AbortController();
    const call = ask(engine, 'pid', { signal: controller.signal });
    controller.abort();
    await assert.rejects(call, { code: 'cancelled' });
    engine.restart();
    await ask(engine, 'pid');
  });

  it('ends when nobody has called for a while, and starts again', async () => {
    const engine = startEngine({ idleMinutes: 0.005 });
    const first = await ask(engine, 'pid');
    await until('the engine has stopped', () => engine.state === 'stopped');
    await until('the process is gone', () => !alive(Number(first)));
    assert.notEqual(await ask(engine, 'pid'), first);
  });

  it('does not count a running call as idle', async () => {
    const engine = startEngine({ idleMinutes: 0.002 });
    assert.equal((await engine.call('explain', stream(30, 2, 20))).passes, 30);
  });

  it('replaces a process that has made many sessions, once it is free', async () => {
    const engine = startEngine({ limits: { sessions: 5 } });
    const loads = [];
    for (let i = 0; i < 3; i++) loads.push(await ask(engine, 'load a model'));
    assert.equal(new Set(loads).size, 1);
    await until('the process is replaced', () => engine.state === 'stopped');
    assert.notEqual(await ask(engine, 'pid'), loads[0]);

    await Promise.all(Array.from({ length: 3 }, () => ask(engine, 'load a model')));
    const { passes } = await engine.call('explain', stream(20, 2, 5));
    assert.equal(passes, 20, 'a call that is running is finished first');
  });

  it('refuses an engine of another protocol version', async () => {
    const hello = (version: unknown) =>
      script(`process.send({ kind: 'hello', version: ${version} }); setInterval(() => {}, 1000);`);
    const other = startEngine({ module: hello(PROTOCOL_VERSION + 1) });
    const expected = {
      code: 'protocol-version',
      message: new RegExp(`protocol ${PROTOCOL_VERSION + 1}, this side ${PROTOCOL_VERSION}`),
    };
    const call = ask(other, 'pid');
    const pid = other.pid!;
    await assert.rejects(call, expected);
    await until('the process is gone', () => !alive(pid));
    await assert.rejects(ask(startEngine({ module: hello('undefined') }), 'pid'), { code: 'protocol-version' });
  });

  it('runs in another Node executable', async () => {
    const executable = script(`#!/bin/sh\nSTUB_MARKER=other exec "${process.execPath}" "$@"\n`);
    chmodSync(executable, 0o755);
    assert.equal(await ask(startEngine({ executable }), 'marker'), 'other');
    assert.equal(await ask(startEngine(), 'marker'), 'none');
  });

  it("does not pass its own process's flags on", async () => {
    assert.equal(await ask(startEngine(), 'arguments'), '[]');
  });

  for (const [what, executable, reason] of [
    ['does not exist', '/no/such/node', /ENOENT/],
    ['is not executable', STUB, /EACCES/],
    ['is not Node', '/bin/false', /exit code 1/],
  ] as const) {
    it(`names an executable that ${what}`, async () => {
      await assert.rejects(ask(startEngine({ executable }), 'pid'), (error: Error & { code: string }) => {
        assert.equal(error.code, 'engine-start');
        assert.ok(error.message.startsWith(`${executable}: `), error.message);
        assert.match(error.message, reason);
        return true;
      });
    });
  }

  it('names the error of an engine that crashes at its start', async () => {
    const module = script('require("no-such-module")');
    const engine = startEngine({ module });
    await assert.rejects(ask(engine, 'pid'), {
      code: 'engine-start',
      message: /exit code 1: Error: Cannot find module 'no-such-module'/,
    });
    assert.match(engine.log.join('\n'), /Require stack/);
  });

  it('does not blame the executable if something kills the engine during its start', async () => {
    const engine = startEngine({ module: script('process.kill(process.pid, "SIGKILL")') });
    await assert.rejects(ask(engine, 'pid'), (error: Error & { code: string }) => {
      assert.equal(error.code, 'engine-crashed');
      assert.match(error.message, /signal SIGKILL/);
      assert.doesNotMatch(error.message, /nodePath/);
      return true;
    });
  });

  it('notices at once that the engine has closed its channel, though it goes on', async () => {
    const engine = startEngine({ module: script('process.disconnect(); setInterval(() => {}, 1000)') });
    const call = ask(engine, 'pid');
    const pid = engine.pid!;
    await assert.rejects(call, { code: 'engine-crashed', message: /its channel closed/ });
    await until('the process is gone', () => !alive(pid));
  });

  it('gives up an engine that never says a word', async () => {
    const engine = startEngine({ module: script('setInterval(() => {}, 1000)'), limits: { start: 300 } });
    const call = ask(engine, 'pid');
    const pid = engine.pid!;
    await assert.rejects(call, { code: 'engine-start', message: /no answer within/ });
    await until('the process is gone', () => !alive(pid));
  });

  it('fails running calls with cancelled when it is restarted or disposed of', async () => {
    const engine = startEngine();
    for (const end of [engine.restart, engine.dispose]) {
      const pid = Number(await ask(engine, 'pid'));
      const call = ask(engine, 'never');
      end();
      await assert.rejects(call, { code: 'cancelled' });
      await until('the process is gone', () => !alive(pid));
    }
    await assert.rejects(ask(engine, 'pid'), { code: 'cancelled' });
    assert.equal(engine.pid, undefined);
  });

  it('leaves no orphan when its parent is killed', async () => {
    const parent = spawn(process.execPath, [path.join(__dirname, 'parent.entry.js'), STUB]);
    const pid = await new Promise<number>((resolve) => parent.stdout.once('data', (data) => resolve(Number(data))));
    assert.ok(alive(pid));
    parent.kill('SIGKILL');
    await until('the engine has ended', () => !alive(pid));
  });

  it('is ended when it holds more memory than it may, in the middle of a run, and starts again', async () => {
    const engine = startEngine({ memory: 400 * 2 ** 20 });
    const pid = Number(await ask(engine, 'pid'));
    await assert.rejects(ask(engine, 'take a gigabyte'), {
      code: 'out-of-memory',
      message:
        'saveSidecar of take a gigabyte: the engine was ended, as it held more than 0.4 GiB of memory. Use a smaller model, or raise the setting groupCam.engineMemory (on the command line the variable GROUP_CAM_MEMORY).',
    });
    await until('the process is gone', () => !alive(pid));
    assert.notEqual(Number(await ask(engine, 'pid')), pid);
  });

  it('says what it is for when it is started by hand', () => {
    assert.throws(() => execFileSync(process.execPath, [STUB], { stdio: 'pipe' }), /On a command line use group-cam/);
  });
});
