/** The API that `activate` returns, for other extensions and for the tests that run inside VS Code. */
import type * as vscode from 'vscode';
import { ExplainError, errors } from '../core/errors';
import type { Explanation } from '../protocol/explanation';
import type { EditorState } from '../protocol/webview';
import { openExplanation } from './commands/open';
import type { Datasets } from './dataset/datasets';
import type { At } from './dataset/page/panel-types';
import type { Session } from './dataset/run/session';
import type { WindowEngine } from './engine';
import { TOP_CLASS } from './explanation/comparison';
import { editorState } from './panel/panel-messages';
import type { Panel } from './panel/panel-types';
import type { Panels } from './panel/panels';

export interface OpenExplanation {
  /** The images of the panel; there may be several. */
  readonly uris: readonly vscode.Uri[];
  /** The state that the panel shows for the active image. */
  readonly state: EditorState;
  /** The finished explanations of the active image. */
  readonly explanations: readonly Explanation[];
}

export interface OpenDataset extends Pick<Session, 'run' | 'info' | 'work' | 'broken'> {
  /** What the page shows, as it has told last. */
  readonly at: At | undefined;
}

export interface GroupCamApi {
  /** Opens the image as the command does and explains the class, or the top class; rejects with an ExplainError. */
  explain(uri: vscode.Uri, choice?: { class?: number }): Promise<Explanation>;
  /** All open panels; the current one is last. */
  explanations(): readonly OpenExplanation[];
  /** Id of the engine's process; undefined if it is not running. */
  enginePid(): number | undefined;
  /** The open run files; the current one is last. */
  datasets(): readonly OpenDataset[];
  /** Id of the runner's process; undefined if it is not running. */
  runnerPid(): number | undefined;
}

export function createApi(engine: WindowEngine, panels: Panels, datasets: Datasets): GroupCamApi {
  return {
    explain: async (uri, { class: index } = {}) => {
      const wasOpen = panelOf(panels, uri) !== undefined;
      await openExplanation(uri);
      const panel = await until(panels.onDidChange, () => panelOf(panels, uri));
      if (index !== undefined) panel.explain([{ target: { index }, title: `class ${index}` }]);
      else if (wasOpen) panel.explain([TOP_CLASS]);
      return until(panels.onDidChange, () => outcome(panels, panel));
    },
    explanations: () => panels.all.map(snapshot),
    enginePid: () => engine.pid,
    datasets: () =>
      datasets.editors.all.map(({ session: { run, info, work, broken }, at }) => ({ run, info, work, broken, at })),
    runnerPid: () => datasets.runnerPid,
  };
}

function panelOf(panels: Panels, uri: vscode.Uri): Panel | undefined {
  return panels.all.findLast(({ images }) => images.length === 1 && String(images[0]?.uri) === String(uri));
}

function snapshot({ images, state }: Panel): OpenExplanation {
  const explanations = state.images[state.active]?.slots.flatMap(({ explanation }) => explanation ?? []) ?? [];
  return { uris: images.map(({ uri }) => uri), state: editorState(state), explanations };
}

/** The explanation in the panel's first slot; undefined until it is finished. */
function outcome(panels: Panels, panel: Panel): Explanation | undefined {
  const slot = panel.state.images[panel.state.active]?.slots[0];
  if (!panels.all.includes(panel) || slot?.shown.state.kind === 'cancelled') throw errors.cancelled();
  if (slot?.shown.state.kind === 'failed') throw new ExplainError(slot.shown.state.code, slot.shown.state.message);
  return slot?.explanation;
}

/** Waits for the first value that `look` gives; a failure of `look` ends the wait. */
function until<T>(event: vscode.Event<void>, look: () => T | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const check = (): void => {
      try {
        const found = look();
        if (found === undefined) return;
        resolve(found);
      } catch (thrown) {
        reject(thrown);
      }
      listener.dispose();
    };
    const listener = event(check);
    check();
  });
}
