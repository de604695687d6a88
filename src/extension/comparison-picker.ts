/** The pickers of a comparison: by what to compare, then which ones, at most six. */
import * as vscode from 'vscode';
import { type ClassChoice, METHOD_NAMES, METHODS } from '../protocol/requests';
import type { ComparedBy } from '../protocol/webview';
import { comparedBy, MOST_COMPARED, miscounted, TOP_CLASS, type Wanted } from './comparison';
import type { CurrentModel } from './model';
import type { Panel } from './panel';
import { classItems, layerItems, modelItems } from './pickers';
import { pickOne, shownItem } from './quick-pick';
import { readSettings } from './settings';

interface Item extends vscode.QuickPickItem {
  readonly wanted: Wanted;
}

const KINDS: Readonly<Record<ComparedBy, string>> = {
  methods: 'The same class by several methods',
  layers: 'The same class from several layers',
  classes: 'Several classes; of two also the difference',
  models: 'The same class as several models see it',
};

const ITEMS: { readonly [K in ComparedBy]: (model: CurrentModel, panel: Panel) => Item[] | Promise<Item[]> } = {
  methods: (_, panel) =>
    METHODS.map((method) => ({
      label: METHOD_NAMES[method].title,
      description: METHOD_NAMES[method].paper,
      picked: method === readSettings().options.method,
      wanted: { target: targetOf(panel), title: METHOD_NAMES[method].title, method },
    })),
  layers: async (model, panel) => {
    const info = await model.info();
    return layerItems(info).map((item) => ({
      ...item,
      picked: item.label === info.layer.value,
      wanted: { target: targetOf(panel), title: item.label, layer: item.label },
    }));
  },
  classes: async (model, panel) => {
    const shown = panel.state.images[panel.state.active]?.slots.map(({ explanation }) => explanation?.class) ?? [];
    return classItems(await model.info(), panel).map(({ label, description, index }) => ({
      label,
      description,
      picked: shown.includes(index),
      wanted: { target: { index }, title: label },
    }));
  },
  models: async (model, panel) => {
    const inUse = model.choice().path;
    const label = panel.state.images[panel.state.active]?.slots[0]?.explanation?.label;
    const target = targetOf(panel);
    const named = target === 'top' || label === undefined ? target : { label };
    return (await modelItems(model)).map(({ label, description, path }) => ({
      label,
      description: description ?? '',
      picked: path === inUse,
      // Without a model of its own it is the one in use, with the layer and labels chosen for it.
      wanted:
        path === inUse
          ? { target, title: label }
          : { target: named, title: label, model: path === undefined ? {} : { path } },
    }));
  },
};

export async function pickComparison(model: CurrentModel, panel: Panel): Promise<void> {
  const kinds = (Object.keys(KINDS) as ComparedBy[]).map((by) => ({
    label: `Compare ${by}`,
    description: by === comparedBy(panel.wanted) ? 'shown now' : '',
    detail: KINDS[by],
    by,
  }));
  const kind = await pickOne(kinds, { title: 'Compare Side by Side' });
  if (!kind) return;
  const items = await ITEMS[kind.by](model, panel);
  const shown = kind.by === comparedBy(panel.wanted) ? panel.wanted.map(({ title }) => title) : undefined;
  const ticked = items.map((item) => ({ ...item, picked: shown?.includes(item.label) ?? item.picked ?? false }));
  const picked = await pickSeveral(kind.label, ticked);
  if (picked) panel.explain(picked.map(({ wanted }) => wanted));
}

/** The class that the panel explains now. */
function targetOf({ wanted: [first = TOP_CLASS] }: Panel): ClassChoice {
  return first.target;
}

/** Stays open while fewer or more are ticked than can be compared, and says so in its title. */
function pickSeveral(title: string, items: readonly Item[]): Promise<readonly Item[] | undefined> {
  const shown = items.map(shownItem);
  const pick = vscode.window.createQuickPick<(typeof shown)[number]>();
  const tell = (count: number) => {
    pick.title = `${title}: ${miscounted(count) ?? `${count} of at most ${MOST_COMPARED} chosen`}`;
  };
  Object.assign(pick, { canSelectMany: true, matchOnDescription: true, items: shown });
  pick.selectedItems = shown.filter(({ picked }) => picked);
  tell(pick.selectedItems.length);
  return new Promise((resolve) => {
    pick.onDidChangeSelection(({ length }) => tell(length));
    pick.onDidAccept(() => {
      if (miscounted(pick.selectedItems.length)) return;
      resolve(pick.selectedItems.map(({ item }) => item));
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}
