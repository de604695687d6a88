/** Which model is in use: the one chosen with a command, else the setting's, else the demo model. Pure. */
import { homedir } from 'node:os';
import path from 'node:path';
import type { ModelChoice } from '../../protocol/requests';

export interface ModelSettings {
  readonly model: string;
  readonly labels: string;
  readonly layer: string;
}

/**
 * The model in use. What a command chose is kept with the workspace; there, no path means that the demo model was chosen
 * on purpose. The settings for labels and layer describe the setting's model: they are left out
 * when a command chose another one, for which they would be wrong.
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
 * The choice with other class scores. A layer that was chosen for the old ones may not lead to them, and labels may be for
 * another number of classes.
 */
export function withScores(choice: ModelChoice, output: string, sameClasses: boolean): ModelChoice {
  const { layer: _layer, labels, ...rest } = choice;
  return { ...rest, ...(labels !== undefined && sameClasses && { labels }), output };
}

/**
 * A path as users write it in settings: absolute, in the home folder (~), or relative to a workspace folder, the first
 * one that has such a file.
 */
export function absolutePath(file: string, folders: readonly string[], exists: (file: string) => boolean): string {
  const expanded = file.replace(/^~(?=[\\/])/, homedir());
  if (path.isAbsolute(expanded)) return expanded;
  const candidates = folders.map((folder) => path.join(folder, expanded));
  return candidates.find(exists) ?? candidates[0] ?? expanded;
}

const CONVENTION_FILES = ['preprocessor_config.json', 'config.json'];

/**
 * The files whose change on disk means a new model: itself, the files its conventions come from, and `others`: its labels,
 * its weights.
 */
export function modelFiles(model: string, others: readonly string[]): string[] {
  const folder = path.dirname(model);
  const sidecar = `${model.replace(/\.onnx$/i, '')}.explain.json`;
  const conventions = [folder, path.dirname(folder)].flatMap((at) =>
    CONVENTION_FILES.map((name) => path.join(at, name)),
  );
  return [model, sidecar, ...conventions, ...others];
}
