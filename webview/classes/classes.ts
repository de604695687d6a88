/** The Classes view: how probable each class is on the active image; a click explains it, two ticks compare. */
import './classes.css';
import type { ClassesState, FromClasses, ToClasses } from '../../src/protocol/webview';
import { h, icon, liveRegion } from '../dom';
import { connect, listen } from '../messages';
import { searchField } from '../toolkit';
import { ranked, search } from './list';
import { createListbox } from './listbox';

interface Saved {
  readonly query: string;
}

const host = connect<FromClasses, Saved>();
let query = host.saved?.query ?? '';
let state: ClassesState | undefined;
let order: readonly number[] = [];

const field = searchField('Search classes', 'search', (text) => {
  query = text;
  host.save({ query });
  list.restart();
  render();
});
field.value = query;
const demo = h(
  'div',
  { class: 'note', 'data-testid': 'demo', hidden: true },
  icon('beaker'),
  'Demo model. Choose your own in the Model view.',
);
const hint = h('div', { class: 'hint', 'data-testid': 'hint' });
const message = h(
  'div',
  { class: 'note', role: 'note', 'data-testid': 'message', hidden: true },
  icon('info'),
  h('span'),
);
const speech = liveRegion();
const list = createListbox({ post: host.post, leave: () => field.focus() });
document.body.append(demo, field, hint, message, list.root, speech.root);
document.body.dataset['state'] = 'empty';

field.addEventListener('keydown', (event) => {
  if (event.key === 'ArrowDown') list.focus();
  else if (event.key === 'Enter') list.explainFirst();
  else if (event.key === 'Escape' && query) {
    field.value = '';
    field.dispatchEvent(new Event('input'));
  } else return;
  event.preventDefault();
});

function render(): void {
  if (!state) return;
  const { message: text, image, labels } = state;
  const usable = text === undefined;
  demo.hidden = !state.demo || !usable;
  message.hidden = usable;
  message.lastElementChild!.textContent = text ?? '';
  for (const element of [field, hint, list.root]) element.hidden = !usable;
  const found = search(labels, order, query);
  hint.textContent = hintOf(found.length);
  list.show(state, found);
  list.root.classList.toggle('disabled', image === undefined);
  document.body.dataset['state'] = usable ? 'ready' : 'empty';
  speech.say(text ?? hint.textContent);
}

function hintOf(found: number): string {
  if (!state) return '';
  if (query.trim()) return `${found} of ${state.labels.length} classes`;
  if (state.image === undefined) return 'Explain an image to choose among its classes.';
  const [first, second] = state.shown.map((index) => state?.labels[index]);
  if (second !== undefined) return `Comparing ${first} and ${second}.`;
  return 'Tick two classes to compare them.';
}

listen<ToClasses>({
  state({ state: next }) {
    state = next;
    order = ranked(next.labels, next.probabilities);
    render();
  },
});
host.post({ type: 'ready' });
