/**
 * How programs that export models prepare images. A program is recognised by the files and names that it writes. A
 * comment at each row gives the source.
 */
import * as v from 'valibot';
import { indexGraph } from '../../onnx/graph';
import type { Model } from '../../onnx/model';
import { operatorOf } from '../../onnx/operators';
import { fields, lenient, readJson } from '../../schema';
import { parseLabels } from '../classes/labels';
import { IMAGENET_MEAN, IMAGENET_STD, type InputConventions, type Source } from '../conventions';
import type { Read } from '../hugging-face';
import type { ImageInput } from '../inputs';
import { readYaml, YAML } from '../yaml';
import { PADDLE, readPaddle } from './paddle';

/** Contents of the files beside a model, by name. */
export type Beside = ReadonlyMap<string, string>;

interface Exporter {
  /**
   * The file beside the model by which the program is recognised; undefined if it is recognised by the model itself.
   */
  readonly file?: string;
  /** Undefined if another program made the model. */
  readonly read: (model: Model, input: ImageInput, beside: Beside) => Read | undefined | Promise<Read | undefined>;
}

const MANIFEST = 'cvexport.manifest';
const LABELS = 'labels.txt';
const PADDLE_FILE = 'inference.yml';
export const EXPORTER_FILES: readonly string[] = [MANIFEST, LABELS, PADDLE_FILE];

const EXPORTERS: readonly Exporter[] = [
  // Ultralytics, classify_transforms in ultralytics/data/augment.py; the metadata are written by engine/exporter.py.
  { read: ultralytics },
  // Custom Vision: samples/python/onnx/classification/predict.py of Azure-Samples/customvision-export-samples.
  { file: MANIFEST, read: customVision },
  { read: customVisionAlone },
  // Teachable Machine: the sample that it exports beside keras_model.h5 and labels.txt.
  { file: LABELS, read: teachableMachine },
  // PaddleClas: deploy/python/preprocess.py and the inference.yml that its export_model.py writes.
  { file: PADDLE_FILE, read: (_model, _input, beside) => readPaddleFile(beside.get(PADDLE_FILE)) },
  // fastai: create_head and vision_learner in fastai/vision/learner.py, Resize in fastai/vision/augment.py.
  { read: fastai },
];

/**
 * What is known about a model from the program that exported it.
 *
 * @param pathOf the path of a file beside the model
 */
export async function readExporters(
  model: Model,
  input: ImageInput,
  beside: Beside,
  pathOf: (name: string) => string,
): Promise<Source[]> {
  const sources: Source[] = [];
  for (const { file, read } of EXPORTERS) {
    if (file !== undefined && !beside.has(file)) continue;
    const said = await read(model, input, beside);
    if (said) sources.push({ origin: 'exporter', file: file === undefined ? model.file : pathOf(file), ...said });
  }
  return sources;
}

const metadataOf = ({ proto }: Model, wanted: string) => proto.metadataProps.find(({ key }) => key === wanted)?.value;

const UNIT = { color: 'RGB', scale: 1 / 255, mean: 0, std: 1 } as const;

/** The image's shorter side is scaled to the input's, and the rest is cut off. A free size is not known yet. */
function covered({ width, height }: ImageInput): InputConventions {
  const side = width && height && Math.min(width, height);
  return { fit: 'crop', ...(side !== undefined && { resize: side }) };
}

function ultralytics(model: Model, input: ImageInput): Read | undefined {
  if (metadataOf(model, 'author') !== 'Ultralytics' || metadataOf(model, 'task') !== 'classify') return undefined;
  const sides = metadataOf(model, 'imgsz')?.match(/^\[(\d{1,5}), ?(\d{1,5})\]$/);
  const [height, width] = sides ? sides.slice(1).map(Number) : [input.height, input.width];
  // If the sides differ, both are given to torchvision's Resize, which stretches.
  const fit: InputConventions = height === width ? covered({ ...input, height, width }) : { fit: 'stretch' };
  return { conventions: { input: { ...fit, interpolation: 'bilinear', ...UNIT } }, notes: [] };
}

