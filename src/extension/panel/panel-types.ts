/** An explanation panel as the rest of the extension has it, and what it needs of the rest. */
import type * as vscode from 'vscode';
import type { HeatStyle } from '../../core/style';
import type { Explanation } from '../../protocol/explanation';
import type { RenderKind } from '../../protocol/requests';
import type { PageCommand, ToEditor } from '../../protocol/webview';
import type { WindowEngine } from '../engine';
import type { Wanted } from '../explanation/comparison';
import type { ChosenMethod } from '../explanation/method-choice';
import type { ImageFile } from '../images/image-file';
import type { Log } from '../log';
import type { MapStore } from '../maps/map-store';
import type { CurrentModel, ModelChange } from '../model/model';
import type { PerformableAction } from '../notify';
import type { PanelState } from './panel-state';

export interface PanelServices {
  readonly engine: WindowEngine;
  readonly model: CurrentModel;
  readonly maps: MapStore;
  readonly log: Log;
  /** Carries out a button under a message, except those that act on the panel alone. */
  perform(action: PerformableAction): void;
  /** Saves an explanation as a file that the user names; undefined when the user gave up. */
  save(image: ImageFile, kind: RenderKind, explanation: Explanation, style: HeatStyle): Promise<string | undefined>;
  /** A failure that has no place in the panel. */
  report(thrown: unknown): void;
}

export interface Panel {
  readonly webviewPanel: vscode.WebviewPanel;
  readonly images: readonly ImageFile[];
  readonly state: PanelState;
  readonly onDidChange: vscode.Event<void>;
  /** What is asked about the image in front. */
  readonly wanted: readonly Wanted[];
  /** Makes explanations of the image in front, one after another, and brings the panel to the front of its group. */
  explain(wanted: readonly Wanted[]): void;
  cancel(): void;
  /** What was cancelled goes on. */
  resume(): void;
  /** Asks again for everything explained so far, because the model or a setting has changed. */
  refresh(change: ModelChange): void;
  restyle(): void;
  /** The method and options of what is asked from now on. */
  choose(chosen: ChosenMethod): void;
  /** To the page, if there is one now; a hidden webview has none. */
  send(message: ToEditor): void;
  /** These bring a hidden panel to the front, and are done there. */
  command(command: PageCommand): void;
  export(kind: RenderKind): Promise<void>;
  stopComparing(): void;
}
