/**
 * Ensures that only one process at a time writes to something, such as a report. The lock is a file that names the process.
 *
 * A running process never loses its lock. This follows from three rules:
 *
 * 1. A lock is created together with its content and only if there is none (by a hard link), and no two locks have the
 * same content.
 * 2. A lock is removed by its owner. No other process removes it while the owner may be running.
 * 3. To remove the lock of an owner that has ended, a process must hold a second lock for this removal, a file named
 * after the first lock's content, and must then have seen the first lock with that content.
 *
 * Proof: let P be about to remove the lock R of an owner that has ended. By rule 3, P holds the lock for R's removal,
 * for which the same rules hold. So no other process removes R, and by rule 1 no other lock can have replaced R since P
 * has seen it. Hence P removes R and no other lock. In particular, if two processes find the same old lock and one of
 * them is slow, it does not remove the new lock of the faster one. If P itself ends, the lock for the removal is
 * treated like any lock of an ended owner.
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
import { type ExplainError, errors, reasonOf } from '../../core/errors';
import { fields, lenient, readJson } from '../../core/schema';
import { isAbsent } from '../../core/system-errors';
import { mayRun, ownId, type ProcessId } from './owner';

/** Milliseconds to wait for another process that removes an old lock; the removal takes one or two. */
const PATIENCE = 5000;
const PAUSE = 5;

/**
 * Takes the lock. The lock of a process that has ended without removing it is ignored.
 *
 * @param file path of the lock, in a folder that exists
 * @param held makes the failure if a process that may be running holds the lock
 * @returns a function that removes the lock
 * @throws what `held` makes; output-unwritable
 */
export async function lock(file: string, held: (owner: string) => ExplainError): Promise<() => void> {
  const content = `${JSON.stringify({ ...ownId(), key: randomUUID() })}\n`;
  const end = performance.now() + PATIENCE;
  for (;;) {
    const found = claim(file, content);
    if (found === 'taken') {
      removeLeft(file);
      return () => remove(file);
    }
    if (found.mayRun || performance.now() > end) throw held(nameOf(found.owner));
    await pause(PAUSE);
  }
}

/** Whether a process that may be running holds the lock. @param file path of the lock */
export function isLocked(file: string): boolean {
  const content = read(file);
  if (content === undefined) return false;
  const owner = ownerOf(content);
  return !owner || mayRun(owner);
}

interface Other {
  /** Undefined if the lock names no process. */
  readonly owner: ProcessId | undefined;
  /** False if the owner has ended, so that its lock is being removed. */
  readonly mayRun: boolean;
}

/** Creates the lock if there is none, or only that of an ended process. */
function claim(file: string, content: string): 'taken' | Other {
  for (;;) {
    if (create(file, content)) return 'taken';
    const there = read(file);
    if (there === undefined) continue;
    if (there === content) return 'taken';
    const owner = ownerOf(there);
    if (!owner || mayRun(owner)) return { owner, mayRun: true };
    const removal = `${file}.${createHash('sha256').update(there).digest('hex').slice(0, 16)}`;
    const others = claim(removal, content);
    if (others !== 'taken') return { owner, mayRun: false };
    if (read(file) === there) remove(file);
    remove(removal);
  }
}

/** @returns false if the file exists already */
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

/**
 * Without hard links, the file is created first and its content is written immediately afterwards. An empty lock counts
 * as held.
 */
function createUnlinked(file: string, content: string): boolean {
  try {
    writeFileSync(file, content, { flag: 'wx' });
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw errors.outputUnwritable(file, reasonOf(thrown));
  }
}

/** The lock's content; undefined if there is no lock. */
function read(file: string): string | undefined {
  try {
    // Opening a named pipe must not block.
    const handle = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      return fstatSync(handle).isFile() ? readFileSync(handle, 'utf8') : '';
    } finally {
      closeSync(handle);
    }
  } catch (thrown) {
    if (isAbsent(thrown)) return undefined;
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

/** The owner in a lock's content, which may also be a process id alone. */
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

/**
 * Removes drafts of processes that were killed while they took the lock. Call this while holding the lock: nobody needs
 * the drafts then.
 */
function removeLeft(file: string): void {
  const folder = path.dirname(file);
  for (const name of readdirSync(folder)) {
    const [, pid] = /^\.(\d+)\./.exec(name.slice(path.basename(file).length)) ?? [];
    if (!name.startsWith(`${path.basename(file)}.`)) continue;
    // A draft may be empty, but its name contains the owner's id.
    const owner = ownerOf(read(path.join(folder, name)) ?? '') ?? ownerOf(pid ?? '');
    if (owner && !mayRun(owner)) remove(path.join(folder, name));
  }
}
