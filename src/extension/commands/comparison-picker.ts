/** The pickers of a comparison: first what to compare, then which ones, at most six. */
import type * as vscode from 'vscode';
import { METHOD_NAMES, METHODS, titleOf } from '../../core/methods/names';
import type { ModelInfo } from '../../core/model/info';
import type { ClassChoice } from '../../protocol/requests';
import type { ComparedBy } from '../../protocol/webview';
import { comparedBy, MOST_COMPARED, miscounted, TOP_CLASS, titledModels, type Wanted } from '../explanation/comparison';
import { notify } from '../notify';
import type { Panel } from '../panel/panel-types';
import { readSettings } from '../settings';
import { classItems, layerItems, modelItems } from './pickers';
import { runSteps, type Step } from './steps';

interface Item extends vscode.QuickPickItem {
  readonly wanted: Wanted;
}

type Choice = Item | (vscode.QuickPickItem & { readonly by: ComparedBy });

const KINDS: Readonly<Record<ComparedBy, string>> = {
  methods: 'The same class by several methods',
  layers: 'The same class from several layers',
  classes: 'Several classes; of two also the difference',
  models: 'The same class as several models see it',
};

const ITEMS: { readonly [K in ComparedBy]: (panel: Panel) => Item[] | Promise<Item[]> } = {
  methods: async (panel) => [
    ...ownItems(await panel.model.info(), targetOf(panel)),
    ...METHODS.map((method) => ({
      label: METHOD_NAMES[method].title,
      description: METHOD_NAMES[method].paper,
      picked: method === readSettings().method.method,
      wanted: { target: targetOf(panel), title: METHOD_NAMES[method].title, method },
    })),
  ],
  layers: async (panel) => {
    const info = await panel.model.info();
    return layerItems(info).map((item) => ({
      ...item,
      picked: item.label === info.layer.value,
      wanted: { target: targetOf(panel), title: item.label, layer: item.label },
    }));
  },
  classes: async (panel) => {
    const shown = panel.state.images[panel.state.active]?.slots.map(({ explanation }) => explanation?.class) ?? [];
    return classItems(await panel.model.info(), panel).map(({ label, description, index }) => ({
      label,
      description,
      picked: shown.includes(index),
      wanted: { target: { index }, title: label },
    }));
  },
  models: async (panel) => {
    const { model } = panel;
    const inUse = model.choice().path;
    const target = targetOf(panel);
    // Other models are asked for the class by its name.
    const isIndex = target !== 'top' && 'index' in target;
    const label = isIndex ? (await model.info()).labels.value[target.index] : undefined;
    const named = label === undefined ? target : { label };
    return (await modelItems(model)).map(({ label, description, path }) => ({
      label,
      description: description ?? '',
      picked: path === inUse,
      // Without a model of its own it is the one in use, with the layer and labels chosen for it.
      wanted:
        path === inUse
          ? { target, title: label, hint: label }
          : { target: named, title: label, hint: label, model: path === undefined ? {} : { path } },
    }));
  },
};

/** The map that an exported model makes itself stands beside those that are computed here. */
function ownItems({ exported }: ModelInfo, target: ClassChoice): Item[] {
  const title = "Model's own map";
  if (!exported) return [];
  return [
    {
      label: title,
      description: titleOf(exported['method'] ?? ''),
      picked: true,
      wanted: { target, title, own: true },
    },
  ];
}

/** The value that distinguishes two explanations of a comparison. */
const DIFFERENCES: Readonly<Record<ComparedBy, (wanted: Wanted) => string | undefined>> = {
  methods: ({ method, own }) => (own ? 'own' : method),
  layers: ({ layer }) => layer,
  classes: ({ target }) => JSON.stringify(target),
  models: ({ model }) => JSON.stringify(model),
};

export async function pickComparison(panel: Panel): Promise<void> {
  const shown = comparedBy(panel.wanted);
  const kinds = (Object.keys(KINDS) as ComparedBy[]).map((by) => ({
    label: `Compare ${by}`,
    description: by === shown ? 'shown now' : '',
    detail: KINDS[by],
    by,
  }));
  let answer: readonly Item[] | undefined;
  const second = (by: ComparedBy): Step<Choice> => ({
    title: `Compare ${by}`,
    placeholder: `Tick two to ${MOST_COMPARED}, then press Enter`,
    items: async () => {
      const items = await ITEMS[by](panel);
      if (by !== shown) return items;
      const shownNow = panel.wanted.map(DIFFERENCES[by]);
      return items.map((item) => ({ ...item, picked: shownNow.includes(DIFFERENCES[by](item.wanted)) }));
    },
    several: (count) => miscounted(count) ?? `${count} of at most ${MOST_COMPARED} chosen`,
    accept: (chosen) => {
      const flaw = miscounted(chosen.length);
      if (flaw !== undefined) {
        // The title says it too, but says it all the time.
        notify(`Nothing is compared yet: ${flaw}.`);
        return 'stay';
      }
      answer = chosen.filter((item) => 'wanted' in item);
      return undefined;
    },
  });
  await runSteps<Choice>({
    title: 'Compare Side by Side',
    items: () => kinds,
    accept: ([kind]) => (kind && 'by' in kind ? second(kind.by) : 'stay'),
  });
  if (!answer) return;
  const wanted = answer.map((item) => item.wanted);
  panel.explain(wanted.some((one) => one.model) ? titledModels(wanted) : wanted);
}

/** The class that the panel explains now. */
function targetOf({ wanted: [first = TOP_CLASS] }: Panel): ClassChoice {
  return first.target;
}
