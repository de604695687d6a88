/**
 * Copies of models as they were, since a training loop overwrites its file. A copy has a folder under the hash of its
 * version; `kept.json` in it says what it holds, and its time when it was used last. A folder that has no such file is
 * being made, or was left by a process that has ended.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import type { Engine } from '../../client/engine';
import { fields, readJson } from '../../core/schema';
import { hasCode, isAbsent } from '../../core/system-errors';
import { fingerprint, stateOf } from '../../files/model-identity';
import { readText } from '../../files/open';
import type { ModelChoice } from '../../protocol/requests';
import { type IdentifiedModel, identifiedModel } from '../work/model';
import { type Copied, choiceOf, copyModel } from './copy';

/** Who needs a copy: a version of a run file. */
export interface User {
  readonly run: string;
  readonly version: number;
  readonly pinned: boolean;
}

export interface Draft {
  readonly folder: string;
  /** The folder in it that has the copied files. */
  readonly files: string;
  readonly copied: Copied;
  readonly identified: IdentifiedModel;
}

export interface KeptModels {
  /**
   * Bytes of the copy under a hash; undefined if there is none. Its bytes are not looked at.
   *
   * @throws errors of reading
   */
  bytes(hash: string): Promise<number | undefined>;
  /**
   * The choice by the copy, once it was compared with its own hashes; undefined if it is not there, or damaged.
   *
   * @throws errors of reading
   */
  place(hash: string, choice: ModelChoice): Promise<ModelChoice | undefined>;
  /**
   * Copies a model and looks whether the copy can be loaded. What is not kept then has to be dropped.
   *
   * @param files that belong to it
   * @throws model-changed if it is being written; what models throw; errors of writing
   */
  draft(choice: ModelChoice & { readonly path: string }, files: readonly string[], signal: AbortSignal): Promise<Draft>;
  drop(draft: Draft): Promise<void>;
  /** Makes a draft the copy under the hash that it was identified by. */
  keep(draft: Draft): Promise<void>;
  /** Notes that a version needs a copy, and whether it is pinned. */
  use(hash: string, user: User): Promise<void>;
  /** A version was removed: its copy goes, unless another needs it. @throws errors of reading, with the copy kept */
  forget(hash: string, user: Omit<User, 'pinned'>): Promise<void>;
  /** Keeps a copy from being dropped until the result is called, and makes it the newest. A failure is that of the next `fit`. */
  hold(hash: string): () => void;
  /**
   * Drops the oldest copies that are neither pinned nor in work until all fit.
   *
   * @throws errors of reading; nothing is dropped of which can't be known who needs it
   */
  fit(): Promise<void>;
  readonly limit: number;
}

const SAYS = 'kept.json';
const FILES = 'files';
const USERS = 'users';
/** Folders that nobody has finished for so long, in milliseconds, were left by a process that has ended. */
const LEFT = 3_600_000;

const inside = v.pipe(
  v.string(),
  v.check((name) => !path.isAbsolute(name) && !name.split(/[\\/]/).includes('..')),
);
const KEPT = fields({
  hash: v.string(),
  model: inside,
  labels: v.optional(inside),
  bytes: v.number(),
  files: v.array(fields({ path: inside, sha256: v.string() })),
});
type Kept = v.InferOutput<typeof KEPT>;

const USER = fields({ run: v.string(), version: v.number(), pinned: v.boolean() });

/**
 * What `act` answers, or undefined if the file or folder is not there. What can't be looked at now may be there, and a
 * storage that is a file is told as a failure.
 */
const ifThere = <T>(act: Promise<T>): Promise<T | undefined> =>
  act.catch((thrown) => {
    if (hasCode(thrown, 'ENOENT')) return undefined;
    throw thrown;
  });

/** Damaged content counts as absent: whoever damages the storage loses copies, and no more than that. */
async function readStored<T>(schema: v.GenericSchema<unknown, T>, file: string): Promise<T | undefined> {
  const text = await ifThere(readText(file));
  const found = text === undefined ? undefined : readJson(schema, text);
  return found && 'value' in found ? found.value : undefined;
}

const isGone = (file: string): Promise<boolean> => stat(file).then(() => false, isAbsent);

const keyOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 40);

