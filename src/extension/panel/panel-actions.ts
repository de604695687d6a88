/** The actions on a panel, by its page or by a command. */
import { isDeepStrictEqual } from 'node:util';
import type { RenderKind } from '../../protocol/requests';
import type { Action, FromEditor } from '../../protocol/webview';
import { alone, readQuestions, TOP_CLASS, type Wanted } from '../explanation/comparison';
import { withoutGradients } from '../explanation/method-choice';
import type { ImageFile } from '../images/image-file';
import { isPerformable, type PanelAction } from '../notify';
import type { PanelPictures } from './panel-pictures';
import type { PanelStore } from './panel-store';
import type { PanelServices } from './panel-types';

export type PanelActions = ReturnType<typeof createPanelActions>;

export function createPanelActions(
  store: PanelStore,
  images: readonly ImageFile[],
  pictures: PanelPictures,
  services: PanelServices,
) {
  const ownActions: Readonly<Record<PanelAction, () => void>> = {
    retry: () => store.dispatch({ type: 'retried', image: store.state.active }),
    // This affects only this panel.
    'gradient-free': () =>
      store.dispatch(
        { type: 'chosen', chosen: withoutGradients(store.state.chosen) },
        { type: 'refreshed', image: store.state.active },
      ),
  };

  /** Requests explanations of the active image. */
  function ask(wanted: readonly Wanted[]): void {
    store.dispatch({ type: 'asked', image: store.state.active, wanted });
  }

  return {
    ask,

    /** Ends a comparison and keeps the explanation in focus. */
    askAlone: () => ask(alone(store.wanted, store.focused)),

    act(id: Action['id']): void {
      if (isPerformable(id)) {
        services.perform(id);
        return;
      }
      pictures.showMissing();
      ownActions[id]();
    },

    select(image: number): void {
      const before = store.state.active;
      store.dispatch({ type: 'selected', image });
      if (store.state.active !== before) pictures.release(before);
      pictures.showActive();
    },

    /** What has come of it, in words. A failure is reported, since the report offers what helps. */
    async exportFocused(kind: RenderKind): Promise<string | undefined> {
      const { active, style } = store.state;
      const explanation = store.state.images[active]?.slots[store.focused]?.explanation;
      if (!explanation) return 'Nothing to export yet';
      try {
        const saved = await services.save(images[active]!, kind, explanation, style);
        return saved && `Saved ${saved}`;
      } catch (thrown) {
        services.report(thrown);
        return undefined;
      }
    },

    gather({ part, slots }: Extract<FromEditor, { type: 'assessment' }>): void {
      const image = store.state.active;
      for (const slot of slots) {
        const of = store.state.images[image]?.slots[slot]?.explanation;
        if (of) store.dispatch({ type: 'assessment', image, slot, of, change: { type: 'asked', part } });
      }
    },

    /** Restores what was shown before the window was reloaded. A newer request is kept. */
    restore({ questions, style, focused }: Extract<FromEditor, { type: 'ready' }>): void {
      if (style) store.take({ type: 'style', style });
      if (focused !== undefined) store.take({ type: 'focused', slot: focused });
      const isUntouched = store.state.images.every(({ wanted }) => wanted.every((one) => one === TOP_CLASS));
      const read = isUntouched && questions !== undefined ? readQuestions(questions, images.length) : undefined;
      if (!read) return;
      const { others, chosen } = read;
      store.dispatch(...[...others].map(([image, wanted]) => ({ type: 'asked', image, wanted }) as const));
      if (isDeepStrictEqual(chosen, store.state.chosen)) return;
      store.dispatch({ type: 'chosen', chosen }, ...images.map((_, image) => ({ type: 'refreshed', image }) as const));
    },
  };
}
