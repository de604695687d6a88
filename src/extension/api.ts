/** What `activate` returns: for other extensions, and for the tests that run inside VS Code. */
import type * as vscode from 'vscode';
import type { EngineState } from '../client/engine';
import { ExplainError, errors } from '../core/errors';
import type { EditorState, Explanation } from '../protocol/webview';
import type { WindowEngine } from './engine';
import { openExplanation } from './open';
import type { Panel } from './panel';
import { editorState } from './panel-messages';
import type { Panels } from './panels';

export interface OpenExplanation {
  /** The images of the panel, one or several. */
  readonly uris: readonly vscode.Uri[];
  /** What the panel shows of the image in front. */
  readonly state: EditorState;
  /** The finished explanations of the image in front. */
  readonly explanations: readonly Explanation[];
}

export interface GroupCamApi {
  /** Opens the image as the command does; settles with its explanation, or rejects with an ExplainError. */
  explain(uri: vscode.Uri, choice?: { class?: number }): Promise<Explanation>;
  /** Every open panel, the current one last. */
  explanations(): readonly OpenExplanation[];
  readonly engine: {
    /** The engine's process; undefined while none runs. */
    readonly pid: number | undefined;
    readonly state: EngineState;
    restart(): void;
  };
  enginePid(): number | undefined;
}

export function createApi(engine: WindowEngine, panels: Panels): GroupCamApi {
  return {
    explain: async (uri, choice = {}) => {
      await openExplanation(uri);
      const panel = await until(panels.onDidChange, () => panelOf(panels, uri));
      if (choice.class !== undefined) {
        panel.explain([{ target: { index: choice.class }, title: `class ${choice.class}` }]);
      }
      return until(panels.onDidChange, () => outcome(panels, panel));
    },
    explanations: () => panels.all.map(snapshot),
    engine: {
      get pid() {
        return engine.pid;
      },
      get state() {
        return engine.state;
      },
      restart: () => engine.restart(),
    },
    enginePid: () => engine.pid,
  };
}

function panelOf(panels: Panels, uri: vscode.Uri): Panel | undefined {
  return panels.all.findLast(({ images }) => images.length === 1 && String(images[0]?.uri) === String(uri));
}

function snapshot({ images, state }: Panel): OpenExplanation {
  const explanations = state.images[state.active]?.slots.flatMap(({ explanation }) => explanation ?? []) ?? [];
  return { uris: images.map(({ uri }) => uri), state: editorState(state), explanations };
}

/** The explanation of the panel's first slot once it is there. */
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