/** The defaults. If colours and range differ, the model's metadata says so. */
const CUSTOM_VISION: InputConventions = { fit: 'stretch', interpolation: 'bicubic', ...UNIT };

const CUSTOM_VISION_MANIFEST = fields({
  DomainType: v.literal('Classification'),
  LabelFileName: lenient(v.string()),
});

/** A model that was moved out of its folder, recognised by the names of its outputs. */
function customVisionAlone({ graph }: Model, _input: ImageInput, beside: Beside): Read | undefined {
  const outputs = graph.output.map(({ name }) => name).sort();
  if (beside.has(MANIFEST) || String(outputs) !== 'classLabel,loss') return undefined;
  return {
    conventions: { input: CUSTOM_VISION },
    notes: ['exporter: Custom Vision, by its outputs classLabel and loss'],
  };
}

function customVision(_model: Model, _input: ImageInput, beside: Beside): Read | undefined {
  // A file of this name that another program wrote is ignored.
  const manifest = readJson(CUSTOM_VISION_MANIFEST, (beside.get(MANIFEST) ?? '').replace(/^\uFEFF/, ''));
  if ('flaw' in manifest) return undefined;
  const labels = beside.get(manifest.value.LabelFileName ?? LABELS);
  return {
    conventions: {
      input: CUSTOM_VISION,
      names: labels === undefined ? undefined : parseLabels(labels),
    },
    notes: [],
  };
}

function teachableMachine(_model: Model, input: ImageInput, beside: Beside): Read | undefined {
  const names = parseLabels(beside.get(LABELS)!).map((line, i) => {
    const [, index, name] = /^(\d+) (.*)$/.exec(line) ?? [];
    return index === `${i}` ? name : undefined;
  });
  const { layout, channels, width = 224, height = 224 } = input;
  if (layout !== 'NHWC' || channels !== 3 || width !== 224 || height !== 224) return undefined;
  if (names.length < 2 || !names.every((name) => name !== undefined)) return undefined;
  const values = { color: 'RGB', scale: 1 / 127.5, mean: 1, std: 1 } as const;
  return {
    conventions: { input: { fit: 'crop', resize: 224, interpolation: 'lanczos', ...values }, names },
    notes: [`exporter: Teachable Machine, by the numbers in ${LABELS}`],
  };
}

/** Recognised by its head, which concatenates the maximum and the mean of each channel. */
function fastai(model: Model, input: ImageInput): Read | undefined {
  const { nodes, producer } = indexGraph(model.graph.node);
  const isHead = nodes.some((node) => {
    const [most, mean] = operatorOf(node) === 'Concat' ? node.input.map((name) => producer.get(name)) : [];
    if (!most || !mean || most.input[0] !== mean.input[0]) return false;
    return operatorOf(most) === 'GlobalMaxPool' && operatorOf(mean) === 'GlobalAveragePool';
  });
  if (!isHead || input.channels !== 3) return undefined;
  const values = { color: 'RGB', scale: 1 / 255, mean: IMAGENET_MEAN, std: IMAGENET_STD } as const;
  return {
    conventions: { input: { ...covered(input), interpolation: 'bilinear', ...values } },
    notes: [
      "exporter: fastai, by its two poolings; shorter side to the input's, centre crop, mean and std of ImageNet",
    ],
  };
}

async function readPaddleFile(text = ''): Promise<Read | undefined> {
  const paddle = await readYaml(PADDLE, text);
  if ('value' in paddle) return readPaddle(paddle.value);
  // A file of this name that another program wrote is ignored here too.
  const { wanted, line } = paddle.flaw;
  return wanted === YAML ? { conventions: {}, notes: [`${PADDLE_FILE}: not used (${line})`] } : undefined;
}
