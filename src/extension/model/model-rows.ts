/** The rows of the Model view: the values in use and their sources. Pure. */

import { usesResize } from '../../core/geometry';
import { titleOf } from '../../core/methods/names';
import type { LayerInfo, ModelInfo, TensorInfo } from '../../core/model/info';
import type { ScoresInfo } from '../../core/output';
import { logitsText, shownActivation } from '../../core/output';
import type { Origin, Sourced } from '../../core/sourced';
import { modelName } from '../status/summary';

export interface Row {
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  readonly tooltip?: string;
  /** Name of a codicon. */
  readonly icon?: string;
  /** What a click on the row or on its inline button changes. The manifest's menus use the same words. */
  readonly pick?: 'model' | 'labels' | 'layer' | 'scores' | 'device';
  readonly children?: readonly Row[];
}

const ORIGINS: Readonly<Record<Origin, string>> = {
  chosen: 'chosen by you',
  sidecar: 'from the sidecar',
  'hugging-face': 'from Hugging Face files',
  metadata: "from the model's metadata",
  exporter: 'as its exporter does',
  graph: 'from the graph',
  assumed: 'assumed',
};

/**
 * @param device the setting and, if known, the device that was used last
 * @param layers the chosen layers, if any
 */
export function modelRows(
  info: ModelInfo,
  device: { readonly setting: string; readonly ran?: string },
  layers: readonly string[],
): Row[] {
  return [
    {
      id: 'model',
      label: 'Model',
      description: modelName(info),
      tooltip: info.demo ? 'The demo model that ships with Group-CAM' : info.path,
      icon: 'circuit-board',
      pick: 'model',
      children: modelDetails(info),
    },
    {
      id: 'labels',
      label: 'Labels',
      ...labelsText(info),
      icon: 'tag',
      pick: 'labels',
    },
    { id: 'input', label: 'Input', description: inputText(info), icon: 'arrow-right', children: inputDetails(info) },
    {
      id: 'output',
      label: 'Scores',
      description: `${scoresText(info.output)}, ${shownActivation(info.output)}`,
      icon: 'arrow-left',
      ...(info.output.candidates.length > 1 && { pick: 'scores' }),
      children: outputDetails(info),
    },
    {
      id: 'layer',
      label: 'Target layer',
      description: layers.length > 1 ? `mean of ${layers.join(', ')}` : layerText(info),
      tooltip: `${(layers.length > 1 ? layers : [info.layer.value]).join('\n')}, ${ORIGINS[info.layer.origin]}`,
      icon: 'layers',
      pick: 'layer',
    },
    ...ownMap(info),
    {
      id: 'device',
      label: 'Device',
      description:
        device.ran && device.ran !== device.setting ? `${device.setting} (ran on ${device.ran})` : device.setting,
      icon: 'server-process',
      pick: 'device',
    },
    ...warnings(info),
  ];
}

/** The rows if the model can't be read. A click chooses another model. */
export function failedRows(message: string): Row[] {
  return [{ id: 'failed', label: message, tooltip: message, icon: 'error', pick: 'model' }];
}

function modelDetails(info: ModelInfo): Row[] {
  return [
    ...(info.demo ? [] : [row('model.file', 'File', info.path)]),
    row('model.size', 'Size', megabytes(info.bytes)),
    row('model.opset', 'Opset', `${info.opset}, IR ${info.irVersion}`),
    ...(info.producer ? [row('model.producer', 'Producer', info.producer)] : []),
    ...info.inputs.map((tensor) => row(`model.input.${tensor.name}`, 'Input', tensorText(tensor))),
    ...info.outputs.map((tensor) => row(`model.output.${tensor.name}`, 'Output', tensorText(tensor))),
  ];
}

function inputText({ input, preprocessing }: ModelInfo): string {
  return `${preprocessing.width.value} × ${preprocessing.height.value} ${preprocessing.color.value}, ${input.layout}`;
}

