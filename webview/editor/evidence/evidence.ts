/** The section beside the image: how good its map is. */

import type { HeatStyle } from '../../../src/core/style';
import type { EditorState, EvidencePart, Slot } from '../../../src/protocol/webview';
import { h } from '../../dom';
import { iconButton } from '../../toolkit';
import { createChart } from './chart';
import { createSanityStrip } from './sanity-strip';
import { createScoreTable } from './score-table';
import { columnsOf, rowsOf, scoresOf, sentenceOf } from './scores';
import { curveOf } from './steps';
import { pointAt, pointText, type Walk } from './walk';
import { createWalkControls } from './walk-controls';
import { createWorkLine, mostTelling, type WorkLine, workText } from './work-line';

export interface EvidenceEvents {
  gather(part: EvidencePart, slots: readonly number[]): void;
  cancel(part: EvidencePart): void;
  walk(change: Partial<Walk>): void;
  close(): void;
}

const START: Readonly<Record<EvidencePart, { readonly title: string; readonly about: string }>> = {
  measurement: {
    title: 'Measure',
    about:
      'Follows the probability while pixels are deleted from the image or inserted into it in the order of the map, and ' +
      'scores the map beside a random one and a blob in the centre.',
  },
  sanity: {
    title: 'Sanity Check',
    about:
      "Re-randomises the network's weights, layer by layer. A map that stays the same does not depend on what the network has learned.",
  },
};

export function createEvidence(events: EvidenceEvents) {
  const chart = createChart((fraction) => events.walk({ fraction, shown: true }));
  const walk = createWalkControls(events.walk);
  const table = createScoreTable();
  const strip = createSanityStrip();
  const lines: Readonly<Record<EvidencePart, WorkLine>> = {
    measurement: lineOf('measurement', 'measure'),
    sanity: lineOf('sanity', 'sanity'),
  };
  const subject = h('h3', { class: 'evidence-subject' });
  const curves = h('div', { class: 'curves', hidden: true }, walk.root, subject, chart.root);
  const root = h(
    'section',
    { class: 'evidence', 'aria-label': 'Measurement', 'data-testid': 'evidence', hidden: true },
    h(
      'header',
      { class: 'evidence-head' },
      h('h2', {}, 'How good is this map?'),
      iconButton('close', 'Close', 'evidence-close', events.close, 'Close (Escape)'),
    ),
    h('div', { class: 'evidence-part' }, lines.measurement.root, h('div', { class: 'measured' }, curves, table.root)),
    h('div', { class: 'evidence-part' }, lines.sanity.root, strip.root),
  );
  let state: Pick<EditorState, 'slots' | 'evidence'> = { slots: [], evidence: [] };
  let focused = 0;

  function lineOf(part: EvidencePart, name: string): WorkLine {
    const start = () => events.gather(part, missing(part));
    return createWorkLine(START[part].title, name, start, () => events.cancel(part));
  }

  /** Slots of which this can be asked, the one in focus first; of a check, which takes long, that one alone. */
  function missing(part: EvidencePart): number[] {
    const all = [...state.slots.keys()].filter((slot) => {
      const kind = state.evidence[slot]?.[part]?.work.kind;
      return isMeasurable(state.slots[slot]) && (kind === undefined || kind === 'failed' || kind === 'cancelled');
    });
    return part === 'sanity' ? all.filter((slot) => slot === focused) : moveFirst(all, focused);
  }

  function showLine(part: EvidencePart): void {
    const { slots, evidence } = state;
    const works = slots.map((_, slot) => evidence[slot]?.[part]?.work);
    const found = part === 'sanity' ? focused : mostTelling(works);
    const work = works[found];
    const about = whyNot(slots[focused]) ?? START[part].about;
    const words = work ? workText(work) : about;
    const open = missing(part);
    const again = work?.kind === 'failed' || work?.kind === 'cancelled';
    const title = again ? 'Try Again' : `${START[part].title}${open.length > 1 ? ' All' : ''}`;
    const name = slots.length > 1 && work && words ? `${slots[found]!.title}: ` : '';
    lines[part].show(work, open.length > 0 ? title : undefined, `${name}${words}`);
  }

  function showWalk(now: Walk): void {
    const { slots, evidence } = state;
    const own = evidence[focused]?.measurement;
    const curve = own && curveOf(own, now.metric);
    curves.hidden = !curve;
    const title = slots.length > 1 ? `${slots[focused]!.title}: p` : 'p';
    subject.textContent = `${title} of the class, by share of pixels replaced`;
    if (!own || !curve) return;
    const point = pointAt(curve, now.fraction);
    chart.show(own.maps, now);
    walk.show(now, curve.fractions, point, pointText(now.metric, curve, point, activationOf(slots[focused])));
  }

  return {
    root,
    /** Asks for what has not been measured yet. */
    measure(): void {
      const slots = missing('measurement');
      if (slots.length > 0) events.gather('measurement', slots);
    },
    show(next: Pick<EditorState, 'slots' | 'evidence'>, focus: number, now: Walk, style: HeatStyle): void {
      state = next;
      focused = focus;
      showLine('measurement');
      showLine('sanity');
      showWalk(now);
      const columns = columnsOf(state, focused);
      const scores = scoresOf(state.evidence);
      const words = [sentenceOf(columns, scores, focused), state.evidence[focused]?.measurement?.note];
      table.show(columns, rowsOf(columns, scores), words.filter(Boolean).join(' '));
      strip.show(state.evidence[focused]?.sanity, state.slots[focused]?.frame, style);
    },
  };
}

const isMeasurable = (slot: Slot | undefined): boolean => slot?.state.kind === 'done' && !slot.state.summary.blank;

function whyNot(slot: Slot | undefined): string | undefined {
  if (slot?.state.kind !== 'done') return 'There is no finished map.';
  return slot.state.summary.blank ? 'The map is blank: there is nothing to measure.' : undefined;
}

const activationOf = (slot: Slot | undefined) => (slot?.state.kind === 'done' ? slot.state.summary.activation : '');

const moveFirst = (slots: readonly number[], first: number): number[] =>
  [...slots].sort((a, b) => Number(b === first) - Number(a === first));
