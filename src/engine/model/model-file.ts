/** Reads a model's file at once, and its external weights when a session needs them. Writes nothing. */
import type { Stats } from 'node:fs';
import { type FileHandle, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { errors, reasonOf } from '../../core/errors';
import { type ExportFacts, exportFactsOf, withoutExport } from '../../core/export/metadata';
import { checkBounds, checkWeights } from '../../core/onnx/bounds';
import { embed, externalLocations, innerRanges, splitExternalData, type WeightPiece } from '../../core/onnx/external';
import { SMALL } from '../../core/onnx/facts';
import { checkNames, type Model, parseModel, withoutFunctions } from '../../core/onnx/model';
import { dimsOf, isExternal, sizeOf } from '../../core/onnx/tensors';
import { type EncodedModel, OWN_BYTES, placeOf } from '../../core/onnx/weights';
import { isAbsent } from '../../core/system-errors';
import { foreignFormat } from '../../files/foreign';
import { openRegular } from '../../files/open';
import { identityOf, type Stamp } from '../../files/stamps';

export interface ModelFile {
  readonly path: string;
  /** Size in bytes of the model and its external files. */
  readonly bytes: number;
  /** Changes whenever the model or its weights change. */
  readonly identity: string;
  /** Stamps of the model's file and its external files. */
  readonly stamps: readonly Stamp[];
  readonly model: Model;
  /** Of an exported model: the graph with its own map, and what it says of that. */
  readonly exported?: { readonly whole: Model; readonly facts: Partial<ExportFacts> };
  /** The buffers that an encoded graph of this model refers to. External ones are read again in each call. */
  buffers(encoded: Pick<EncodedModel, 'buffers'>): Promise<ReadonlyMap<string, Uint8Array>>;
  /** Frees the memory of the file's own bytes at once. Afterwards nothing can be created from the model. */
  release(): void;
}

/** The size in bytes from which on protobuf can't hold a message. */
const TOO_LARGE = 2 ** 31;
/** Bytes of one read call; the system reads less than 2 GiB at once. */
const PIECE = 2 ** 28;

/**
 * Reads and parses a model.
 *
 * @param file the model's path
 * @throws model-missing, model-unreadable, model-too-large, external-data-missing, external-data-outside
 */
export async function readModelFile(file: string): Promise<ModelFile> {
  const { info, bytes } = await readWhole(file);
  const foreign = foreignFormat(bytes);
  if (foreign !== undefined) throw errors.modelUnreadable(file, `it is ${foreign}`);
  // An exported model is the model that it was made of, with nodes for its map.
  const whole = parseModel(bytes, file);
  const parsed = withoutExport(whole);
  const external = await findExternal(parsed, file);
  const sizeAt = (location: string) => external.get(location)?.size;
  const inner = innerRanges(parsed, sizeAt);
  const pieces = splitExternalData(parsed, sizeAt);
  const byName = new Map(pieces.map((piece) => [piece.name, piece]));
  for (const { tensor, ...range } of inner) embed(tensor, await readExternal({ name: range.location, ...range }));
  checkNames(parsed);
  checkWeights(parsed);
  checkBounds(parsed);
  const model = withoutFunctions(parsed);
  await embedSmall();
  const stamps = [{ path: file, size: info.size, mtime: info.mtimeMs }, ...external.values()];
  return {
    path: file,
    bytes: stamps.reduce((sum, { size }) => sum + size, 0),
    identity: identityOf(stamps),
    stamps,
    model,
    ...(parsed !== whole && { exported: { whole, facts: exportFactsOf(whole.proto)! } }),
    buffers: async (encoded) => {
      const buffers = new Map<string, Uint8Array>();
      for (const name of encoded.buffers) {
        const piece = byName.get(name);
        buffers.set(name, piece ? await readExternal(piece) : ownBytes(name));
      }
      return buffers;
    },
    release: () => bytes.buffer.resize(0),
  };

  /** Embeds small external tensors, since sizes and indices are needed before any session is created. */
  async function embedSmall(): Promise<void> {
    for (const tensor of model.graph.initializer.filter(isExternal)) {
      if (sizeOf(dimsOf(tensor)) > SMALL) continue;
      const { location, offset, length } = placeOf(tensor, bytes)!;
      const piece = byName.get(location)!;
      embed(tensor, await readExternal({ ...piece, offset: piece.offset + offset, length }));
    }
  }

  function readExternal(piece: WeightPiece): Promise<Uint8Array<ArrayBuffer>> {
    return readPiece(file, external.get(piece.location)!.path, piece);
  }

  function ownBytes(name: string): Uint8Array {
    if (name !== OWN_BYTES) throw errors.internal(`no part of ${file} is called "${name}"`);
    return bytes;
  }
}

async function readWhole(file: string): Promise<{ info: Stats; bytes: Uint8Array<ArrayBuffer> }> {
  let handle: FileHandle | undefined;
  try {
    handle = await openRegular(file);
    const info = await handle.stat();
    if (info.size === 0) throw errors.modelUnreadable(file, 'it is empty');
    if (info.size >= TOO_LARGE) throw errors.modelTooLarge(file, info.size);
    const bytes = allocate(file, info.size);
    if (!(await fill(handle, bytes, 0))) throw errors.modelUnreadable(file, 'it became shorter while it was read');
    return { info, bytes };
  } catch (error) {
    throw modelFailure(file, error);
  } finally {
    await handle?.close();
  }
}

function modelFailure(file: string, error: unknown): unknown {
  if (isAbsent(error)) return errors.modelMissing(file);
  return (error as NodeJS.ErrnoException).syscall ? errors.modelUnreadable(file, reasonOf(error), error) : error;
}

function allocate(file: string, size: number): Uint8Array<ArrayBuffer> {
  try {
    // The buffer is resizable, so that its memory can be freed at once. V8 collects garbage at an arbitrary time, and a
    // model is too large to wait for that.
    return new Uint8Array(new ArrayBuffer(size, { maxByteLength: size }));
  } catch (error) {
    throw errors.outOfMemory(file, `${size} bytes of weights: ${reasonOf(error)}`);
  }
}

/** Fills `bytes` from a position in the file; returns false if the file is too short. */
async function fill(handle: FileHandle, bytes: Uint8Array, position: number): Promise<boolean> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesRead } = await handle.read(bytes, done, Math.min(PIECE, bytes.length - done), position + done);
    if (bytesRead === 0) return false;
    done += bytesRead;
  }
  return true;
}

