/** From the panel's state to what each pane shows. */

import type { HeatStyle } from '../../../src/core/style';
import type { Action, EditorState, Slot } from '../../../src/protocol/webview';
import { h } from '../../dom';
import { saliencyValue, signedValue, spokenTitle } from '../facts';
import { differenceLegend, differenceOf, type Heat, heatOf } from '../heat/heat';
import { createLegend } from '../heat/legend';
import { caption } from './caption';
import { cardOf } from './cards';
import type { PaneContent } from './pane';
import type { Point } from './viewport';

/** By pane: '0', '1', ..., 'difference'. */
export type Heats = ReadonlyMap<string, Heat>;

type Compared = Pick<EditorState, 'slots' | 'comparedBy'>;

/** Of more than two classes there is no one difference. */
const hasDifference = ({ slots, comparedBy }: Compared) => comparedBy === 'classes' && slots.length === 2;

/** The maps of a panel; the difference stays the same object while its two frames do. */
export function createHeats(): (state: Compared) => Heats {
  let pair: { first: object; second: object; heat: Heat | undefined } | undefined;
  return (state) => {
    const { slots } = state;
    const heats = new Map<string, Heat>();
    slots.forEach(({ frame }, i) => {
      if (frame) heats.set(String(i), heatOf(frame));
    });
    const [first, second] = [slots[0]?.frame, slots[1]?.frame];
    if (hasDifference(state) && first && second) {
      if (pair?.first !== first || pair.second !== second) pair = { first, second, heat: differenceOf(first, second) };
      if (pair.heat) heats.set('difference', pair.heat);
    }
    return heats;
  };
}

/** Cards by the slot they are of: a card stays the same element while its slot does. */
const cards = new WeakMap<Slot, HTMLElement | undefined>();

export function panesOf(
  state: EditorState,
  heats: Heats,
  style: HeatStyle,
  act: (id: Action['id']) => void,
): Map<string, PaneContent> {
  const { name, slots, comparedBy } = state;
  const panes = new Map<string, PaneContent>();
  const empty = { caption: undefined, heat: undefined, message: undefined, class: undefined, progress: undefined };
  slots.forEach((slot, i) => {
    if (!cards.has(slot)) cards.set(slot, cardOf(slot, i, act));
    panes.set(String(i), {
      title: `${name}, heat of ${spokenTitle(slot, comparedBy)}`,
      caption: slots.length > 1 ? caption(slot, comparedBy) : undefined,
      heat: heats.get(String(i)),
      message: cards.get(slot),
      class: slot.state.kind === 'done' ? slot.state.summary.class.class : undefined,
      progress: progressOf(slot),
    });
  });
  if (hasDifference(state)) {
    const [first, second] = [slots[0]!.title, slots[1]!.title];
    const legend = createLegend(`Colours from ${second} to ${first}`, second, first);
    legend.show(differenceLegend(style));
    panes.set('difference', {
      ...empty,
      title: `${name}, difference of the heat of ${first} and ${second}`,
      caption: h('span', { class: 'caption-difference' }, h('strong', {}, 'Difference'), legend.root),
      heat: heats.get('difference'),
    });
  } else if (slots.length === 0) {
    panes.set('0', { ...empty, title: name });
  }
  return panes;
}

function progressOf({ state }: Slot): PaneContent['progress'] {
  if (state.kind !== 'working') return undefined;
  return state.total > 0 ? state.done / state.total : 'unknown';
}

/** The value of each map at a pixel of the image, by pane. */
export function readings(at: Point, heats: Heats): Map<string, string> {
  return new Map(
    [...heats].map(([id, heat]) => {
      const value = heat.valueAt(at.x, at.y);
      if (Number.isNaN(value)) return [id, 'not seen'];
      return [id, heat.signed ? signedValue(value) : saliencyValue(value)];
    }),
  );
}

/** @param pixel red, green, blue and alpha, when they are known */
export function pixelText(at: Point, pixel: Uint8ClampedArray | undefined): string {
  const place = `x ${at.x}, y ${at.y}`;
  if (!pixel) return place;
  return `${place}  ·  ${pixel[3] === 0 ? 'transparent' : `RGB ${pixel.slice(0, 3).join(', ')}`}`;
}

/** The values of all maps at a pixel, in words. */
export function readingsText(values: ReadonlyMap<string, string>, slots: readonly Slot[]): string {
  const named = [...values].map(([id, text]) => {
    if (id === 'difference') return `difference ${text}`;
    const name = slots.length > 1 ? slots[Number(id)]!.title : 'saliency';
    return text === 'not seen' ? `${name}: outside the network's view` : `${name} ${text}`;
  });
  return named.join('  ·  ');
}
