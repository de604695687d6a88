/** The interface of an explanation panel, and what it needs from the rest of the extension. */
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
import type { ModelChange, PanelModel } from '../model/model';
import type { PerformableAction } from '../notify';
import type { PanelState } from './panel-state';

export interface PanelServices {
  readonly engine: WindowEngine;
  readonly model: PanelModel;
  readonly maps: MapStore;
  readonly log: Log;
  /** Performs the action of a button below a message, except for actions on the panel itself. */
  perform(action: PerformableAction): void;
  /** Saves an explanation as a file that the user names; undefined if the user cancels. */
  save(image: ImageFile, kind: RenderKind, explanation: Explanation, style: HeatStyle): Promise<string | undefined>;
  /** Reports a failure that is not shown in the panel. */
  report(thrown: unknown): void;
}

export interface Panel {
  readonly webviewPanel: vscode.WebviewPanel;
  /** The model that explains its images. */
  readonly model: PanelModel;
  readonly images: readonly ImageFile[];
  readonly state: PanelState;
  readonly onDidChange: vscode.Event<void>;
  /** The requested explanations of the active image. */
  readonly wanted: readonly Wanted[];
  /** Explains the active image, and brings the panel to the front of its group. */
  explain(wanted: readonly Wanted[]): void;
  /** Shows another image of the strip; nothing happens if there is none at this position. */
  select(image: number): void;
  /** Shows another image in place of the first one. The style and the viewport stay. */
  replace(image: ImageFile, wanted: readonly Wanted[]): Promise<void>;
  /** Sets the text from which the panel is restored after a reload of the window. */
  keep(restore: string): void;
  cancel(): void;
  /** Continues with what was cancelled. */
  resume(): void;
  /** Explains everything again that was explained so far, because the model or a setting has changed. */
  refresh(change: ModelChange): void;
  restyle(): void;
  /** Sets the method and options of later requests. */
  choose(chosen: ChosenMethod): void;
  /** Sends a message to the page, if there is one; a hidden webview has none. */
  send(message: ToEditor): void;
  /** Brings the panel to the front and performs the command there. */
  command(command: PageCommand): void;
  export(kind: RenderKind): Promise<void>;
  stopComparing(): void;
}
