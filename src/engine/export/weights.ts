/** Where the weights of an exported model are: in its file, or in the files beside the model that it was made of. */
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { errors } from '../../core/errors';
import type { ModelInfo } from '../../core/model/info';
import { type Model, parseModel, withGraph } from '../../core/onnx/model';
import { changed } from '../../core/onnx/rewrite/rename';
import { isExternal, type TensorProto, TensorProto_DataLocation } from '../../core/onnx/tensors';
import { placeOf } from '../../core/onnx/weights';
import type { ExportChoice } from '../../protocol/explanation';
import { type ModelFile, readModelFile } from '../model/model-file';
import type { KnownModel } from '../sessions/explainer';

/** The size in bytes from which on protobuf can't hold a message. */
const TOO_LARGE = 2 ** 31;

/** On the command line, and in VS Code, which follows from the folder that is chosen there. */
const KEEP = "Leave the weights where they are: `--external keep`, in VS Code the model's own folder";
const PACK = 'Pack the weights: `--external pack`, in VS Code another folder';

/**
 * Whether the weights beside a model can be stored as they shall be, before anything is computed.
 *
 * @param place where the exported model will be, after links are followed
 * @throws bad-option, export-failed
 */
export async function checkStored(
  { info, rewrite }: Pick<KnownModel, 'info' | 'rewrite'>,
  external: ExportChoice['external'],
  place: string,
): Promise<void> {
  if (info.weightsFiles.length === 0) return;
  if (external === 'keep') return checkKept(info, place);
  const file = await readModelFile(info.path);
  try {
    const weights = rewrite(file.model).graph.initializer;
    checkFits(
      info,
      weights.reduce((sum, tensor) => sum + (placeOf(tensor, file.model.bytes)?.length ?? 0), 0),
    );
  } finally {
    file.release();
  }
}

/** A runtime looks for the weights from the folder of the exported model, and reads nothing outside it. */
async function checkKept({ path: model, weightsFiles }: ModelInfo, place: string): Promise<void> {
  const [own, folder] = [path.dirname(path.resolve(model)), path.dirname(place)];
  for (const file of weightsFiles) {
    const real = await realpath(file);
    const found = await realpath(path.join(folder, path.relative(own, file))).catch(() => undefined);
    if (found !== real)
      throw errors.badOption('external', 'keep', `pack, or the output must lie beside ${model} and its weights`);
    if (!real.startsWith(folder + path.sep))
      throw errors.exportRefused(model, `${file} is a link out of its folder, which runtimes do not follow`, PACK);
  }
}

/**
 * @param bytes of the whole file, or of a part of it
 * @throws export-failed if that is more than one file may hold
 */
export function checkFits({ path: model, weightsFiles }: ModelInfo, bytes: number): void {
  if (bytes < TOO_LARGE) return;
  const remedy = weightsFiles.length > 0 ? KEEP : "Save the model's weights as external data first";
  throw errors.exportRefused(model, `one file would get ${bytes} bytes, and protobuf's limit is 2 GiB`, remedy);
}

/** @param model an exported one, with the weights of `file` */
export async function withStoredWeights(
  model: Model,
  file: ModelFile,
  external: ExportChoice['external'],
): Promise<Model> {
  const { initializer } = model.graph;
  if (!initializer.some(isExternal)) return model;
  const stored = external === 'keep' ? asInFile(model) : await packed(model, file);
  return withGraph(model, { ...model.graph, initializer: initializer.map((tensor) => stored(tensor)) });
}

/** Gives the tensors the places that the file itself names. */
function asInFile({ bytes, file }: Model): (tensor: TensorProto) => TensorProto {
  const own = parseModel(bytes, file).initializers;
  return (tensor) => {
    if (!isExternal(tensor)) return tensor;
    const stored = own.get(tensor.name);
    if (!stored) throw errors.internal(`${file} has no weight "${tensor.name}"`);
    return stored;
  };
}

async function packed({ bytes, graph }: Model, file: ModelFile): Promise<(tensor: TensorProto) => TensorProto> {
  const places = graph.initializer.filter(isExternal).map((tensor) => placeOf(tensor, bytes)!);
  const buffers = await file.buffers({ buffers: [...new Set(places.map(({ location }) => location))] });
  return (tensor) => {
    if (!isExternal(tensor)) return tensor;
    const { location, offset, length } = placeOf(tensor, bytes)!;
    const rawData = buffers.get(location)!.subarray(offset, offset + length) as Uint8Array<ArrayBuffer>;
    return changed(tensor, { rawData, externalData: [], dataLocation: TensorProto_DataLocation.DEFAULT });
  };
}
