/**
 * Checks that all results come from the model that the evaluation was started with: its file, its weights, and the
 * files beside it.
 */
import type { ErrorCode } from '../../core/error-codes';
import { ExplainError, errors } from '../../core/errors';
import type { ModelInfo } from '../../core/model/info';
import { type Identity, identityOfModel, stateOfModel } from '../../files/model-identity';
import type { ModelChoice, Service } from '../../protocol/requests';
import { quiet, type Terminal } from '../terminal';

/** Names of the parts of an identity, for messages. */
export const PARTS: { readonly [P in keyof Identity]: string } = {
  model: 'model',
  conventions: 'preprocessing, layer or labels',
};

export interface Watch {
  readonly info: ModelInfo;
  readonly identity: Identity;
  /**
   * False if a file was touched since the last call although its content is the same. Results computed in the meantime
   * may then come from another content that was there temporarily.
   *
   * @throws evaluation-differs if the content has changed
   */
  unchanged(): Promise<boolean>;
  /**
   * Repeats a task until no file was touched while it ran. An error of the task counts only if no file was touched.
   *
   * @throws evaluation-differs; what the task throws
   */
  untilUntouched(task: () => Promise<boolean>): Promise<void>;
}

/** How often a task is repeated because files were touched. */
const ATTEMPTS = 5;

interface Described {
  readonly info: ModelInfo;
  readonly stamps: string;
}

/** @throws what models throw; evaluation-differs if the model is being written at the moment */
export async function watchModel(model: ModelChoice, service: Service, terminal: Terminal): Promise<Watch> {
  let known = await identified();
  const { info, identity } = known;
  return { info, identity, unchanged, untilUntouched };

  async function unchanged(): Promise<boolean> {
    try {
      const now = await described();
      // The engine makes a new description of a model when one of its files has changed.
      if (now.info === known.info && now.stamps === known.stamps) return true;
      const anew = await identified();
      checkIdentity(info.path, identity, anew.identity);
      known = anew;
      return false;
    } catch (thrown) {
      if (codeOf(thrown) === 'cancelled' || codeOf(thrown) === 'evaluation-differs') throw thrown;
      // The model can't be read any more.
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

  async function described(): Promise<Described> {
    const found = await service.inspect({ model }, quiet(terminal));
    return { info: found, stamps: await stateOfModel(found) };
  }

  /** Computes the identity, and repeats this if files change while they are read. */
  async function identified(): Promise<Described & { readonly identity: Identity }> {
    let before = await described();
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const found = await identityOfModel(before.info);
      const after = await described();
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
