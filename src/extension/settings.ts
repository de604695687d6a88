/** The settings as typed values; package.json has their defaults and descriptions. */
import * as vscode from 'vscode';
import { errors, reasonOf } from '../core/errors';
import type { HeatStyle } from '../core/style';
import type { DeviceChoice } from '../protocol/devices';
import { type MethodSettings, OPTION_SETTINGS } from './explanation/method-choice';
import type { Log } from './log';
import { warn } from './notify';
import { checkSettings, createFlawsTold, SECTION } from './settings-table';

export interface Settings {
  readonly model: string;
  readonly labels: string;
  readonly layer: string;
  readonly device: DeviceChoice;
  /** Whether versions are made of the files of a dataset's models when they change. */
  readonly watchModels: boolean;
  readonly topClasses: number;
  readonly method: MethodSettings;
  readonly style: HeatStyle;
  readonly nodePath: string;
  readonly idleMinutes: number;
  /** Memory in GiB; 0 means half of the machine's. */
  readonly engineMemory: number;
  /** GiB for copies of models. */
  readonly keptModels: number;
}

/** Reads the settings. One with a value that it does not accept has its default; `watchSettings` says so. */
export function readSettings(): Settings {
  const { values } = checked();
  const { method, blurKernel, blurSigma, colormap, opacity, threshold, contour, ...others } = values;
  return {
    ...others,
    method: {
      method,
      options: Object.fromEntries(
        Object.entries(OPTION_SETTINGS).map(([name, options]) => [
          name,
          Object.fromEntries(options.map((option) => [option, values[option]])),
        ]),
      ),
      blur: { kernel: blurKernel, sigma: blurSigma },
    },
    style: { colormap, opacity, threshold, contour },
  };
}

/** Tells, now and after each change, what is wrong with a setting: once in the log and once as a notification. */
export function watchSettings(log: Log): vscode.Disposable {
  const tell = createFlawsTold((line) => {
    log.warn(line);
    void offerSettings(line);
  });
  tell(checked().flaws);
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration(SECTION)) tell(checked().flaws);
  });
}

async function offerSettings(line: string): Promise<void> {
  if (await warn(line, 'Open Settings'))
    await vscode.commands.executeCommand('workbench.action.openSettings', `${SECTION}.`);
}

function checked() {
  const section = vscode.workspace.getConfiguration(SECTION);
  return checkSettings((name) => ({ value: section.get(name), fallback: section.inspect(name)?.defaultValue }));
}

/** Settings grouped by the effect of a change. */
const AFFECTED = {
  engine: ['nodePath', 'idleMinutes', 'engineMemory'],
  runner: ['keptModels'],
  model: ['model', 'labels', 'layer'],
  method: ['method', ...Object.values(OPTION_SETTINGS).flat()],
  maps: ['device', 'blurKernel', 'blurSigma', 'topClasses'],
  style: ['colormap', 'opacity', 'threshold', 'contour'],
  watch: ['watchModels'],
} as const;

/** Names of the settings of a group that have changed. */
export function changedSettings(
  event: vscode.ConfigurationChangeEvent,
  group: keyof typeof AFFECTED,
): readonly string[] {
  return AFFECTED[group].filter((name) => event.affectsConfiguration(`${SECTION}.${name}`));
}

export function affects(event: vscode.ConfigurationChangeEvent, group: keyof typeof AFFECTED): boolean {
  return changedSettings(event, group).length > 0;
}

/** Writes a setting for the workspace, or for the user where no folder is open. */
export async function writeForWorkspace(name: string, value: unknown): Promise<void> {
  await write(name, value, vscode.workspace.workspaceFolders !== undefined);
}

/** Writes a setting in the scope where it is set now, or for the user. */
export async function writeSetting(name: string, value: unknown): Promise<void> {
  const set = vscode.workspace.getConfiguration(SECTION).inspect(name);
  await write(name, value, set?.workspaceValue !== undefined);
}

/** @throws setting-unwritable */
async function write(name: string, value: unknown, inWorkspace: boolean): Promise<void> {
  const { Global, Workspace } = vscode.ConfigurationTarget;
  try {
    await vscode.workspace.getConfiguration(SECTION).update(name, value, inWorkspace ? Workspace : Global);
  } catch (thrown) {
    const place = inWorkspace ? settingsOfWorkspace() : 'the user settings';
    throw errors.settingUnwritable(place, `${SECTION}.${name}`, reasonOf(thrown));
  }
}

/** The file that VS Code keeps the settings of the workspace in. */
function settingsOfWorkspace(): string {
  const { workspaceFile, workspaceFolders } = vscode.workspace;
  if (workspaceFile) return workspaceFile.scheme === 'untitled' ? 'the workspace settings' : workspaceFile.fsPath;
  const [folder] = workspaceFolders ?? [];
  return folder ? vscode.Uri.joinPath(folder.uri, '.vscode', 'settings.json').fsPath : 'the workspace settings';
}
