/** What a training needs to go on, in one file that is written whole or not at all. */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as v from 'valibot';
import { ExplainError, errors, reasonOf } from '../../core/errors';
import { fields, parseJson } from '../../core/schema';
import { hasCode } from '../../core/system-errors';
import type { Values } from '../../core/training/sgd';
import { trainingErrors } from '../../core/training/training-errors';
import { lock } from '../../files/lock/lock';
import { fillFrom, withRegular } from '../../files/open';
import { makeFolder, outputsBeside } from '../../files/output';
import { lockOf, removeState, STATE_FILE } from '../../files/training-state';
import { TRAINING_EPOCH } from '../../protocol/params/training';
import type { CancelSignal } from '../../protocol/table';
import type { TrainingEpoch } from '../../protocol/training';

/** Hashes of what the state belongs to. */
export interface Belongs {
  readonly model: string;
  readonly images: string;
  readonly options: string;
}

export interface State {
  readonly belongs: Belongs;
  /** Images of a run; see `imagesAtOnce`. */
  readonly atOnce: number;
  /** Steps that were done. */
  step: number;
  /** Those that ended, from epoch 0. */
  readonly epochs: TrainingEpoch[];
  /** The best epoch so far, and what it is compared by: lower is better. */
  best: number;
  bestScore: readonly [wrong: number, loss: number];
  /** Of the epoch that is going on. */
  losses: number[];
  right: number;
  seen: number;
  /** Images without a map; see `Masked`. */
  unmapped: number;
  seconds: number;
  readonly notes: string[];
  /** By parameter. */
  readonly weights: ReadonlyMap<string, Values>;
  readonly velocity: ReadonlyMap<string, Values>;
  readonly bestWeights: ReadonlyMap<string, Values>;
}

const FORM = 3;
const number = v.number();
const text = v.string();
const KINDS = { f32: Float32Array, f64: Float64Array } as const;

const HEADER = fields({
  form: v.literal(FORM, 'the form of this version'),
  belongs: fields({ model: text, images: text, options: text }),
  atOnce: number,
  step: number,
  epochs: v.array(TRAINING_EPOCH),
  best: number,
  bestScore: v.tuple([number, number]),
  losses: v.array(number),
  right: number,
  seen: number,
  unmapped: number,
  seconds: number,
  notes: v.array(text),
  arrays: v.array(
    fields({ name: text, kind: v.picklist(['f32', 'f64']), length: v.pipe(number, v.safeInteger(), v.minValue(0)) }),
  ),
});

export interface Checkpoint {
  /**
   * Keeps other processes from training into the same output. The engine of a process that was killed may have a step to end,
   * so a lock that is held is waited for.
   *
   * @returns what lets others
   * @throws output-taken if another process trains still; output-unwritable; cancelled
   */
  hold(output: string, signal: CancelSignal): Promise<() => void>;
  /**
   * Undefined if nothing was kept.
   *
   * @param finish whether no image is needed if there is an epoch to end with: then images may be others
   * @throws training-damaged if the file is not what was written; training-differs if it belongs to another training; both
   *   name the file
   */
  load(belongs: Belongs, finish: boolean): Promise<State | undefined>;
  /** Replaces what was kept before. @throws output-unwritable */
  save(state: State): Promise<void>;
  remove(): Promise<void>;
}

export function checkpointIn(folder: string): Checkpoint {
  const file = path.join(folder, STATE_FILE);
  const outputs = outputsBeside([]);
  return {
    hold: (output, signal) => held(lockOf(folder), output, signal),
    load: async (belongs, finish) => {
      const state = await stateIn(file);
      if (!state) return undefined;
      const isFree = (key: keyof Belongs) => key === 'images' && finish && state.best > 0;
      const others = NAMES.filter(([key]) => !isFree(key) && state.belongs[key] !== belongs[key]);
      if (others.length > 0)
        throw trainingErrors.differs(
          folder,
          others.map(([, name]) => name),
        );
      return state;
    },
    save: (state) => outputs.write(file, encoded(state)),
    remove: () => removeState(folder),
  };
}

/** Milliseconds. */
const PATIENCE = 5000;
const PAUSE = 100;

