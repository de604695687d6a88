/**
 * One quick pick for several steps. It stays open from the first step to the last, even if the focus moves elsewhere.
 */
import { setTimeout } from 'node:timers/promises';
import * as vscode from 'vscode';
import { withoutIcons } from '../../protocol/plain-text';
import { type Shown, shownItem } from './quick-pick';

export interface Step<T extends vscode.QuickPickItem> {
  readonly title: string;
  readonly placeholder?: string;
  /** @param typed the typed text if the items depend on it (see `typed` below), otherwise empty */
  items(typed: string): readonly T[] | Promise<readonly T[]>;
  /**
   * True if the typed text is itself an answer: the items are then requested again with each key. Otherwise the text
   * filters them.
   */
  readonly typed?: true;
  /**
   * If present, several items may be ticked; those with `picked` are ticked at the start. The function returns the
   * words for a number of ticked items, which are appended to the title.
   */
  readonly several?: (count: number) => string;
  /**
   * The next step, nothing after the last, or `stay` for a choice that is not accepted. `again` is the same step with
   * changed items, `back` the step before.
   */
  accept(chosen: readonly T[]): Next<T>;
}

export type Next<T extends vscode.QuickPickItem> = Step<T> | 'stay' | 'again' | 'back' | undefined;

/** Resolves when the last step is accepted or the user cancels. */
export function runSteps<T extends vscode.QuickPickItem>(first: Step<T>): Promise<void> {
  const pick = vscode.window.createQuickPick<Shown<T>>();
  Object.assign(pick, { ignoreFocusOut: true, matchOnDescription: true });
  /** The steps from the first to the one on screen. */
  let trail: readonly Step<T>[] = [];

  const tell = (count: number) => {
    // An event may arrive after the picker is closed.
    const step = trail.at(-1);
    if (!step) return;
    const { title, several } = step;
    pick.title = withoutIcons(several ? `${title}: ${several(count)}` : title);
  };

  async function show(steps: readonly Step<T>[]): Promise<void> {
    trail = steps;
    const step = steps.at(-1)!;
    pick.items = [];
    pick.value = '';
    pick.canSelectMany = step.several !== undefined;
    pick.placeholder = step.placeholder;
    pick.buttons = steps.length > 1 ? [vscode.QuickInputButtons.Back] : [];
    tell(0);
    pick.busy = true;
    // VS Code decides about the checkboxes of rows when it creates them, so the picker must learn in an earlier message
    // that it has checkboxes.
    const [found] = await Promise.all([step.items(''), setTimeout(0)]);
    const items = found.map(shownItem);
    if (trail !== steps) return;
    pick.busy = false;
    pick.items = items;
    if (!step.several) return;
    pick.selectedItems = items.filter(({ picked }) => picked);
    tell(pick.selectedItems.length);
  }

  async function retype(step: Step<T>, typed: string): Promise<void> {
    const found = await step.items(typed);
    if (trail.at(-1) === step && pick.value === typed) pick.items = found.map(shownItem);
  }

  return new Promise((resolve, reject) => {
    const fail = (thrown: unknown) => {
      reject(thrown);
      pick.hide();
    };
    const go = (steps: readonly Step<T>[]) => show(steps).catch(fail);
    pick.onDidChangeValue((typed) => {
      const step = trail.at(-1);
      if (step?.typed) void retype(step, typed).catch(fail);
    });
    pick.onDidChangeSelection(({ length }) => tell(length));
    pick.onDidTriggerButton(() => go(trail.slice(0, -1)));
    pick.onDidAccept(() => {
      const step = trail.at(-1);
      if (!step) return;
      const chosen = (step.several ? pick.selectedItems : pick.activeItems).map(({ item }) => item);
      if (chosen.length === 0 && !step.several) return;
      const next = step.accept(chosen);
      if (next === 'stay') return;
      if (next === 'again') void go([...trail]);
      else if (next === 'back') void go(trail.slice(0, -1));
      else if (next) void go([...trail, next]);
      else pick.hide();
    });
    pick.onDidHide(() => {
      trail = [];
      pick.dispose();
      resolve();
    });
    pick.show();
    void go([first]);
  });
}