function inputDetails({ preprocessing }: ModelInfo): Row[] {
  const { width, height, fit, resize, interpolation, color, scale, mean, std } = preprocessing;
  return [
    sourced('input.width', 'Width', width),
    sourced('input.height', 'Height', height),
    sourced('input.fit', 'Fit', fit),
    ...(usesResize(fit.value) ? [sourced('input.resize', 'Resize', resize)] : []),
    sourced('input.interpolation', 'Interpolation', interpolation),
    sourced('input.color', 'Colour order', color),
    sourced('input.scale', 'Scale', { ...scale, value: short(scale.value) }),
    sourced('input.mean', 'Mean', { ...mean, value: mean.value.map(short).join(', ') }),
    sourced('input.std', 'Standard deviation', { ...std, value: std.value.map(short).join(', ') }),
  ];
}

/** Describes a tensor that could hold the scores, such as "logits [10 classes]". */
export function scoresText({ name, classes }: ScoresInfo): string {
  return `${name} [${classes} ${classes === 1 ? 'class' : 'classes'}]`;
}

function outputDetails({ output }: ModelInfo): Row[] {
  return [
    row('output.logits', 'Logits', logitsText(output)),
    sourced('output.activation', 'Activation', output.activation),
    ...output.candidates.slice(1).map((other) => row(`output.other.${other.name}`, 'Could be', scoresText(other))),
  ];
}

function layerText(info: ModelInfo): string {
  const layer = info.layers.find(({ tensor }) => tensor === info.layer.value);
  if (info.layers.length === 0) return 'none';
  return layer ? `${layer.tensor} ${layerSize(layer)}` : info.layer.value;
}

/** Channels, rows and columns, such as "128 × 16 × 16". */
export function layerSize({ channels, height, width }: LayerInfo): string {
  return `${channels} × ${height} × ${width}`;
}

/** What an exported model says of the map that it makes itself. */
function ownMap({ exported }: ModelInfo): Row[] {
  if (!exported) return [];
  const { method = 'unnamed method', class: explained } = exported;
  const facts = Object.entries(exported).map(([key, value]) => row(`own.${key}`, OWN_FACTS[key] ?? key, value));
  return [
    {
      id: 'own',
      label: 'Own map',
      description: `${titleOf(method)}, of ${explained === 'input' ? 'a class of choice' : 'the most probable class'}`,
      tooltip: 'The model makes this map itself. Compare Side by Side shows it beside the one that is computed here.',
      icon: 'flame',
      children: facts,
    },
  ];
}

const OWN_FACTS: Readonly<Record<string, string>> = {
  method: 'Method',
  layer: 'Layer',
  options: 'Options',
  class: 'Class',
  size: 'Size',
  version: 'Made by version',
  product: 'Made by',
};

/** Labels are assumed where there are none: then classes have their indices as names. */
function labelsText({ labels, labelsFile }: ModelInfo): Pick<Row, 'description' | 'tooltip'> {
  if (labels.origin === 'assumed') {
    const count = labels.value.length;
    return {
      description: `none: ${count === 1 ? 'the class goes' : `${count} classes go`} by index`,
      tooltip: 'No names of the classes were found. A click chooses a file of labels.',
    };
  }
  return {
    description: `${labels.value.length}, ${ORIGINS[labels.origin]}`,
    ...(labelsFile && { tooltip: labelsFile }),
  };
}

function warnings({ assumptions, unsupported }: ModelInfo): Row[] {
  const rows = assumptions.map((text, index) => ({
    id: `assumption.${index}`,
    label: text,
    tooltip: `Assumed: ${text}. Save Model Settings writes it into the sidecar, where it can be changed.`,
    icon: 'question',
  }));
  if (unsupported.length === 0) return rows;
  const children = unsupported.map(({ operator, node }, index) => row(`unsupported.${index}`, operator, node));
  return [...rows, { id: 'unsupported', label: 'Operators without a gradient', icon: 'warning', children }];
}

function row(id: string, label: string, description: string): Row {
  return { id, label, description, tooltip: description };
}

function sourced(id: string, label: string, { value, origin }: Sourced<string | number>): Row {
  return row(id, label, `${value}, ${ORIGINS[origin]}`);
}

function tensorText({ name, dtype, shape }: TensorInfo): string {
  return `${name}: ${dtype} [${shape.join(', ')}]`;
}

function megabytes(bytes: number): string {
  return bytes < 1e6 ? `${Math.round(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