async function held(file: string, output: string, signal: CancelSignal): Promise<() => void> {
  await makeFolder(path.dirname(file)).catch((thrown: unknown) => {
    throw errors.outputUnwritable(output, reasonOf(thrown));
  });
  const end = performance.now() + PATIENCE;
  for (;;) {
    try {
      return await lock(file, (owner) => trainingErrors.busy(output, owner));
    } catch (thrown) {
      const isHeld = thrown instanceof ExplainError && thrown.code === 'output-taken';
      if (!isHeld || performance.now() > end) throw thrown;
    }
    await pause(PAUSE);
    if (signal.aborted) throw errors.cancelled();
  }
}

const NAMES = [
  ['model', 'model'],
  ['images', 'list of images'],
  ['options', 'choice of options'],
] as const;

async function stateIn(file: string): Promise<State | undefined> {
  try {
    return await withRegular(file, (handle) => decoded(file, handle));
  } catch (thrown) {
    if (thrown instanceof ExplainError) throw thrown;
    // A folder above that is a file is told before the first step: nothing could be kept below it.
    if (hasCode(thrown, 'ENOENT')) return undefined;
    throw trainingErrors.checkpointUnreadable(file, reasonOf(thrown));
  }
}

/**
 * The header's length in 4 bytes, the header as JSON, spaces up to a multiple of 8, the arrays as they are in memory, and the
 * SHA-256 of all that.
 */
async function* encoded(state: State): AsyncGenerator<Uint8Array> {
  const { weights, velocity, bestWeights, ...plain } = state;
  const arrays = [weights, velocity, bestWeights];
  const described = [...weights].map(([name, values]) => ({
    name,
    kind: values instanceof Float64Array ? 'f64' : 'f32',
    length: values.length,
  }));
  const header = new TextEncoder().encode(JSON.stringify({ form: FORM, ...plain, arrays: described }));
  const start = padded(header.length);
  const head = new Uint8Array(start).fill(0x20);
  new DataView(head.buffer).setUint32(0, start - PREFIX, true);
  head.set(header, PREFIX);
  const sum = createHash('sha256').update(head);
  yield head;
  for (const values of arrays)
    for (const [name] of weights) {
      const bytes = bytesOf(values.get(name)!);
      sum.update(bytes);
      yield bytes;
    }
  yield sum.digest();
}

const PREFIX = 4;
const SUM = 32;
const padded = (length: number) => Math.ceil((length + PREFIX) / 8) * 8;
const bytesOf = ({ buffer, byteOffset, byteLength }: Values) => new Uint8Array(buffer, byteOffset, byteLength);

/** Lengths are compared with the file's size before anything of them is allocated. @throws training-damaged */
async function decoded(file: string, handle: FileHandle): Promise<State> {
  const damaged = (reason: string) => trainingErrors.checkpointDamaged(file, reason);
  const { size } = await handle.stat();
  const sum = createHash('sha256');
  let at = 0;
  const take = async (bytes: Uint8Array): Promise<void> => {
    await fillFrom(handle, bytes, at);
    sum.update(bytes);
    at += bytes.byteLength;
  };
  if (size < PREFIX) throw damaged('it is cut off');
  const prefix = Buffer.alloc(PREFIX);
  await take(prefix);
  const length = prefix.readUInt32LE(0);
  if (PREFIX + length > size) throw damaged('it is cut off');
  const json = Buffer.alloc(length);
  await take(json);
  const { arrays, form: _, ...plain } = parseJson(HEADER, json.toString('utf8'), ({ line }) => damaged(line));
  const all = arrays.reduce((bytes, { kind, length: n }) => bytes + n * KINDS[kind].BYTES_PER_ELEMENT, 0);
  if (size !== PREFIX + length + 3 * all + SUM) throw damaged('it has another length than it says');
  const taken = async (): Promise<Map<string, Values>> => {
    const values = new Map(arrays.map(({ name, kind, length: n }) => [name, new KINDS[kind](n) as Values]));
    for (const each of values.values()) await take(bytesOf(each));
    return values;
  };
  const [weights, velocity, bestWeights] = [await taken(), await taken(), await taken()];
  const written = Buffer.alloc(SUM);
  await fillFrom(handle, written, at);
  if (!written.equals(sum.digest())) throw damaged('its checksum does not fit');
  return {
    ...plain,
    epochs: [...plain.epochs],
    notes: [...plain.notes],
    losses: [...plain.losses],
    weights,
    velocity,
    bestWeights,
  };
}
