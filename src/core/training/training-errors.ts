/** The failures of fine-tuning; see `errors.ts`. */
import type { ErrorCode } from '../error-codes';
import { ExplainError } from '../errors';
import { few } from '../few';

const make = (code: ErrorCode, message: string): ExplainError => new ExplainError(code, message);

export const trainingErrors = {
  /** @param reasons why weights stay as they are, in words */
  nothingToTrain: (model: string, reasons: readonly string[]) =>
    make(
      'not-trainable',
      `${model}: it has no weights that can be trained${reasons.length > 0 ? ` (${few(reasons)})` : ''}. Train the model that it was made from.`,
    ),
  noHead: (model: string) =>
    make(
      'not-trainable',
      `${model}: its scores do not come from one linear layer with constant weights, so the head can't be trained alone. Train all weights (arm plain).`,
    ),
  noProbabilities: (model: string) =>
    make(
      'not-trainable',
      `${model}: its scores have no loss, since they are used without softmax or sigmoid. Name output.activation in the sidecar.`,
    ),
  /** @param part which images, in words */
  noImages: (part: string) => make('not-trainable', `no image is ${part}: the query finds none. Choose another query.`),
  noLabel: (image: string) =>
    make(
      'not-trainable',
      `${image}: none of the model's classes is known to be right for it. Train on images with a label, such as "true = ...".`,
    ),
  unknownClass: (image: string, index: number, classes: number) =>
    make('not-trainable', `${image}: its class ${index} is none of the model's ${classes}. Choose other images.`),
  oneClass: (label: string, images: number) =>
    make(
      'not-trainable',
      `all ${images} images to train on are "${label}": a network that sees one class only learns to answer it always. Choose images of several classes.`,
    ),
  tooLittleMemory: (model: string, needed: number, limit: number) =>
    make(
      'out-of-memory',
      `${model}: one step needs about ${gigabytes(needed)} GiB, and this machine allows ${gigabytes(limit)}. Train the head alone, in smaller batches, or a smaller model.`,
    ),
  tooManyFeatures: (model: string, needed: number, limit: number) =>
    make(
      'out-of-memory',
      `${model}: the features of the images need about ${gigabytes(needed)} GiB, and this machine allows ${gigabytes(limit)}. Train on fewer images.`,
    ),
  outputExists: (file: string) =>
    make('output-taken', `${file}: the file exists, and a training never writes over a model. Name another file.`),
  /** @param owner the process that trains */
  busy: (output: string, owner: string) =>
    make(
      'output-taken',
      `${output}: ${owner} is in a training that writes there. Wait until it has ended, or name another file.`,
    ),
  weightsChanged: (file: string) =>
    make(
      'model-changed',
      `${file}: it has changed since the training began, and the new model needs the weights that were in it. Put it back and go on; what was trained is kept.`,
    ),
  /** @param what is another one, in words */
  differs: (folder: string, what: readonly string[]) =>
    make(
      'training-differs',
      `${folder}: the training there was not begun with the same ${few(what)}. Ask for the same training to go on, or name another folder.`,
    ),
  checkpointUnreadable: (file: string, reason: string) =>
    make('training-differs', `${file}: the state of a training can't be read there (${reason}). Name another output.`),
  checkpointDamaged: (file: string, reason: string) =>
    make(
      'training-damaged',
      `${file}: not the state that was kept of this training (${reason}), so it can only begin again.`,
    ),
  imageChanged: (image: string) =>
    make(
      'image-unreadable',
      `${image}: it has changed or disappeared since the training began. Put it back and go on, or finish with the best epoch so far.`,
    ),
  nothingTrained: (folder: string) =>
    make('not-trainable', `${folder}: no step of this training has been done yet, so there is nothing to finish.`),
  /** @param what became NaN or infinite, in words */
  diverged: (model: string, what: string, step: number, epoch: number) =>
    make(
      'training-diverged',
      `${model}: ${what} is no finite number at step ${step} (epoch ${epoch}). What was trained until the last checkpoint is kept; begin again with a smaller rate, or finish with the best epoch so far.`,
    ),
} as const;

const gigabytes = (bytes: number) => (bytes / 2 ** 30).toFixed(1);
