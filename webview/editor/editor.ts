/** The page of an explanation: the image, the heat over it, and what is known about it. */
import './editor.css';
import { reasonOf } from '../../src/core/errors';
import { DEFAULT_STYLE, type Size } from '../../src/core/types';
import type { EditorState, FromEditor, HeatStyle, Slot, ToEditor } from '../../src/protocol/webview';
import { h, icon, liveRegion } from '../dom';
import { connect, listen } from '../messages';
import { textButton } from '../toolkit';
import { copyImage } from './copy';
import { createEvidence } from './evidence';
import { exportItems } from './exports';
import { overallText } from './facts';
import { listenToKeys } from './gestures';
import type { MenuItem } from './menu';
import { createPictures } from './pictures';
import { createHeats, type Heats, panesOf, pixelText, readings, readingsText } from './scene';
import { createStage } from './stage';
import { beforePicture, changed, overall, type Saved } from './state';
import { createStatus } from './status';
import { createSteps } from './steps';
import { createStrip } from './strip';
import { createToolbar } from './toolbar';
import type { Point } from './viewport';
import { START, type Walk } from './walk';

const host = connect<FromEditor, Saved>();
/** The host restores a panel from this text, so it is part of all that is saved. */
const { restore } = document.body.dataset;
let saved: Saved = { ...host.saved, ...(restore !== undefined && { restore }) };
host.save(saved);
/** As the host has sent it. */
let told: EditorState | undefined;
/** What of that may be shown. */
let state: EditorState | undefined;
let heats: Heats = new Map();
const original = { toggled: false, held: false };
let probe: Point | undefined;

const walk = (): Walk => saved.walk ?? START;
const style = (): HeatStyle => saved.style ?? state?.style ?? DEFAULT_STYLE;
/** The picture that the browser has decoded, or could not decode. */
let picture: { readonly source: string; readonly size: Size | undefined } | undefined;
const source = () => pictures.sourceOf(told?.picture);
const decoded = () => (picture?.source === source() ? picture?.size : undefined);
const size = (): Size | undefined =>
  told?.size ?? told?.slots.find(({ frame }) => frame)?.frame?.imageTransform.image ?? decoded();
/** The host has been told if the browser can't show its file, and sends another picture; of that one there is no other. */
const awaitsPicture = () => !decoded() && !(picture?.source === source() && told?.picture && 'png' in told.picture);

const heatsOf = createHeats();
const pictures = createPictures();
const speech = liveRegion();
const status = createStatus(() => host.post({ type: 'cancel' }));
const strip = createStrip({
  select: (index) => host.post({ type: 'select', index }),
  cancel: () => host.post({ type: 'cancel' }),
  resume: () => host.post({ type: 'resume' }),
  want: (indices) => host.post({ type: 'thumbnails', indices }),
});
const toolbar = createToolbar({
  style: (change) => keep({ style: { ...style(), ...change } }),
  original: toggleHeat,
  swipe: () => toolbar.showSwipe(stage.toggleSwipe()),
  compare: () => host.post({ type: 'action', id: 'compare' }),
  alone: stopComparing,
  measure: () => (saved.measuring ? closeEvidence() : measure()),
  zoomIn: () => stage.zoomIn(),
  zoomOut: () => stage.zoomOut(),
  fit: () => stage.fit(),
  actual: () => stage.actual(),
  copy,
  exports,
});
const stage = createStage(saved.viewport, {
  viewport(viewport, scale) {
    toolbar.showZoom(scale);
    if (viewport === saved.viewport) return;
    saved = { ...saved, viewport };
    host.save(saved);
  },
  probe(at, byKey) {
    probe = at;
    const text = showProbe();
    if (byKey) speech.say(text);
  },
  focused: schedule,
  pictureLoaded(source, size) {
    picture = { source, size };
    look();
  },
  pictureFailed(source) {
    // Every pane tells of the same picture; the host is asked once.
    if (picture?.source === source) return;
    picture = { source, size: undefined };
    if (state?.picture && 'uri' in state.picture) {
      host.post({ type: 'unshowable' });
    } else {
      host.post({ type: 'error', message: `${state?.name}: its picture can't be displayed.` });
      look();
    }
  },
});
const steps = createSteps(schedule, (thrown) => host.post({ type: 'error', message: reasonOf(thrown) }));
const evidence = createEvidence({
  gather: (part, slots) => host.post({ type: 'evidence', part, slots }),
  cancel: (part) => host.post({ type: 'cancel-evidence', part }),
  walk: (change) => keep({ walk: { ...walk(), ...change } }),
  close: closeEvidence,
});
const banner = h(
  'div',
  { class: 'banner', role: 'note', 'data-testid': 'banner', hidden: true },
  icon('beaker'),
  h('span', {}, 'Demo model: it knows 32 kinds of drawn objects, not photographs.'),
  textButton('Choose Model', 'banner-choose-model', () => host.post({ type: 'action', id: 'choose-model' })),
);
stage.root.append(status.probe);
const main = h('div', { class: 'main' }, stage.root, evidence.root);
document.body.append(toolbar.root, banner, status.bar, main, strip.root, status.root, speech.root);
document.body.dataset['state'] = 'empty';

function keep(change: Saved): void {
  saved = { ...saved, ...change };
  host.save(saved);
  schedule();
}

