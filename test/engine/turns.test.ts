import { strict as assert } from 'node:assert';
import { setImmediate } from 'node:timers/promises';
import { createTurns, type Turn } from '../../src/engine/turns';

/** What a task waits for until the test lets it go on. */
function gate() {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

describe('turns', () => {
  const idle = { aborted: false };

  it('come one after the other', async () => {
    const turns = createTurns();
    const log: string[] = [];
    const task = (name: string) => async () => {
      log.push(`${name} starts`);
      await setImmediate();
      log.push(`${name} ends`);
    };
    await Promise.all([turns.take('one', idle, task('a')), turns.take('two', idle, task('b'))]);
    assert.deepEqual(log, ['a starts', 'a ends', 'b starts', 'b ends']);
  });

  it('are not taken by a request that was cancelled while it waited', async () => {
    const turns = createTurns();
    const controller = new AbortController();
    const { promise, resolve } = gate();
    const first = turns.take('one', idle, () => promise);
    const second = turns.take('two', controller.signal, () => assert.fail('it ran'));
    controller.abort();
    resolve();
    await assert.rejects(second, { code: 'cancelled' });
    await first;
  });

  it('tell the running request that a newer one of its view waits', async () => {
    const turns = createTurns();
    const seen: boolean[] = [];
    const { promise, resolve } = gate();
    const older = turns.take('one', idle, async ({ signal }) => {
      seen.push(signal.aborted);
      await promise;
      seen.push(signal.aborted);
    });
    await setImmediate();
    const newer = turns.take('one', idle, async ({ signal }) => seen.push(signal.aborted));
    resolve();
    await Promise.all([older, newer]);
    assert.deepEqual(seen, [false, true, false]);
  });

  it('are idle once none runs or waits, whether they succeeded or not', async () => {
    const turns = createTurns();
    const log: string[] = [];
    const failing = turns.take('one', idle, async () => {
      await setImmediate();
      log.push('failed');
      throw new Error('no');
    });
    const all = turns.idle().then(() => log.push('idle'));
    const later = turns.take('two', idle, () => setImmediate().then(() => log.push('done')));
    await assert.rejects(failing);
    await Promise.all([all, later]);
    assert.deepEqual(log, ['failed', 'done', 'idle']);
  });

  /** A task of several chunks, which logs each; `before` is called before a chunk. */
  const inChunks =
    (log: string[], name: string, count: number, before: (chunk: number) => unknown = () => {}) =>
    async ({ signal, pause }: Turn) => {
      for (let chunk = 1; chunk <= count; chunk++) {
        await before(chunk);
        await pause();
        if (signal.aborted) throw new Error(`${name} is cancelled`);
        log.push(`${name}${chunk}`);
      }
    };

  it('of the view that is looked at come before those that have begun, which go on afterwards', async () => {
    const turns = createTurns();
    const log: string[] = [];
    const told: boolean[] = [];
    let asked: Promise<void> | undefined;
    turns.attend('hidden');
    const before = (chunk: number) => {
      if (chunk !== 2) return;
      turns.attend('shown');
      asked = turns.take('shown', idle, inChunks(log, 'b', 2));
    };
    await turns.take('hidden', idle, inChunks(log, 'a', 3, before), { waits: (is) => told.push(is) });
    await asked;
    assert.deepEqual(log, ['a1', 'b1', 'b2', 'a2', 'a3']);
    assert.deepEqual(told, [true, false]);
  });

  it('are not said to be waited for where the view itself has something before', async () => {
    const turns = createTurns();
    const log: string[] = [];
    const told: string[] = [];
    const asked: Promise<unknown>[] = [];
    turns.attend('a');
    const waits = (name: string) => ({ waits: (is: boolean) => told.push(`${name} ${is ? 'waits' : 'goes on'}`) });
    const before = (chunk: number) => {
      if (chunk !== 2) return;
      asked.push(turns.take('b', idle, inChunks(log, 'b', 1), waits('b')));
      asked.push(turns.take('a', idle, inChunks(log, 'newer', 1), waits('newer')));
    };
    await assert.rejects(turns.take('a', idle, inChunks(log, 'older', 2, before), waits('older')));
    await Promise.all(asked);
    assert.deepEqual(log, ['older1', 'newer1', 'b1']);
    assert.deepEqual(told, ['b waits', 'b goes on']);
  });

  it('change hands whenever the user looks at another view', async () => {
    const turns = createTurns();
    const log: string[] = [];
    const attending = (view: string, at: number) => (chunk: number) => chunk === at && turns.attend(view);
    turns.attend('a');
    await Promise.all([
      turns.take('a', idle, inChunks(log, 'a', 4, attending('b', 3))),
      turns.take('b', idle, inChunks(log, 'b', 3, attending('a', 2))),
    ]);
    assert.deepEqual(log, ['a1', 'a2', 'b1', 'a3', 'a4', 'b2', 'b3']);
  });

  it('are the explanation’s first in one view, but a measurement’s before an explanation elsewhere', async () => {
    const turns = createTurns();
    const log: string[] = [];
    turns.attend('shown');
    const tasks = [
      turns.take('hidden', idle, inChunks(log, 'hidden', 1)),
      turns.take('shown', idle, inChunks(log, 'check', 1), { kind: 'check' }),
      turns.take('shown', idle, inChunks(log, 'measurement', 1), { kind: 'measurement' }),
      turns.take('shown', idle, inChunks(log, 'explanation', 1)),
    ];
    await Promise.all(tasks);
    assert.deepEqual(log, ['explanation1', 'measurement1', 'check1', 'hidden1']);
  });

  it('are equal where nobody looks: the earlier one ends before the later one begins', async () => {
    const turns = createTurns();
    const log: string[] = [];
    await Promise.all(['a', 'b'].map((view) => turns.take(view, idle, inChunks(log, view, 2))));
    assert.deepEqual(log, ['a1', 'a2', 'b1', 'b2']);
  });

  it('end what was cancelled in a pause before anything else is done', async () => {
    const turns = createTurns();
    const log: string[] = [];
    const controller = new AbortController();
    let shown: Promise<void> | undefined;
    const hidden = turns.take(
      'hidden',
      controller.signal,
      inChunks(log, 'a', 2, (chunk) => {
        if (chunk !== 2) return;
        turns.attend('shown');
        shown = turns.take(
          'shown',
          idle,
          inChunks(log, 'b', 3, (of) => of === 2 && controller.abort()),
        );
      }),
    );
    hidden.catch(() => log.push('a ends'));
    await assert.rejects(hidden, { message: 'a is cancelled' });
    await shown;
    assert.deepEqual(log, ['a1', 'b1', 'a ends', 'b2', 'b3']);
  });

  it('tell a task how long it was held up', async () => {
    const turns = createTurns();
    let [alone, heldUp] = [-1, -1];
    await turns.take('a', idle, async ({ pause, paused }) => {
      await pause();
      alone = paused();
      turns.attend('b');
      void turns.take('b', idle, () => setImmediate());
      await pause();
      heldUp = paused();
    });
    assert.equal(alone, 0);
    assert.ok(heldUp > 0);
  });
});
