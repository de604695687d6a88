/**
 * Every failure that a user can meet has one code and one factory here. The code is sent with the error between
 * processes and decides what the interface offers. The message is one line that names the file, the thing and what to
 * do.
 */
import type { ErrorCode } from './error-codes';
import { few } from './few';

export class ExplainError extends Error {
  override readonly name = 'ExplainError';

  /**
   * @param code what failed, for programs
   * @param message what failed and what to do, in one line, for people
   * @param reason why it failed, alone, where the message says more than that
   */
  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: { cause?: unknown },
    readonly reason?: string,
  ) {
    super(message, options);
  }
}

/** The first line of whatever was thrown. */
export function reasonOf(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return text.split('\n', 1)[0] ?? text;
}

const make = (code: ErrorCode, message: string, cause?: unknown): ExplainError =>
  new ExplainError(code, message, cause === undefined ? undefined : { cause });

export const errors = {
  modelMissing: (file: string) =>
    make('model-missing', `${file}: no such model file. Choose an .onnx file that exists.`),
  modelUnreadable: (file: string, reason: string, cause?: unknown) =>
    make('model-unreadable', `${file}: not a readable ONNX model (${reason}). Export or copy it again.`, cause),
  reservedName: (file: string, tensor: string, prefix: string) =>
    make(
      'model-unreadable',
      `${file}: its tensor "${tensor}" has a name that begins with ${prefix}, as those do that Group-CAM adds to a graph. Rename it, and save the model again.`,
    ),
  modelTooLarge: (file: string, bytes: number) =>
    make(
      'model-too-large',
      `${file}: ${bytes} bytes in one file; protobuf's limit is 2 GiB. Save the weights as external data.`,
    ),
  modelExcessive: (file: string, what: string, limit?: number) =>
    make(
      'model-too-large',
      `${file}: not loaded, since ${what}${limit === undefined ? '' : ` (the limit is ${limit})`}. No image classifier needs that; export it again.`,
    ),
  modelUntrusted: (file: string) =>
    make('model-untrusted', `${file}: models load only in trusted workspaces. Trust this workspace to explain images.`),
  externalDataMissing: (file: string, location: string) =>
    make(
      'external-data-missing',
      `${file}: its weights file ${location} is missing or too short. Put it beside the model.`,
    ),
  externalDataInvalid: (file: string, location: string, key: string, value: string) =>
    make(
      'external-data-missing',
      `${file}: its weights file ${location} has an invalid ${key} "${value}": it must be a whole number. Export or copy it again.`,
    ),
  externalDataOutside: (file: string, location: string) =>
    make(
      'external-data-outside',
      `${file}: its weights file ${location} lies outside the model's folder and is not read. Move it beside the model.`,
    ),
  noImageInput: (file: string, inputs: readonly string[]) =>
    make(
      'no-image-input',
      `${file}: no image input (rank 4 with 1, 3 or 4 channels) among its inputs: ${few(inputs) || 'none'}. Group-CAM explains image classifiers.`,
    ),
  inputType: (file: string, input: string, type: string) =>
    make(
      'no-image-input',
      `${file}: its input ${input} takes ${type} numbers; images are given as float, float16, double or uint8. Export the model with one of these, and a Cast behind the input.`,
    ),
  severalImageInputs: (file: string, inputs: readonly string[]) =>
    make(
      'several-image-inputs',
      `${file}: several inputs may be the image: ${few(inputs)}. Name it as input.name in the sidecar.`,
    ),
  inputsUnknown: (file: string, image: string, inputs: readonly string[]) =>
    make(
      'inputs-unknown',
      `${file}: besides the image "${image}" it needs ${few(inputs)}, which has no default. Export the model with a constant in its place, or with an initializer of that name.`,
    ),
  /** @param possible tensors that may be named */
  noScores: (file: string, outputs: readonly string[], possible: readonly string[]) =>
    make(
      'no-scores',
      `${file}: no output with one score for each class ([N, classes]) among: ${few(outputs)}. ${
        possible.length > 0
          ? `Name the tensor with the scores as output.name in the sidecar; these have the right shape: ${few(possible)}.`
          : 'Export it with the class scores as an output.'
      }`,
    ),
  scoresUnknown: (file: string, reason: string) =>
    make('no-scores', `${file}: the chosen scores can't be used: ${reason}. Choose the model again.`),
  blockedLayers: (file: string, other?: string) =>
    make(
      'no-spatial-layer',
      `${file}: saved by onnxruntime's optimiser for one kind of processor; ${other ? 'the layer to explain is' : 'its maps are'} in blocked memory and can't be read. Explain the original model, or ${other ? `choose another layer, such as ${other}` : 'save it at level basic or extended'}.`,
    ),
  unknownLayer: (file: string, layer: string, near: readonly string[]) =>
    make('unknown-layer', `${file}: no layer "${layer}" to explain. Candidates: ${few(near)}.`),
  /** @param hint which classes there are, as a sentence */
  unknownClass: (name: string, hint = '') =>
    make('unknown-class', `class "${name}": not a class of this model.${hint && ` ${hint}`}`),
  ambiguousClass: (name: string, indices: readonly number[]) =>
    make('ambiguous-class', `class "${name}": several classes have this name; use an index: ${indices.join(', ')}.`),
  labelsUnreadable: (file: string, reason: string, namedBy?: string) =>
    make(
      'labels-unreadable',
      `${file}${namedBy === undefined ? '' : `, which ${namedBy} names`}: labels can't be read (${reason}). Give a text file with one label per line, or names by class index as JSON, YAML or CSV.`,
    ),
  labelsLength: (file: string, labels: number, classes: number) =>
    make(
      'labels-length',
      `${file}: ${labels} labels for ${classes} classes. Give a labels file with one label per line, line n + 1 for class n.`,
    ),
  sidecarInvalid: (file: string, reason: string) => make('sidecar-invalid', `${file}: ${reason}.`),
  /** @param place the file, with the line or the entry where it is known */
  annotationsInvalid: (place: string, reason: string) =>
    make('annotations-invalid', `${place}: not usable as annotations (${reason}).`),
  mappingInvalid: (file: string, reason: string) =>
    make('mapping-invalid', `${file}: not usable as a mapping of classes (${reason}).`),
  unsupportedOperator(operator: string, node: string) {
    const what = `operator ${operator} (node "${node}")`;
    const message = `${what}: no gradient rule, and it lies between the layer and the class score. Choose a later layer or the gradient-free variant.`;
    return new ExplainError('unsupported-operator', message, undefined, `${what} has no gradient rule`);
  },
  notConnected(tensor: string, score: string) {
    const message = `tensor "${tensor}": "${score}" does not depend on it, so it has no gradient. Choose another layer, or a method without gradients.`;
    return new ExplainError('not-connected', message, undefined, `none of "${score}" reaches "${tensor}"`);
  },
  gradientRule: (operator: string, node: string, reason: string) =>
    make('gradient-rule', `operator ${operator} (node "${node}"): its gradient rule failed: ${reason}.`),
  methodUnsuitable: (method: string, needed: string, instead: string) =>
    make(
      'method-unsuitable',
      `method ${method}: this model can't be explained by it, since it needs ${needed}. Use ${instead} instead.`,
    ),
  /** @param difference not a number if the exported model can't be run */
  /** @param failure of a run, if the map is not of numbers */
  exportDiffers(file: string, difference: number, failure?: unknown) {
    const found = `the map of the one graph differs by ${difference.toPrecision(2)} from the one that is computed here`;
    const reason = failure instanceof Error ? ` (${reasonOf(failure.cause ?? failure)})` : '';
    const why = Number.isNaN(difference) ? `the one graph gives no map${reason}` : found;
    return make(
      'export-failed',
      `${file}: not exported, since ${why}. Choose another layer, or a method such as grad-cam.`,
      failure,
    );
  },
  exportRefused: (file: string, why: string, remedy: string) =>
    make('export-failed', `${file}: not exported, since ${why}. ${remedy}.`),
  ownMapRefused: (file: string, why: string, remedy: string) =>
    make('method-unsuitable', `${file}: its own map can't be shown, since ${why}. ${remedy}.`),
  noWeights: (file: string) =>
    make('no-weights', `${file}: no layer with weights that can be re-randomised between the image and the scores.`),
  imageMissing: (file: string) => make('image-missing', `${file}: no such image file.`),
  imageUnreadable: (file: string, reason: string, cause?: unknown) =>
    make('image-unreadable', `${file}: not a readable image (${reason}).`, cause),
  imageTooLarge: (file: string, width: number, height: number, limit: number) =>
    make(
      'image-too-large',
      `${file}: ${width} x ${height} pixels; the limit is ${Math.round(limit / 1e6)} megapixels. Scale it down first.`,
    ),
  codecMissing: (reason: string, cause?: unknown) =>
    make(
      'codec-missing',
      `the image library sharp can't be loaded (${reason}). Install the build of Group-CAM for this platform.`,
      cause,
    ),
  tensorUnreadable: (file: string, reason: string) =>
    make('tensor-unreadable', `${file}: not a readable .npy tensor (${reason}).`),
  tensorShape: (file: string, shape: readonly number[], wanted: string) =>
    make('tensor-shape', `${file}: shape [${shape.join(', ')}] does not fit the model's input ${wanted}.`),
  outputUnwritable: (file: string, reason: string) =>
    make('output-unwritable', `${file}: can't be written (${reason}).`),
  outputClash: (file: string, first: string, second: string) =>
    make('output-clash', `${file}: both ${first} and ${second} would be written there. Rename one, or run them apart.`),
  outputIsInput: (file: string, input: string) =>
    make('output-taken', `${file}: not written, since this run reads ${input} there. Name another file.`),
  outputIsThere: (file: string) =>
    make('output-taken', `${file}: not written, since a file with that name is there. Name another file.`),
  outputIsForeign: (file: string) =>
    make(
      'output-taken',
      `${file}: not replaced, since Group-CAM did not draw the existing file. Name another file, or replace it with --force.`,
    ),
  exportIsForeign: (file: string) =>
    make(
      'output-taken',
      `${file}: not replaced, since the existing file is not a model that Group-CAM has exported. Name another file.`,
    ),
  sidecarExists: (file: string) => make('sidecar-exists', `${file}: the file exists already; nothing was changed.`),
  /** @param place the file, in words where its path is not known */
  settingUnwritable: (place: string, setting: string, reason: string) =>
    make(
      'setting-unwritable',
      `${place}: the setting ${setting} was not saved (${reason.replace(/[.\s]+$/, '')}). Correct the file or make it writable, and choose again.`,
    ),
  deviceUnavailable(device: string, reason: string) {
    const message = `device ${device}: not available here (${reason}). Use another device, or auto.`;
    return new ExplainError('device-unavailable', message, undefined, reason);
  },
  runtimeMissing: (reason: string, remedy: string) =>
    make('runtime-missing', `onnxruntime can't be loaded (${reason}). ${remedy}`),
  runtimeFailed: (file: string, reason: string, cause?: unknown) =>
    make('runtime-failed', `${file}: the model failed to run (${reason}).`, cause),
  /** The model's results are NaN or infinite, so no map can be computed. */
  notFinite: (file: string, what: string) =>
    make('not-finite', `${file}: the model failed to run (its ${what} are NaN or infinite for this image).`),
  outOfMemory: (file: string, reason: string) =>
    make('out-of-memory', `${file}: not enough memory (${reason}). Close other programs or use a smaller model.`),
  engineMemory: (calls: readonly string[], limit: number) =>
    make(
      'out-of-memory',
      `${few(calls) || 'a cancelled call'}: the engine was ended, as it held more than ${(limit / 2 ** 30).toFixed(1)} GiB of memory. Use a smaller model, or raise the setting groupCam.engineMemory (on the command line the variable GROUP_CAM_MEMORY).`,
    ),
  nothingToExplain: () => make('bad-option', 'no image to explain: name one or more, or a tensor with --tensor.'),
  noRunFile: () => make('bad-option', 'no run file for the results: name one by --run, such as --run photos.groupcam.'),
  badOption: (option: string, value: unknown, wanted: string) =>
    make('bad-option', `${option} ${String(value)}: must be ${wanted}.`),
  listInvalid: (file: string, reason: string) =>
    make('list-invalid', `${file}: not a usable list of images (${reason}).`),
  evaluationDiffers: (file: string, what: readonly string[]) =>
    make(
      'evaluation-differs',
      `${file}: not begun with the same ${few(what)}. Give the same options to continue, name another --report folder, or remove this one to start again.`,
    ),
  /** @param file the model's */
  evaluationChanged: (file: string, what: string) =>
    make(
      'evaluation-differs',
      `${file}: its ${what} changed while it was evaluated; the results from before are kept. Restore the old state to continue, or name another --report folder.`,
    ),
  evaluationRunning: (lock: string, owner: string) =>
    make(
      'evaluation-running',
      `${lock}: ${owner} is writing to this report. Wait until it has ended, name another --report folder, or remove this file if it belongs to another program.`,
    ),
  /** @param place the file and the line */
  journalInvalid: (place: string, reason: string) =>
    make(
      'journal-invalid',
      `${place}: not a line of an evaluation's journal (${reason}). Remove the line to compute it again, or name another --report folder.`,
    ),
  /** @param who here and below: what the process is called */
  protocolVersion: (ours: number, theirs: unknown, who: string) =>
    make(
      'protocol-version',
      `the ${who} speaks protocol ${String(theirs)}, this side ${ours}. Reload the window to start a matching ${who}.`,
    ),
  engineCrashed: (how: string, who = 'engine') =>
    make('engine-crashed', `the ${who} process ended (${how}). It starts again with the next request.`),
  engineStart: (executable: string, reason: string, who = 'engine') =>
    make(
      'engine-start',
      `${executable}: the ${who} process can't be started (${reason}). Check the setting groupCam.nodePath.`,
    ),
  cudaFailed: (why: string, remedy: string) => make('cuda-failed', `CUDA was not enabled: ${why}. ${remedy}.`),
  timeout: (method: string, milliseconds: number, who = 'engine') =>
    make(
      'timeout',
      `${method}: no answer within ${Math.round(milliseconds / 1000)} s; the ${who} was restarted. Try again.`,
    ),
  cancelled: () => make('cancelled', 'cancelled'),
  internal: (what: string, cause?: unknown) => make('internal', `internal error: ${what}. Please report it.`, cause),
} as const;

/** Returns an `ExplainError` unchanged and wraps anything else, so that every failure has a code. */
export function toExplainError(thrown: unknown): ExplainError {
  return thrown instanceof ExplainError ? thrown : errors.internal(reasonOf(thrown), thrown);
}
