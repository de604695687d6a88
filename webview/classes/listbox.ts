/** The list of classes: rows for what is asked to be seen, with the keys of a listbox. */
import type { ClassesState, FromClasses } from '../../src/protocol/webview';
import { h } from '../dom';
import { textButton } from '../toolkit';
import { ticked } from './list';
import { createRow, type Row } from './row';

/** Rows made at first, and with each "Show more". */
const PORTION = 100;
const PAGE = 10;

export interface ListboxEvents {
  post(message: FromClasses): void;
  /** The list is left upwards. */
  leave(): void;
}

export function createListbox(events: ListboxEvents) {
  const list = h('div', {
    class: 'list',
    role: 'listbox',
    tabindex: 0,
    'aria-label': 'Classes',
    'data-testid': 'classes',
  });
  const more = textButton('', 'more', () => {
    limit += PORTION;
    render();
  });
  const root = h('div', { class: 'scroll' }, list, more);
  const rows: Row[] = [];
  let limit = PORTION;
  let found: readonly number[] = [];
  let state: ClassesState | undefined;
  /** The class that keys act on. */
  let active: number | undefined;

  const listed = () => found.slice(0, limit);
  const enabled = () => state?.image !== undefined;

  function explain(index: number): void {
    activate(index);
    if (enabled()) events.post({ type: 'explain', class: index });
  }

  function tick(index: number): void {
    activate(index);
    const message = state && enabled() ? ticked(state.shown, index) : undefined;
    if (!message || !state) return;
    // Shown at once; the host's next state confirms it.
    state = {
      ...state,
      shown: message.type === 'compare' ? message.classes : message.type === 'explain' ? [message.class] : [],
    };
    render();
    events.post(message);
  }

  function activate(index: number | undefined): void {
    active = index;
    render();
    const row = rows[listed().indexOf(active ?? -1)];
    row?.root.scrollIntoView({ block: 'nearest' });
  }

  function render(): void {
    if (!state) return;
    const { labels, probabilities, activation, shown } = state;
    const visible = listed();
    if (active === undefined || !visible.includes(active)) active = visible[0];
    while (rows.length > visible.length) rows.pop()!.root.remove();
    while (rows.length < visible.length) {
      const row = createRow(`row-${rows.length}`, explain, tick);
      rows.push(row);
      list.append(row.root);
    }
    visible.forEach((index, position) => {
      rows[position]!.show({
        index,
        label: labels[index]!,
        probability: probabilities?.[index],
        activation,
        shown: shown.includes(index),
        active: index === active,
        position,
        total: found.length,
      });
    });
    const at = visible.indexOf(active ?? -1);
    if (at < 0) list.removeAttribute('aria-activedescendant');
    else list.setAttribute('aria-activedescendant', `row-${at}`);
    list.setAttribute('aria-disabled', String(!enabled()));
    const hidden = found.length - visible.length;
    more.hidden = hidden === 0;
    more.textContent = `Show more (${hidden} left)`;
  }

  function moveBy(step: number): void {
    const visible = listed();
    const at = visible.indexOf(active ?? -1);
    if (step === -1 && at <= 0) events.leave();
    else activate(visible[Math.min(Math.max(at + step, 0), visible.length - 1)]);
  }

  const keys: Readonly<Record<string, () => void>> = {
    ArrowDown: () => moveBy(1),
    ArrowUp: () => moveBy(-1),
    PageDown: () => moveBy(PAGE),
    PageUp: () => moveBy(-PAGE),
    Home: () => activate(found[0]),
    End: () => activate(listed().at(-1)),
    Enter: () => active !== undefined && explain(active),
    ' ': () => active !== undefined && tick(active),
  };
  list.addEventListener('keydown', (event) => {
    const act = keys[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  });

  return {
    root,
    focus: () => list.focus(),
    /** Explains the first class of the list. */
    explainFirst: () => found[0] !== undefined && explain(found[0]),
    show(next: ClassesState, classes: readonly number[]): void {
      if (next.labels.length !== state?.labels.length) limit = PORTION;
      state = next;
      found = classes;
      render();
    },
    /** Another search starts at its best match. */
    restart(): void {
      limit = PORTION;
      active = undefined;
      root.scrollTop = 0;
    },
  };
}
