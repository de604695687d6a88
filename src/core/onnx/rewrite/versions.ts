/** Raises a graph to an operator set in which it means the same, so that gradients need fewer forms of each operator. */
import { AttributeProto_AttributeType, type NodeProto, type TensorProto } from 'onnx-buf';
import { bodiesOf } from '../graph';
import { operatorOf } from '../operators';
import { DataType, makeTensor } from '../tensors';
import { changed } from './rename';

/** The oldest set with Where, ConstantOfShape and scales of Upsample as an input, which gradients are written in. */
const OLDEST = 9;
/** The oldest set that the runtime has kernels for. */
const OLDEST_RUN = 7;
/** The first set whose ScatterElements can add. */
const ADDING = 16;

export interface Raised {
  readonly opset: number;
  readonly nodes: NodeProto[];
  /** Constants that the changed nodes read. */
  readonly initializers: readonly TensorProto[];
}

/** @param opset of the file; the result has the same one if its nodes would mean something else in a later set */
export function raised(opset: number, nodes: NodeProto[]): Raised {
  if (opset >= OLDEST_RUN && opset < OLDEST && nodes.every(isSameIn9)) {
    const initializers: TensorProto[] = [];
    return { opset: OLDEST, nodes: nodes.map((node) => in9(node, initializers)), initializers };
  }
  const isRaised = opset >= 13 && opset < ADDING && nodes.every(isSameIn16);
  return { opset: isRaised ? ADDING : opset, nodes, initializers: [] };
}

/** Batch statistics for each position were dropped in 9; the bodies of Scan and others changed. */
function isSameIn9(node: NodeProto): boolean {
  const perPosition = node.attribute.some(({ name, i }) => name === 'spatial' && i === 0n);
  return bodiesOf(node).length === 0 && !(operatorOf(node) === 'BatchNormalization' && perPosition);
}

/** From 7 to 9 types and broadcasting were added; one attribute was dropped, and one became an input. */
function in9(node: NodeProto, initializers: TensorProto[]): NodeProto {
  const operator = operatorOf(node);
  if (operator === 'BatchNormalization')
    return changed(node, { attribute: node.attribute.filter(({ name }) => name !== 'spatial') });
  const scales = node.attribute.find(
    ({ name, type }) => name === 'scales' && type === AttributeProto_AttributeType.FLOATS,
  );
  if (operator !== 'Upsample' || !scales) return node;
  const name = `${node.output[0]}/group-cam/scales`;
  initializers.push(makeTensor(name, DataType.FLOAT, [scales.floats.length], scales.floats));
  return changed(node, {
    input: [node.input[0]!, name],
    attribute: node.attribute.filter((attribute) => attribute !== scales),
  });
}

/**
 * True for nodes that mean the same in operator set 16. From 13 to 16 only types were added, except that the default of
 * RoiAlign and the outputs of BatchNormalization in training changed.
 */
function isSameIn16(node: NodeProto): boolean {
  const operator = operatorOf(node);
  if (operator === 'RoiAlign' || (operator === 'BatchNormalization' && node.output.length > 1)) return false;
  return bodiesOf(node).every((body) => body.node.every(isSameIn16));
}
