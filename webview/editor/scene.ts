/** From the panel's state to what each pane shows. */
import type { Action, EditorState, HeatStyle, Slot } from '../../src/protocol/webview';
import { h } from '../dom';
import { percentOf } from '../numbers';
import { cardOf } from './cards';
import { saliencyValue, signedValue } from './facts';
import { differenceLegend, differenceOf, type Heat, heatOf } from './heat';
import { createLegend } from './legend';
import type { PaneContent } from './pane';
import type { Point } from './viewport';

/** By pane: '0', '1', 'difference'. */
export type Heats = ReadonlyMap<string, Heat>;

/** The maps of a panel; the difference stays the same object while its two frames do. */
export function createHeats(): (slots: readonly Slot[]) => Heats {
  let pair: { first: object; second: object; heat: Heat | undefined } | undefined;
  return (slots) => {
    const heats = new Map<string, Heat>();
    slots.forEach(({ frame }, i) => {
      if (frame) heats.set(String(i), heatOf(frame));
    });
    const [first, second] = [slots[0]?.frame, slots[1]?.frame];
    if (first && second) {
      if (pair?.first !== first || pair.second !== second) pair = { first, second, heat: differenceOf(first, second) };
      if (pair.heat) heats.set('difference', pair.heat);
    }
    return heats;
  };
}

/** Cards by the slot they are of: a card stays the same element while its slot does. */
const cards = new WeakMap<Slot, HTMLElement | undefined>();

export function panesOf(
  { name, slots }: EditorState,
  heats: Heats,
  style: HeatStyle,
  act: (id: Action['id']) => void,
): Map<string, PaneContent> {
  const several = slots.length > 1;
  const panes = new Map<string, PaneContent>();
  slots.forEach((slot, i) => {
    if (!cards.has(slot)) cards.set(slot, cardOf(slot, i, act));
    const score = slot.state.kind === 'done' ? slot.state.summary : undefined;
    panes.set(String(i), {
      title: `${name}, heat of ${slot.title}`,
      caption: several ? caption(slot.title, score && percentOf(score.class.probability, score.activation)) : undefined,
      heat: heats.get(String(i)),
      message: cards.get(slot),
      class: score?.class.class,
    });
  });
  if (several) {
    const [first, second] = [slots[0]!.title, slots[1]!.title];
    const legend = createLegend(`Colours from ${second} to ${first}`, second, first);
    legend.show(differenceLegend(style));
    panes.set('difference', {
      title: `${name}, difference of the heat of ${first} and ${second}`,
      caption: h('span', { class: 'caption-difference' }, h('strong', {}, 'Difference'), legend.root),
      heat: heats.get('difference'),
      message: undefined,
      class: undefined,
    });
  } else if (slots.length === 0) {
    panes.set('0', { title: name, caption: undefined, heat: undefined, message: undefined, class: undefined });
  }
  return panes;
}

function caption(title: string, value: string | undefined): HTMLElement {
  return h('span', {}, h('strong', {}, title), ...(value ? [h('span', { class: 'caption-value' }, value)] : []));
}

/** The values of all maps at a pixel, in words. */
export function probeText(at: Point, slots: readonly Slot[], heats: Heats): string {
  const values = [...heats].map(([id, heat]) => {
    const value = heat.valueAt(at.x, at.y);
    if (id === 'difference') return Number.isNaN(value) ? '' : `difference ${signedValue(value)}`;
    const text = heat.signed ? signedValue(value) : saliencyValue(value);
    const name = slots.length > 1 ? slots[Number(id)]!.title : 'saliency';
    return Number.isNaN(value) ? `${name}: outside the network's view` : `${name} ${text}`;
  });
  return [`x ${at.x}, y ${at.y}`, ...values.filter(Boolean)].join('  ·  ');
}
