import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { errors } from '../../../src/core/errors';
import { lock } from '../../../src/files/lock/lock';
import { testFolder } from '../../support/folder';
import type { Attempt } from './lock.entry';

const ROUNDS = 300;
const PROCESSES = 4;
/** A process is killed in one round of so many. */
const KILLS = 20;

describe('lock of a report', () => {
  const take = () => lock(file(), (owner) => errors.evaluationRunning(file(), owner));
  const folder = testFolder();
  const file = () => folder.at('journal.lock');
  const inside = () => folder.at('inside');
  const children = new Set<ChildProcess>();

  const start = () => {
    const child = fork(path.join(__dirname, 'lock.entry.js'), [file(), inside()]);
    children.add(child);
    return child;
  };
  const killed = async (child: ChildProcess) => {
    const exit = once(child, 'exit');
    if (child.kill('SIGKILL')) await exit;
    children.delete(child);
    return child.pid!;
  };
  const held = async (child: ChildProcess) => {
    child.send(60_000);
    while (!existsSync(inside())) await pause(1);
  };
  const attempt = (child: ChildProcess, milliseconds: number) =>
    new Promise<Attempt | 'killed'>((resolve) => {
      const answered = (answer: unknown) => end(answer as Attempt);
      const exited = () => end('killed');
      child.once('message', answered).once('exit', exited).send(milliseconds);
      function end(answer: Attempt | 'killed') {
        child.off('message', answered).off('exit', exited);
        resolve(answer);
      }
    });
  const isRunning = (owner: RegExp) => (error: Error & { code: string }) => {
    assert.equal(error.code, 'evaluation-running');
    assert.match(error.message, owner);
    return true;
  };

  afterEach(async () => {
    for (const child of children) await killed(child);
  });

  it(`never has two holders in ${ROUNDS} rounds of ${PROCESSES} processes, whatever ended ones left`, async () => {
    const first = start();
    await held(first);
    const left = readFileSync(file(), 'utf8');
    const ended = await killed(first);
    rmSync(inside());
    const reused = JSON.stringify({ ...JSON.parse(left), pid: process.pid });
    const old = String(ended);
    const kinds = [undefined, left, reused, old];

    const processes = Array.from({ length: PROCESSES }, start);
    const dead = new Set<number>();
    let [locks, together] = [0, 0];
    for (let round = 0; round < ROUNDS; round++) {
      rmSync(file(), { force: true });
      rmSync(inside(), { force: true });
      const content = kinds[round % kinds.length];
      if (content !== undefined) folder.write('journal.lock', content);
      const victim = round % KILLS === 0 ? processes.shift()! : undefined;
      const attempts = [...processes, ...(victim ? [victim] : [])].map((child) => attempt(child, 2 * Math.random()));
      if (victim) {
        await pause(Math.random() * 4);
        dead.add(await killed(victim));
        processes.push(start());
      }
      const answers = await Promise.all(attempts);
      assert.ok(answers.filter((answer) => answer === 'killed').length <= (victim ? 1 : 0), 'one failed');
      const got = answers.filter((answer) => answer === 'held').length;
      assert.ok(victim || got > 0, `nobody got it in round ${round}: ${answers}`);
      together += answers.filter((answer) => typeof answer === 'object' && !dead.has(answer.with)).length;
      locks += got;
    }
    assert.equal(together, 0, `${together} of ${locks} locks were held by two`);
    const unlock = await take();
    assert.deepEqual(readdirSync(folder.at()), ['journal.lock'], 'ended processes left something');
    unlock();
    assert.deepEqual(readdirSync(folder.at()), []);
  });

  it('is kept by a process that runs, this one too, and names it', async () => {
    const other = start();
    await held(other);
    await assert.rejects(take(), isRunning(new RegExp(`journal\\.lock: process ${other.pid} is writing`)));
    await killed(other);
    const unlock = await take();
    await assert.rejects(take(), isRunning(new RegExp(`process ${process.pid} is`)));
    unlock();
    assert.ok(!existsSync(file()));
  });

  it('is taken over again where a process ended while it took one over', async () => {
    const first = start();
    await held(first);
    await killed(first);
    rmSync(inside());
    // This process is about to remove what the first one left, and ends there: its right is what it holds then.
    const content = readFileSync(file(), 'utf8');
    const removal = `${file()}.${createHash('sha256').update(content).digest('hex').slice(0, 16)}`;
    folder.write(path.basename(removal), JSON.stringify({ ...JSON.parse(content), key: 'another' }));
    const unlock = await take();
    assert.deepEqual(readdirSync(folder.at()), ['journal.lock']);
    unlock();
  });

  it('of another machine, or of nobody known, counts as held', async () => {
    folder.write('journal.lock', JSON.stringify({ pid: 1, host: 'elsewhere', start: '1' }));
    await assert.rejects(take(), isRunning(/process 1 of elsewhere is writing/));
    folder.write('journal.lock', '');
    await assert.rejects(take(), isRunning(/another process is writing/));
  });
});
