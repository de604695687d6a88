/** Whether everything is found by the model that an evaluation was begun with: its file, its weights, and what lies beside. */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { type ErrorCode, ExplainError, errors } from '../../core/errors';
import type { ModelInfo } from '../../core/model/info';
import { withRegular } from '../../files/open';
import type { ModelChoice, Service } from '../../protocol/requests';
import { quiet, type Terminal } from '../terminal';

/** What decides what a model answers. */
export interface Identity {
  /** SHA-256 of the model's file, and after it of each file of its weights. */
  readonly model: string;
  /** SHA-256 of how images become its input and scores get their names, and of the layer. */
  readonly conventions: string;
}

/** What each part of an identity is called where it has changed. */
export const PARTS: { readonly [P in keyof Identity]: string } = {
  model: 'model',
  conventions: 'preprocessing, layer or labels',
};

export interface Watch {
  readonly info: ModelInfo;
  readonly identity: Identity;
  /**
   * False if a file was touched since it was last asked and has the same content: what was computed meanwhile may be of
   * something else that was there for a while.
   *
   * @throws evaluation-differs if the content is another
   */
  unchanged(): Promise<boolean>;
  /**
   * Does a task until it says that nothing was touched. What it throws counts only if nothing was.
   *
   * @throws evaluation-differs; what the task throws
   */
  untilUntouched(task: () => Promise<boolean>): Promise<void>;
}

/** So often a file may be touched while one thing is computed. */
const ATTEMPTS = 5;

interface Look {
  readonly info: ModelInfo;
  readonly stamps: string;
}

/** @throws what models throw; evaluation-differs if they are being written at this moment */
export async function watchModel(model: ModelChoice, service: Service, terminal: Terminal): Promise<Watch> {
  let known = await identified();
  const { info, identity } = known;
  return { info, identity, unchanged, untilUntouched };

  async function unchanged(): Promise<boolean> {
    try {
      const now = await look();
      // The engine describes a model anew when something it was described by has changed.
      if (now.info === known.info && now.stamps === known.stamps) return true;
      const anew = await identified();
      checkIdentity(info.path, identity, anew.identity);
      known = anew;
      return false;
    } catch (thrown) {
      if (codeOf(thrown) === 'cancelled' || codeOf(thrown) === 'evaluation-differs') throw thrown;
      // It can't be read any more.
      throw errors.evaluationChanged(info.path, PARTS.model);
    }
  }

  async function untilUntouched(task: () => Promise<boolean>): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        if (await task()) return;
      } catch (thrown) {
        if (codeOf(thrown) === 'cancelled' || (await unchanged())) throw thrown;
      }
    }
    throw errors.evaluationChanged(info.path, 'model, again and again,');
  }

  async function look(): Promise<Look> {
    const found = await service.inspect({ model }, quiet(terminal));
    const stamps = await Promise.all([found.path, ...found.weightsFiles].map(stampOf));
    return { info: found, stamps: stamps.join('\n') };
  }

  /** Of files that stay as they are while they are read. */
  async function identified(): Promise<Look & { readonly identity: Identity }> {
    let before = await look();
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const found = await identityOf(before.info);
      const after = await look();
      if (after.info === before.info && after.stamps === before.stamps) return { ...after, identity: found };
      before = after;
    }
    throw errors.evaluationChanged(before.info.path, PARTS.model);
  }
}

/** @throws evaluation-differs */
export function checkIdentity(file: string, before: Identity, now: Identity): void {
  const different = (Object.keys(PARTS) as (keyof Identity)[]).filter((part) => before[part] !== now[part]);
  if (different.length > 0) throw errors.evaluationChanged(file, different.map((part) => PARTS[part]).join(', '));
}

const codeOf = (thrown: unknown): ErrorCode | undefined => (thrown instanceof ExplainError ? thrown.code : undefined);

/** Finer than the engine's: whoever sets a file's time back still leaves another time of its change. */
async function stampOf(file: string): Promise<string> {
  const { size, mtimeMs, ctimeMs, ino } = await stat(file);
  return [file, size, mtimeMs, ctimeMs, ino].join(' ');
}

/** Where files lie decides nothing, nor does in which words something was assumed. */
async function identityOf(info: ModelInfo): Promise<Identity> {
  const { path, name, labelsFile, weightsFiles, assumptions, ...conventions } = info;
  const digests: string[] = [];
  for (const each of [path, ...weightsFiles]) digests.push(await fingerprint(each));
  const described = createHash('sha256').update(JSON.stringify(conventions)).digest('hex');
  return { model: digests.join(' '), conventions: described };
}

async function fingerprint(file: string): Promise<string> {
  const hash = createHash('sha256');
  await withRegular(file, (handle) => pipeline(handle.createReadStream({ autoClose: false }), hash));
  return hash.digest('hex');
}
