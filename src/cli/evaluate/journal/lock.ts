/**
 * One process at a time writes to a report: its lock is a file that names the process.
 *
 * Three rules, from which it follows that a process that runs never loses a lock:
 *
 * 1. A lock appears with its content and only where none is (a hard link), and no two locks have the same content.
 * 2. A lock is removed by its owner. Nobody else does so while the owner may run.
 * 3. The lock of an owner that has ended is removed by whoever holds the lock of that removal, a file named after the lock's
 *    content, and has seen the lock with that content since it got this right.
 *
 * Let P be about to remove the lock R of an owner that has ended. By 3 it holds R's removal, by these same rules alone. So
 * nobody else removes R, and by 1 no other lock can have come in its place since P has seen R: what P removes is R. Two that
 * find the same lock at once, one of them slowly, so never remove the lock that the faster one has made in between. P is in
 * turn not protected from its own end; then its right passes on as any lock does.
 */
import { createHash, randomUUID } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as v from 'valibot';
import { errors, reasonOf } from '../../../core/errors';
import { fields, lenient, readJson } from '../../../core/schema';
import { mayRun, ownId, type ProcessId } from './owner';

/** Milliseconds after which somebody else's removal of a left lock is not waited for any more; it takes one or two. */
const PATIENCE = 5000;
const PAUSE = 5;

/**
 * The lock of a process that has ended without removing it counts for nothing.
 *
 * @param file of the lock, in a folder that exists
 * @returns removes the lock
 * @throws evaluation-running, output-unwritable
 */
export async function lock(file: string): Promise<() => void> {
  const content = `${JSON.stringify({ ...ownId(), key: randomUUID() })}\n`;
  const end = performance.now() + PATIENCE;
  for (;;) {
    const found = claim(file, content);
    if (found === 'held') {
      removeLeft(file);
      return () => remove(file);
    }
    if (found.mayRun || performance.now() > end) throw errors.evaluationRunning(file, nameOf(found.owner));
    await pause(PAUSE);
  }
}

interface Other {
  /** Undefined if the lock does not say. */
  readonly owner: ProcessId | undefined;
  /** False: its lock is being removed. */
  readonly mayRun: boolean;
}

/** Makes the lock where there is none or a left one. */
function claim(file: string, content: string): 'held' | Other {
  for (;;) {
    if (create(file, content)) return 'held';
    const there = read(file);
    if (there === undefined) continue;
    if (there === content) return 'held';
    const owner = ownerOf(there);
    if (!owner || mayRun(owner)) return { owner, mayRun: true };
    const removal = `${file}.${createHash('sha256').update(there).digest('hex').slice(0, 16)}`;
    const others = claim(removal, content);
    if (others !== 'held') return { owner, mayRun: false };
    if (read(file) === there) remove(file);
    remove(removal);
  }
}

/** @returns false if the file is there already */
function create(file: string, content: string): boolean {
  const draft = `${file}.${process.pid}.${randomUUID()}`;
  try {
    writeFileSync(draft, content, { flag: 'wx' });
    linkSync(draft, file);
    return true;
  } catch (thrown) {
    const { code, syscall } = thrown as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (syscall !== 'link') throw errors.outputUnwritable(file, reasonOf(thrown));
    return createUnlinked(file, content);
  } finally {
    remove(draft);
  }
}

/** Where there are no hard links, the content follows at once; a lock without any is taken for one that is held. */
function createUnlinked(file: string, content: string): boolean {
  try {
    writeFileSync(file, content, { flag: 'wx' });
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw errors.outputUnwritable(file, reasonOf(thrown));
  }
}

/** Undefined if there is none. */
function read(file: string): string | undefined {
  try {
    // A named pipe must not be waited for.
    const handle = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      return fstatSync(handle).isFile() ? readFileSync(handle, 'utf8') : '';
    } finally {
      closeSync(handle);
    }
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw errors.outputUnwritable(file, reasonOf(thrown));
  }
}

const remove = (file: string) => rmSync(file, { force: true, maxRetries: 5 });

const PID = v.pipe(v.number(), v.integer(), v.minValue(1));
const OWNER = v.union([
  fields({ pid: PID, host: lenient(v.string()), start: lenient(v.string()) }),
  // An id alone is a lock too.
  v.pipe(
    PID,
    v.transform((pid) => ({ pid, host: undefined, start: undefined })),
  ),
]);

/** Undefined where the content does not say. */
function ownerOf(content: string): ProcessId | undefined {
  const owner = readJson(OWNER, content);
  return 'value' in owner ? owner.value : undefined;
}

function nameOf(owner: ProcessId | undefined): string {
  if (!owner) return 'another process';
  return owner.host === undefined || owner.host === ownId().host
    ? `process ${owner.pid}`
    : `process ${owner.pid} of ${owner.host.split(' ')[0]}`;
}

/** What processes left that were killed while they took the lock; while it is held, nobody can need that. */
function removeLeft(file: string): void {
  const folder = path.dirname(file);
  for (const name of readdirSync(folder)) {
    const [, pid] = /^\.(\d+)\./.exec(name.slice(path.basename(file).length)) ?? [];
    if (!name.startsWith(`${path.basename(file)}.`)) continue;
    // A draft may be empty, but its name tells whose it is.
    const owner = ownerOf(read(path.join(folder, name)) ?? '') ?? ownerOf(pid ?? '');
    if (owner && !mayRun(owner)) remove(path.join(folder, name));
  }
}
