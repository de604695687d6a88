/** One quick pick for several steps: it stays where it is from the first to the last, and no other part of the window takes it away. */
import { setTimeout } from 'node:timers/promises';
import * as vscode from 'vscode';
import { withoutIcons } from '../../protocol/plain-text';
import { type Shown, shownItem } from './quick-pick';

export interface Step<T extends vscode.QuickPickItem> {
  readonly title: string;
  readonly placeholder?: string;
  /** @param typed empty unless `typed` says that the items are made of it */
  items(typed: string): readonly T[] | Promise<readonly T[]>;
  /** What is typed is an answer of its own: the items are asked for again with each key. Else it filters them. */
  readonly typed?: true;
  /** Several may be ticked; those with `picked` are from the start. Gives the words for a number of them, to follow the title. */
  readonly several?: (count: number) => string;
  /**
   * The step that follows, nothing after the last, or `stay` for a choice that can't be taken. `again`: the same step, whose items have
   * changed; `back`: the one before it.
   */
  accept(chosen: readonly T[]): Next<T>;
}

export type Next<T extends vscode.QuickPickItem> = Step<T> | 'stay' | 'again' | 'back' | undefined;

/** Resolves when the last step was accepted or the user gave up. */
export function runSteps<T extends vscode.QuickPickItem>(first: Step<T>): Promise<void> {
  const pick = vscode.window.createQuickPick<Shown<T>>();
  Object.assign(pick, { ignoreFocusOut: true, matchOnDescription: true });
  /** From the first to the one that is shown. */
  let trail: readonly Step<T>[] = [];

  const tell = (count: number) => {
    // An event may come when the picker is gone.
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
    // Rows get their boxes when they are made, so the picker is told first, in a message of its own, that it has some.
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
