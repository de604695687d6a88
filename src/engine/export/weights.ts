/** Where the weights of an exported model are: in its file, or in the files beside the model that it was made of. */
import path from 'node:path';
import { errors } from '../../core/errors';
import { type Model, parseModel, withGraph } from '../../core/onnx/model';
import { changed } from '../../core/onnx/rewrite/rename';
import { isExternal, type TensorProto, TensorProto_DataLocation } from '../../core/onnx/tensors';
import { placeOf } from '../../core/onnx/weights';
import type { Params } from '../../protocol/requests';
import type { ModelFile } from '../model/model-file';

/**
 * @param model an exported one, with the weights of `file`
 * @throws bad-option if the weights are to stay where the exported model would not find them
 */
export async function withStoredWeights(
  model: Model,
  file: ModelFile,
  { external, output }: Pick<Params<'export'>, 'external' | 'output'>,
): Promise<Model> {
  const { initializer } = model.graph;
  if (!initializer.some(isExternal)) return model;
  const isBeside = path.dirname(path.resolve(output)) === path.dirname(path.resolve(file.path));
  if (external === 'keep' && !isBeside)
    throw errors.badOption('external', external, `pack, or the output must lie beside ${file.path} and its weights`);
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