/** The photograph comes first. */
function look(): void {
  state = told && awaitsPicture() ? { ...told, slots: told.slots.map(beforePicture) } : told;
  schedule();
}

let scheduled = false;
/** A slot has come since the last drawing: the host waits with the next frame until this one is drawn. */
let owed = false;
/** Draws with the next picture of the screen: of many frames and slider moves only the last counts. */
function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    draw();
    if (owed) host.post({ type: 'drawn' });
    owed = false;
  });
}

function draw(): void {
  if (!state) return;
  const { slots } = state;
  heats = saved.measuring && walk().shown ? steps.instead(heatsOf(state), state, walk()) : heatsOf(state);
  stage.show({
    panes: panesOf(state, heats, style(), (id) => host.post({ type: 'action', id })),
    source: source(),
    image: size(),
    style: style(),
    original: original.toggled || original.held,
  });
  toolbar.showStyle(style());
  toolbar.showOriginal(original.toggled || original.held);
  toolbar.enableExport(exports().length > 0);
  toolbar.enableCopy(decoded() !== undefined);
  toolbar.showComparing(slots.length > 1);
  status.showStyle(style(), slots[stage.focused()]?.frame?.signed ?? false);
  status.showSlots(slots, stage.focused());
  strip.show(state.strip, state.active);
  banner.hidden = !state.demo;
  evidence.root.hidden = !saved.measuring;
  toolbar.showMeasuring(saved.measuring ?? false);
  if (saved.measuring) evidence.show(state, stage.focused(), walk(), style());
  showProbe();
  document.body.dataset['state'] = overall(slots);
  announce(slots);
}

let announced = '';
/** Speaks what has come of the slots; while they work only that they do, since their progress changes too often. */
function announce(slots: readonly Slot[]): void {
  const titles = slots.map(({ title }) => title).join(', ');
  const text = overall(slots) === 'working' ? `Explaining ${titles}` : overallText(slots);
  if (text !== announced) speech.say(text);
  announced = text;
}

/** Each of several panes has its value beside its caption; all of them are spoken. */
function showProbe(): string {
  if (!probe || !state) {
    stage.read(new Map());
    status.showProbe('');
    return '';
  }
  const values = readings(probe, heats);
  const place = pixelText(probe, stage.pixelAt(probe));
  const all = [place, ...(values.size > 0 ? [readingsText(values, state.slots)] : [])].join('  ·  ');
  stage.read(values);
  status.showProbe(state.slots.length > 1 ? place : all);
  return all;
}

function stopComparing(): void {
  host.post({ type: 'alone', slot: stage.focused() });
}

function measure(): void {
  keep({ measuring: true });
  if (state) evidence.show(state, stage.focused(), walk(), style());
  evidence.measure();
}

function closeEvidence(): void {
  keep({ measuring: false });
}

function toggleHeat(): void {
  original.toggled = !original.toggled;
  schedule();
}

/** Of the slot in focus, if it is done. */
function exports(): MenuItem[] {
  const slot = stage.focused();
  return exportItems(state?.slots[slot], slot, (kind) => host.post({ type: 'export', kind, slot, style: style() }));
}

async function copy(): Promise<void> {
  const [from, pixels] = [source(), size()];
  if (!from || !pixels) return;
  try {
    await copyImage(from, pixels, original.toggled ? [] : [...heats.values()], stage.columns(), style());
    status.showNotice('Image copied');
  } catch (thrown) {
    host.post({ type: 'error', message: `The image can't be copied: ${reasonOf(thrown)}` });
  }
}

listenToKeys(stage.root, {
  pan: stage.pan,
  probe: stage.probeBy,
  probePeak() {
    const heat = heats.get(String(stage.focused()));
    if (heat) stage.probePeak(heat);
  },
  zoomIn: stage.zoomIn,
  zoomOut: stage.zoomOut,
  fit: stage.fit,
  actual: stage.actual,
  original(held) {
    if (original.held === held) return;
    original.held = held;
    schedule();
  },
  enlarge: stage.toggleEnlarged,
  escape() {
    if (toolbar.close() || stage.showAll()) return;
    if (saved.measuring && walk().shown) keep({ walk: { ...walk(), shown: false } });
    else stage.clearProbe();
  },
});

const apply = (message: Parameters<typeof changed>[1]) => {
  told = changed(told, message);
  if (told && told.questions !== saved.questions) {
    saved = { ...saved, questions: told.questions };
    host.save(saved);
  }
  look();
};
listen<ToEditor>({
  export: ({ kind }) => host.post({ type: 'export', kind, slot: stage.focused(), style: style() }),
  state: apply,
  image: apply,
  changed: apply,
  tiles: apply,
  evidence: apply,
  slot(message) {
    owed = true;
    apply(message);
  },
  thumbnail: ({ index, thumbnail }) => strip.thumbnail(index, thumbnail),
  notice: ({ text }) => status.showNotice(text),
  command: ({ command }) =>
    ({
      'toggle-heat': toggleHeat,
      'zoom-fit': stage.fit,
      'zoom-actual': stage.actual,
      copy,
      alone: stopComparing,
      measure,
    })[command](),
});
host.post({ type: 'ready', ...(saved.questions !== undefined && { questions: saved.questions }) });
