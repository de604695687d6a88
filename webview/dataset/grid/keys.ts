/** The keys of the grid. */
import type { DatasetPage } from '../model';
import * as ranges from './selection';

export function gridKeys(page: DatasetPage, event: KeyboardEvent): void {
  const act = actionOf(page, event);
  if (!act) return;
  event.preventDefault();
  event.stopPropagation();
  act();
}

function actionOf(page: DatasetPage, event: KeyboardEvent): (() => void) | undefined {
  const { store, grid, actions } = page;
  const { key, shiftKey, altKey } = event;
  const isControl = event.ctrlKey || event.metaKey;
  if (altKey) return undefined;
  const move = (by: number) => () => grid.move(by, shiftKey);
  const focus = store.focus.peek();
  const count = store.list.peek()?.count ?? 0;
  const keys: Readonly<Record<string, () => void>> = {
    ArrowRight: move(1),
    ArrowLeft: move(-1),
    ArrowDown: move(grid.layout.peek().columns),
    ArrowUp: move(-grid.layout.peek().columns),
    PageDown: move(grid.page()),
    PageUp: move(-grid.page()),
    Home: move(-count),
    End: move(count),
    Enter: () => (shiftKey ? page.versions.sideBySide(focus) : actions.explain(focus)),
    ' ': () => grid.pick(focus, shiftKey ? 'extend' : 'toggle'),
    Escape: () => actions.clearSelection(),
  };
  const withControl: Readonly<Record<string, () => void>> = {
    a: () => {
      store.selection.value = ranges.all(count);
    },
    z: actions.undo,
    // The command of the host comes later: what is typed at once would be taken for keys of tags.
    f: actions.editQuery,
    Home: move(-count),
    End: move(count),
    ' ': () => grid.pick(focus, 'toggle'),
  };
  if (isControl) return withControl[key];
  if (keys[key]) return keys[key];
  if (key.toLowerCase() === 'h' && !shiftKey) return actions.toggleHeat;
  if (key === '+' || key === '=') return () => actions.resize(1);
  if (key === '-') return () => actions.resize(-1);
  if (key === '/') return actions.editQuery;
  const tag = store.info.peek()?.tags.find((each) => each.key === key);
  return tag && (() => void actions.toggleTag(tag.name));
}