interface ExternalFile extends Stamp {
  readonly size: number;
}

/**
 * The files that hold the model's external data, by location; absent ones are left out.
 *
 * A link must not lead out of the model's folder. If the model itself is a link, it may also lead to the folder of the
 * model's target, as in the cache of Hugging Face.
 */
async function findExternal(model: Model, file: string): Promise<Map<string, ExternalFile>> {
  const found = new Map<string, ExternalFile>();
  const locations = externalLocations(model);
  if (locations.size === 0) return found;
  const folders = [await realpath(path.dirname(file)), path.dirname(await realpath(file))];
  for (const location of locations) {
    const beside = path.join(path.dirname(file), location);
    const info = await stat(beside).catch(() => undefined);
    if (!info?.isFile()) continue;
    const real = await realpath(beside);
    if (!folders.some((folder) => real.startsWith(folder + path.sep))) throw errors.externalDataOutside(file, location);
    found.set(location, { path: beside, size: info.size, mtime: info.mtimeMs });
  }
  return found;
}

async function readPiece(file: string, weights: string, piece: WeightPiece): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = allocate(file, piece.length);
  const handle = await openRegular(weights).catch(() => undefined);
  try {
    if (!handle || !(await fill(handle, bytes, piece.offset))) throw errors.externalDataMissing(file, piece.location);
  } finally {
    await handle?.close();
  }
  return bytes;
}
