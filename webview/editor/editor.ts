/** The page of an explanation: the image, the heat over it, and what is known about it. */
import './editor.css';
import { reasonOf } from '../../src/core/errors';
import { DEFAULT_STYLE, type Size } from '../../src/core/types';
import type { EditorState, FromEditor, HeatStyle, PageCommand, ToEditor } from '../../src/protocol/webview';
import { besideScript, h, icon, liveRegion } from '../dom';
import { connect, listen } from '../messages';
import { textButton } from '../toolkit';
import { createAnnouncer } from './announce';
import { copyImage } from './copy';
import { createEvidence } from './evidence';
import { exportItems } from './exports';
import { listenToKeys } from './gestures';
import type { MenuItem } from './menu';
import { createPainter } from './painter';
import { createPhotograph } from './photograph';
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
let isOriginalHeld = false;
let probe: Point | undefined;

const walk = (): Walk => saved.walk ?? START;
const style = (): HeatStyle => told?.style ?? DEFAULT_STYLE;
const isOriginal = () => isOriginalHeld || (saved.original ?? false);
const photograph = createPhotograph();
const size = (): Size | undefined =>
  told?.size ?? told?.slots.find(({ frame }) => frame)?.frame?.imageTransform.image ?? photograph.size();

const heatsOf = createHeats();
const paint = createPainter(besideScript('heat-worker.js'), (reason) =>
  host.post({ type: 'log', text: `Heat is drawn on the page, since its worker has failed: ${reason}` }),
);
const speech = liveRegion();
const announce = createAnnouncer(speech.say);
const status = createStatus(() => host.post({ type: 'cancel' }));
const strip = createStrip({
  select: (index) => host.post({ type: 'select', index }),
  cancel: () => host.post({ type: 'cancel' }),
  resume: () => host.post({ type: 'resume' }),
  want: (indices) => host.post({ type: 'thumbnails', indices }),
});
const toolbar = createToolbar({
  style: restyle,
  original: toggleHeat,
  swipe: () => toolbar.showSwipe(stage.toggleSwipe()),
  compare: () => host.post({ type: 'action', id: 'compare' }),
  alone: () => host.post({ type: 'alone' }),
  measure: () => (saved.measuring ? closeEvidence() : measure()),
  zoomIn: () => stage.zoomIn(),
  zoomOut: () => stage.zoomOut(),
  fit: () => stage.fit(),
  actual: () => stage.actual(),
  copy,
  exports,
});
const stage = createStage(saved.viewport, paint, {
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
  focused(slot) {
    host.post({ type: 'focused', slot });
    keep({ focused: slot });
  },
  pictureLoaded(source, size) {
    photograph.decoded(source, size);
    look();
  },
  pictureFailed(source) {
    const failed = photograph.failed(source);
    if (failed === 'file') host.post({ type: 'unshowable' });
    if (failed !== 'copy') return;
    host.post({ type: 'error', message: `${state?.name}: its picture can't be displayed.` });
    look();
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

function restyle(change: Partial<HeatStyle>): void {
  if (!told) return;
  told = { ...told, style: { ...told.style, ...change } };
  host.post({ type: 'style', style: told.style });
  keep({ style: told.style });
  look();
}

/** The photograph comes first. */
function look(): void {
  photograph.show(told?.picture);
  state = told && photograph.isAwaited() ? { ...told, slots: told.slots.map(beforePicture) } : told;
  schedule();
}

let scheduled = false;
/** Commands that wait for what they act on. */
const orders: PageCommand[] = [];
/** A slot has come since the last drawing: the host waits with the next frame until this one is drawn. */
let owed = false;
/** Draws with the next picture of the screen: of many frames and slider moves only the last counts. */
function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    void draw();
    if (told && !photograph.isAwaited()) for (const command of orders.splice(0)) commands[command]();
  });
}

async function draw(): Promise<void> {
  const isOwed = owed;
  owed = false;
  if (state) await drawState(state);
  if (isOwed) host.post({ type: 'drawn' });
}

async function drawState(state: EditorState): Promise<void> {
  const { slots } = state;
  heats = saved.measuring && walk().shown ? steps.instead(heatsOf(state), state, walk()) : heatsOf(state);
  const shown = stage.show({
    panes: panesOf(state, heats, style(), (id) => host.post({ type: 'action', id })),
    source: photograph.source(),
    image: size(),
    style: style(),
    original: isOriginal(),
  });
  toolbar.showStyle(style());
  toolbar.showOriginal(isOriginal());
  toolbar.enableExport(exports().length > 0);
  toolbar.enableCopy(photograph.size() !== undefined);
  toolbar.showComparing(slots.length > 1);
  status.showStyle(style(), slots[stage.focused()]?.frame?.signed ?? false);
  status.showSlots(slots, stage.focused());
  strip.show(state.strip, state.active);
  banner.hidden = !state.demo;
  evidence.root.hidden = !saved.measuring;
  toolbar.showMeasuring(saved.measuring ?? false);
  if (saved.measuring) evidence.show(state, stage.focused(), walk(), style());
  showProbe();
  announce(slots);
  await shown;
  document.body.dataset['state'] = overall(slots);
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

function measure(): void {
  keep({ measuring: true });
  if (state) evidence.show(state, stage.focused(), walk(), style());
  evidence.measure();
}

function closeEvidence(): void {
  keep({ measuring: false });
}

function toggleHeat(): void {
  keep({ original: !saved.original });
}

/** Of the slot in focus, if it is done. */
function exports(): MenuItem[] {
  const slot = stage.focused();
  return exportItems(state?.slots[slot], slot, (kind) => host.post({ type: 'export', kind }));
}

async function copy(): Promise<void> {
  const [from, pixels] = [photograph.source(), size()];
  if (!from || !pixels) return;
  try {
    await copyImage(from, pixels, saved.original ? [] : [...heats.values()], stage.columns(), style(), paint);
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
    if (isOriginalHeld === held) return;
    isOriginalHeld = held;
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
const commands: Readonly<Record<PageCommand, () => void>> = {
  'toggle-heat': toggleHeat,
  'zoom-fit': stage.fit,
  'zoom-actual': stage.actual,
  copy,
  measure,
};
listen<ToEditor>({
  state(message) {
    stage.focusOn(message.state.focused);
    apply(message);
  },
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
  command({ command }) {
    orders.push(command);
    schedule();
  },
});
const { questions, style: kept, focused } = saved;
host.post({
  type: 'ready',
  ...(questions !== undefined && { questions }),
  ...(kept && { style: kept }),
  ...(focused !== undefined && { focused }),
});
