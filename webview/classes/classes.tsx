/**
 * The Classes view shows the probability of each class for the active image. A click explains a class, and two ticks
 * compare two classes.
 */
import './classes.css';
import { computed, effect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import * as v from 'valibot';
import { fields } from '../../src/core/schema';
import type { FromClasses, ToClasses } from '../../src/protocol/classes-view';
import { Icon } from '../icon';
import { LiveRegion } from '../live-region';
import { connect, listen } from '../messages';
import { mount } from '../mount';
import { SearchField, TextButton, type TextField } from '../toolkit';
import { Listbox } from './listbox';
import { createStore, type Store } from './store';

const SAVED = fields({ query: v.string() });

const host = connect<FromClasses, v.InferOutput<typeof SAVED>>(SAVED);
const store = createStore(host.saved?.query ?? '', host.post);

function Classes({ store }: { readonly store: Store }) {
  const field = useRef<TextField>(null);
  const list = useRef<HTMLDivElement>(null);
  const { told, query, found, hint } = store;
  const message = store.message.value;
  const isUsable = message === undefined;
  /** What a key does now; the page may not have been rendered since the key before. */
  function actionOf(key: string): (() => void) | undefined {
    const [best] = found.peek();
    const keys: Readonly<Record<string, () => void>> = {
      ArrowDown: () => list.current?.focus(),
      Enter: () => best !== undefined && store.explain(best),
      ...(query.peek() && { Escape: () => store.search('') }),
    };
    return keys[key];
  }
  return (
    <>
      <div class="note" data-testid="demo" hidden={!told.value?.demo || !isUsable}>
        <Icon name="beaker" />
        Demo model. Choose your own in the Model view.
      </div>
      <SearchField
        name="Search classes"
        testId="search"
        value={query.value}
        hidden={!isUsable}
        onInput={store.search}
        onKeyDown={(event) => {
          const act = actionOf(event.key);
          if (!act) return;
          event.preventDefault();
          act();
        }}
        elementRef={field}
      />
      <div class="hint" data-testid="hint" hidden={!isUsable}>
        {hint}
      </div>
      <div class="next" hidden={!isUsable || !store.isDemoIdle.value}>
        <TextButton testId="open-demo" primary onClick={() => host.post({ type: 'open-demo' })}>
          Open Demo Image
        </TextButton>
      </div>
      <div class="note" role="note" data-testid="message" hidden={isUsable}>
        <Icon name="info" />
        <span>{message}</span>
      </div>
      <Listbox store={store} listRef={list} leave={() => field.current?.focus()} />
      <LiveRegion text={spoken} />
    </>
  );
}

const spoken = computed(() => store.message.value ?? store.hint.value);

effect(() => {
  const isReady = store.told.value !== undefined && store.message.value === undefined;
  document.body.dataset['state'] = isReady ? 'ready' : 'empty';
});
effect(() => host.save({ query: store.query.value }));
mount(<Classes store={store} />);
listen<ToClasses>({ state: ({ state }) => store.tell(state) });
host.post({ type: 'ready' });
