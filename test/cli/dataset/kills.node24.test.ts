/** A dataset whose processes are killed again and again ends as if nothing had happened. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { createRandom } from '../../../src/core/random';
import { CIFAR, cifarSubset, RESNET20 } from '../../support/cifar';
import { testFolder } from '../../support/folder';
import { needs, nightly, project } from '../../support/shared';
import { until } from '../../support/wait';
import { childrenOf, succeeds } from './support';

const IMAGES = nightly ? 2000 : 300;
const KILLS = nightly ? 10 : 4;

const descendantsOf = (pid: number): readonly number[] =>
  childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);

function isAlive(pid: number): boolean {
  const file = `/proc/${pid}/status`;
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(file, 'utf8'));
  } catch {
    return false;
  }
}

/** Makes a process and all below it stand still; none if it has ended. A parent that stands still starts no more. */
function stop(child: ChildProcess): readonly number[] {
  if (!child.kill('SIGSTOP')) return [];
  const below = (pid: number): readonly number[] =>
    childrenOf(pid).flatMap((each) => {
      process.kill(each, 'SIGSTOP');
      return [each, ...below(each)];
    });
  return [child.pid!, ...below(child.pid!)];
}

/** Children first: one whose parent has ended may end the others. */
function goOn(stopped: readonly number[]): void {
  for (const pid of stopped.toReversed()) process.kill(pid, 'SIGCONT');
}

/** Rows that are computed; a file that is not there or is just being made has none. */
function doneOf(run: string): number {
  if (!existsSync(run)) return 0;
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(run, { readOnly: true });
    return Number(db.prepare('SELECT count(*) AS done FROM rows').get()!['done']);
  } catch (thrown) {
    assert.match(String(thrown), /no such table|unable to open|locked/);
    return 0;
  } finally {
    db?.close();
  }
}

/** Who is killed: with the command line or the host, what they have started has to end by itself. */
const VICTIMS = ['command line', 'engine of the command line', 'host', 'runner', 'engine of the runner'] as const;
type Victim = (typeof VICTIMS)[number];

describe('cli: a dataset whose processes are killed', () => {
  const folder = testFolder();
  const started: number[] = [];

  const dataset = (images: string, run: string) => [
    'dataset',
    images,
    '--model',
    RESNET20,
    '--run',
    run,
    '--device',
    'cpu',
  ];

  /** What the last process that was started has said of its faults. */
  let said = '';

  function start(victim: Victim, images: string, run: string): ChildProcess {
    const args = victim.includes('command line')
      ? [project('dist', 'group-cam.js'), ...dataset(images, run)]
      : [path.join(__dirname, 'host.entry.js'), run, images, RESNET20];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    return child;
  }

  /** The process that is to be killed; undefined while it is not there. */
  function find(victim: Victim, root: number): number | undefined {
    if (victim === 'command line' || victim === 'host') return root;
    const [first] = childrenOf(root);
    if (victim !== 'engine of the runner') return first;
    return first === undefined ? undefined : childrenOf(first)[0];
  }

  it(`${KILLS} times over ${IMAGES} images is the same as one that was left alone`, async function () {
    needs(this, CIFAR, 'no images');
    needs(this, '/proc/self/task', 'processes are found by Linux');
    const images = cifarSubset(folder.at('images'), IMAGES / 10);
    const [run, whole] = [folder.at('killed.groupcam'), folder.at('whole.groupcam')];
    const random = createRandom(12);
    await succeeds(...dataset(images, whole));

    for (let kill = 0; kill < KILLS; kill++) {
      const victim = VICTIMS[kill % VICTIMS.length]!;
      const goal = ((kill + random.uniform()) * IMAGES) / (KILLS + 2);
      const child = start(victim, images, run);
      let stopped: readonly number[] = [];
      // The processes stand still while their rows are counted, or they would be done before the count is.
      await until(`${goal} rows`, async () => {
        await pause(random.uniform() * 20);
        stopped = stop(child);
        if (stopped.length === 0 || (doneOf(run) >= goal && find(victim, child.pid!))) return true;
        goOn(stopped);
        return false;
      });
      assert.ok(stopped.length > 0, `nothing was left to do for kill ${kill}: ${said}`);
      started.push(...stopped);
      const pid = find(victim, child.pid!)!;
      process.kill(pid, 'SIGKILL');
      goOn(stopped.filter((each) => each !== pid));
      if (victim.includes('engine')) {
        // The work goes on with another engine, until its parent is killed too.
        await until(
          'another engine is there',
          () => child.exitCode !== null || (find(victim, child.pid!) ?? pid) !== pid,
        );
        started.push(...descendantsOf(child.pid!));
        child.kill('SIGKILL');
      } else if (victim === 'runner') {
        child.kill('SIGKILL');
      }
      await until('all processes have ended', () => !started.some(isAlive));
    }

    await succeeds(...dataset(images, run));
    const [killed, alone] = [await succeeds('query', run, '--csv'), await succeeds('query', whole, '--csv')];
    assert.equal(killed.stdout.split('\n').length, IMAGES + 2, 'the header, a line a row, and the end of the last');
    assert.ok(killed.stdout === alone.stdout, difference(killed.stdout, alone.stdout));
  });
});

function difference(a: string, b: string): string {
  const [left, right] = [a.split('\n'), b.split('\n')];
  const at = left.findIndex((line, i) => line !== right[i]);
  return `line ${at + 1}:\n${left[at]}\n${right[at]}`;
}
