/** The settings as typed values; package.json has their defaults and descriptions. */
import * as vscode from 'vscode';
import type { MethodName } from '../core/methods/names';
import type { Colormap, HeatStyle } from '../core/style';
import type { DeviceChoice } from '../protocol/devices';
import { type MethodSettings, OPTION_SETTINGS } from './explanation/method-choice';

export const SECTION = 'groupCam';

export interface Settings {
  readonly model: string;
  readonly labels: string;
  readonly layer: string;
  readonly device: DeviceChoice;
  readonly topClasses: number;
  readonly method: MethodSettings;
  readonly style: HeatStyle;
  readonly nodePath: string;
  readonly idleMinutes: number;
  /** Memory in GiB; 0 means half of the machine's. */
  readonly engineMemory: number;
}

/** Reads the settings. The engine validates the options, with a message that names the option and what it must be. */
export function readSettings(): Settings {
  const section = vscode.workspace.getConfiguration(SECTION);
  const value = <T>(name: string): T => section.get<T>(name)!;
  return {
    model: value<string>('model').trim(),
    labels: value<string>('labels').trim(),
    layer: value<string>('layer').trim(),
    device: value<DeviceChoice>('device'),
    topClasses: value<number>('topClasses'),
    method: {
      method: value<MethodName>('method'),
      options: Object.fromEntries(
        Object.entries(OPTION_SETTINGS).map(([method, names]) => [
          method,
          Object.fromEntries(names.map((name) => [name, value<number | string>(name)])),
        ]),
      ),
      blur: { kernel: value<number>('blurKernel'), sigma: value<number>('blurSigma') },
    },
    style: {
      colormap: value<Colormap>('colormap'),
      opacity: value<number>('opacity'),
      threshold: value<number>('threshold'),
      contour: value<boolean>('contour'),
    },
    nodePath: value<string>('nodePath').trim(),
    idleMinutes: value<number>('idleMinutes'),
    engineMemory: value<number>('engineMemory'),
  };
}

/** Settings grouped by the effect of a change. */
const AFFECTED = {
  engine: ['nodePath', 'idleMinutes', 'engineMemory'],
  model: ['model', 'labels', 'layer'],
  method: ['method', ...Object.values(OPTION_SETTINGS).flat()],
  maps: ['device', 'blurKernel', 'blurSigma', 'topClasses'],
  style: ['colormap', 'opacity', 'threshold', 'contour'],
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

/** Writes a setting in the scope where it is set now, or for the user. */
export async function writeSetting(name: string, value: unknown): Promise<void> {
  const section = vscode.workspace.getConfiguration(SECTION);
  const set = section.inspect(name);
  const inWorkspace = set?.workspaceValue !== undefined;
  await section.update(
    name,
    value,
    inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global,
  );
}
