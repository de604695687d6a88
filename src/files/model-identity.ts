/** Tells whether a model is the one that results were computed with. */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { ModelInfo } from '../core/model/info';
import { withRegular } from './open';

/** Everything that a model's results depend on. */
export interface Identity {
  /** SHA-256 of the model's file, followed by that of each file of its weights. */
  readonly model: string;
  /** SHA-256 of the preprocessing, the labels and the layer. */
  readonly conventions: string;
}

/** The paths of files are not part of the identity, nor is the wording of assumptions. */
export async function identityOfModel(info: ModelInfo): Promise<Identity> {
  const { path, name, labelsFile, weightsFiles, assumptions, ...conventions } = info;
  const digests: string[] = [];
  for (const each of [path, ...weightsFiles]) digests.push(await fingerprint(each));
  const described = createHash('sha256').update(JSON.stringify(conventions)).digest('hex');
  return { model: digests.join(' '), conventions: described };
}

/** SHA-256 of a file's bytes in hexadecimal. */
export async function fingerprint(file: string): Promise<string> {
  const hash = createHash('sha256');
  await withRegular(file, (handle) => pipeline(handle.createReadStream({ autoClose: false }), hash));
  return hash.digest('hex');
}

/**
 * The state of a model's files. It has more detail than the engine's stamps: it includes the time of the last status
 * change, which differs even if a program sets the modification time back.
 */
export async function stateOfModel({ path, weightsFiles }: Pick<ModelInfo, 'path' | 'weightsFiles'>): Promise<string> {
  return (await Promise.all([path, ...weightsFiles].map(stateOf))).join('\n');
}

/** The state of one of them. */
export async function stateOf(file: string): Promise<string> {
  const { size, mtimeMs, ctimeMs, ino } = await stat(file);
  return [file, size, mtimeMs, ctimeMs, ino].join(' ');
}