/** @param limit bytes of all copies together */
export function createKeptModels(folder: string, limit: number, engine: Engine): KeptModels {
  const inWork = new Map<string, number>();
  /** Copies that are being made the newest. */
  let touching: Promise<unknown> = Promise.resolve();
  /** States of files whose hashes are right, by path. */
  const checked = new Map<string, string>();
  const placeOf = (hash: string) => path.join(folder, keyOf(hash));

  async function saysOf(place: string): Promise<Kept | undefined> {
    return readStored(KEPT, path.join(place, SAYS));
  }

  async function isRight(place: string, { files }: Kept): Promise<boolean> {
    for (const { path: name, sha256 } of files) {
      const file = path.join(place, FILES, name);
      const state = await ifThere(stateOf(file));
      if (state === undefined) return false;
      if (checked.get(file) === state) continue;
      if ((await ifThere(fingerprint(file))) !== sha256) return false;
      checked.set(file, state);
    }
    return true;
  }

  async function usersOf(place: string): Promise<readonly User[]> {
    const names = (await ifThere(readdir(path.join(place, USERS)))) ?? [];
    const found = await Promise.all(
      names.map(async (name) => {
        const user = await readStored(USER, path.join(place, USERS, name));
        // A run file that was deleted needs no copy; one that can't be looked at now may need it.
        return user && (await isGone(user.run)) ? undefined : user;
      }),
    );
    return found.filter((user) => user !== undefined);
  }

  const userFile = (hash: string, { run, version }: Omit<User, 'pinned'>) =>
    path.join(placeOf(hash), USERS, `${keyOf(`${run} ${version}`)}.json`);

  async function all() {
    const names = (await ifThere(readdir(folder))) ?? [];
    const found = await Promise.all(
      names.map(async (name) => {
        const place = path.join(folder, name);
        const [says, info] = await Promise.all([saysOf(place), ifThere(stat(path.join(place, SAYS)))]);
        if (says && info) return [{ place, bytes: says.bytes, hash: says.hash, at: info.mtimeMs }];
        const draft = await ifThere(stat(place));
        if (draft && Date.now() - draft.mtimeMs > LEFT) await rm(place, { recursive: true, force: true });
        return [];
      }),
    );
    return found.flat();
  }

  async function fit(): Promise<void> {
    const touched = touching;
    touching = Promise.resolve();
    await touched;
    const copies = (await all()).sort((a, b) => a.at - b.at);
    let bytes = copies.reduce((sum, copy) => sum + copy.bytes, 0);
    for (const copy of copies) {
      if (bytes <= limit) return;
      if (inWork.has(copy.hash) || (await usersOf(copy.place)).some(({ pinned }) => pinned)) continue;
      await rm(copy.place, { recursive: true, force: true });
      bytes -= copy.bytes;
    }
  }

  const drop = (draft: Pick<Draft, 'folder'>) => rm(draft.folder, { recursive: true, force: true });
  const bytesOf = async (hash: string) => (await saysOf(placeOf(hash)))?.bytes;

  return {
    limit,
    fit,
    drop,
    bytes: bytesOf,
    async place(hash, choice) {
      const place = placeOf(hash);
      const says = await saysOf(place);
      if (says?.hash !== hash || !(await isRight(place, says))) return undefined;
      return choiceOf(choice, path.join(place, FILES), {
        model: says.model,
        ...(says.labels !== undefined && { labels: says.labels }),
      });
    },
    async draft(choice, named, signal) {
      const draft = path.join(folder, `draft-${randomUUID()}`);
      const files = path.join(draft, FILES);
      try {
        await mkdir(files, { recursive: true });
        const copied = await copyModel(choice, named, files, signal);
        const own = choiceOf(choice, files, copied);
        return { folder: draft, files, copied, identified: await identifiedModel(engine, own, signal) };
      } catch (thrown) {
        await rm(draft, { recursive: true, force: true });
        throw thrown;
      }
    },
    async keep({ folder: draft, copied, identified: { hash } }) {
      const { model, labels, bytes } = copied;
      const files = await Promise.all(
        copied.files.map(async (name) => ({ path: name, sha256: await fingerprint(path.join(draft, FILES, name)) })),
      );
      const says: Kept = { hash, model, ...(labels !== undefined && { labels }), bytes, files };
      await writeFile(path.join(draft, SAYS), JSON.stringify(says));
      const place = placeOf(hash);
      const there = await saysOf(place);
      if (there && (await isRight(place, there))) return drop({ folder: draft });
      await rm(place, { recursive: true, force: true });
      await rename(draft, place);
    },
    async use(hash, user) {
      if ((await bytesOf(hash)) === undefined) return;
      const file = userFile(hash, user);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, JSON.stringify(user));
    },
    async forget(hash, user) {
      await rm(userFile(hash, user), { force: true });
      if ((await usersOf(placeOf(hash))).length === 0) await rm(placeOf(hash), { recursive: true, force: true });
    },
    hold(hash) {
      const now = new Date();
      touching = Promise.all([touching, ifThere(utimes(path.join(placeOf(hash), SAYS), now, now))]);
      // It is told by `fit`, not as an error that nobody waits for.
      touching.catch(() => {});
      inWork.set(hash, (inWork.get(hash) ?? 0) + 1);
      let isHeld = true;
      return () => {
        if (!isHeld) return;
        isHeld = false;
        const left = inWork.get(hash)! - 1;
        if (left > 0) inWork.set(hash, left);
        else inWork.delete(hash);
      };
    },
  };
}
