/** Determines the model in use: the one chosen by a command, or that of the setting, or the demo model. Pure. */
import { homedir } from 'node:os';
import path from 'node:path';
import type { ModelChoice } from '../../protocol/requests';

export interface ModelSettings {
  readonly model: string;
  readonly labels: string;
  readonly layer: string;
}

/**
 * The model in use. A choice by a command is stored with the workspace; without a path, it means that the user chose
 * the demo model. The settings for labels and layer belong to the model of the setting, and are ignored if a command
 * chose another one.
 *
 * @param resolve makes a path of the settings absolute
 */
export function resolveModel(
  chosen: ModelChoice | undefined,
  settings: ModelSettings,
  resolve: (file: string) => string,
): ModelChoice {
  const fromSettings: ModelChoice = settings.model
    ? {
        path: resolve(settings.model),
        ...(settings.labels && { labels: resolve(settings.labels) }),
        ...(settings.layer && { layer: settings.layer }),
      }
    : {};
  if (!chosen) return fromSettings;
  return chosen.path === fromSettings.path ? { ...fromSettings, ...chosen } : chosen;
}

/**
 * The choice with other class scores. The chosen layer is dropped, since it may not lead to them, and so are labels for
 * another number of classes.
 */
export function withScores(choice: ModelChoice, output: string, sameClasses: boolean): ModelChoice {
  const { layer: _layer, labels, ...rest } = choice;
  return { ...rest, ...(labels !== undefined && sameClasses && { labels }), output };
}

/**
 * Resolves a path from the settings: absolute, in the home folder (~), or relative to the first workspace folder that
 * has such a file.
 */
export function absolutePath(file: string, folders: readonly string[], exists: (file: string) => boolean): string {
  const expanded = file.replace(/^~(?=[\\/])/, homedir());
  if (path.isAbsolute(expanded)) return expanded;
  const candidates = folders.map((folder) => path.join(folder, expanded));
  return candidates.find(exists) ?? candidates[0] ?? expanded;
}

const CONVENTION_FILES = ['preprocessor_config.json', 'config.json'];

/**
 * The files whose change makes the model a new one: the model itself, the files of its conventions, and `others`
 * (labels and weights).
 */
export function modelFiles(model: string, others: readonly string[]): string[] {
  const folder = path.dirname(model);
  const sidecar = `${model.replace(/\.onnx$/i, '')}.explain.json`;
  const conventions = [folder, path.dirname(folder)].flatMap((at) =>
    CONVENTION_FILES.map((name) => path.join(at, name)),
  );
  return [model, sidecar, ...conventions, ...others];
}
