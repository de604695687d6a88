/** The page of an explanation: the image, the heat over it, and what is known about it. */
import './editor.css';
import { effect } from '@preact/signals';
import { reasonOf } from '../../src/core/errors';
import type { Size } from '../../src/core/geometry';
import type { HeatStyle } from '../../src/core/style';
import type { EditorState, FromEditor, PageCommand, ToEditor } from '../../src/protocol/webview';
import { createAsking } from '../asking';
import { besideScript, h, liveRegion } from '../dom';
import { connect, listen } from '../messages';
import { mount } from '../mount';
import { Banner } from './banner';
import { exportItems } from './bar/exports';
import type { MenuItem } from './bar/menu';
import { createToolbar } from './bar/toolbar';
import { createEvidence } from './evidence/evidence';
import { createSteps } from './evidence/steps';
import { START, type Walk } from './evidence/walk';
import { copyImage } from './heat/copy';
import { createPainter } from './heat/painter';
import { listenToKeys } from './stage/gestures';
import { createPhotograph } from './stage/photograph';
import { createHeats, type Heats, panesOf, pixelText, readings, readingsText } from './stage/scene';
import { createStage } from './stage/stage';
import type { Point } from './stage/viewport';
import { beforePicture, changed, overall, SAVED, type Saved } from './state';
import { createAnnouncer } from './status/announce';
import { createStatus } from './status/status';
import { createStore } from './store';
import { createStrip } from './strip/strip';
import { createThumbnails } from './strip/thumbnails';

const host = connect<FromEditor, Saved>(SAVED);
/** The host restores a panel from this text, so it is part of all that is saved. */
const { restore } = document.body.dataset;
const store = createStore({ ...host.saved, ...(restore !== undefined && { restore }) });
const { told, saved } = store;
effect(() => host.save(saved.value));
/** What of that may be shown. */
let state: EditorState | undefined;
let heats: Heats = new Map();
let isOriginalHeld = false;
let probe: Point | undefined;

const walk = (): Walk => saved.value.walk ?? START;
const style = (): HeatStyle => store.style.value;
const isOriginal = () => isOriginalHeld || (saved.value.original ?? false);
const photograph = createPhotograph();
const size = (): Size | undefined =>
  told.value?.size ?? told.value?.slots.find(({ frame }) => frame)?.frame?.imageTransform.image ?? photograph.size();

const heatsOf = createHeats();
const paint = createPainter(besideScript('heat-worker.js'), (text) => host.post({ type: 'log', text }));
const speech = liveRegion();
const announce = createAnnouncer(speech.say);
const status = createStatus(() => host.post({ type: 'cancel' }));
const { ask, settle } = createAsking(host.post);
const thumbnails = createThumbnails((index) => ask({ type: 'thumbnail', index }));
const stripEvents = {
  select: (index: number) => host.post({ type: 'select', index }),
  cancel: () => host.post({ type: 'cancel' }),
  resume: () => host.post({ type: 'resume' }),
};
const strip = createStrip(stripEvents, thumbnails);
const toolbar = createToolbar({
  style: restyle,
  original: toggleHeat,
  swipe: () => toolbar.showSwipe(stage.toggleSwipe()),
  compare: () => host.post({ type: 'action', id: 'compare' }),
  alone: () => host.post({ type: 'alone' }),
  measure: () => (saved.value.measuring ? closeEvidence() : measure()),
  zoomIn: () => stage.zoomIn(),
  zoomOut: () => stage.zoomOut(),
  fit: () => stage.fit(),
  actual: () => stage.actual(),
  copy,
  exports,
});
const stage = createStage(saved.value.viewport, paint, {
  viewport(viewport, scale) {
    toolbar.showZoom(scale);
    if (viewport !== saved.value.viewport) saved.value = { ...saved.value, viewport };
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
const banner = h('div');
mount(<Banner store={store} chooseModel={() => host.post({ type: 'action', id: 'choose-model' })} />, banner);
stage.root.append(status.probe);
const main = h('div', { class: 'main' }, stage.root, evidence.root);
document.body.append(toolbar.root, banner, status.bar, main, strip.root, status.root, speech.root);
document.body.dataset['state'] = 'empty';

function keep(change: Saved): void {
  saved.value = { ...saved.value, ...change };
  schedule();
}

function restyle(change: Partial<HeatStyle>): void {
  if (!told.value) return;
  const next = { ...told.value.style, ...change };
  told.value = { ...told.value, style: next };
  host.post({ type: 'style', style: next });
  keep({ style: next });
  look();
}

/** The photograph comes first. */
function look(): void {
  const now = told.value;
  photograph.show(now?.picture);
  state = now && photograph.isAwaited() ? { ...now, slots: now.slots.map(beforePicture) } : now;
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
    if (told.value && !photograph.isAwaited()) for (const command of orders.splice(0)) commands[command]();
  });
}

let drawings = 0;
async function draw(): Promise<void> {
  const isOwed = owed;
  owed = false;
  const drawing = ++drawings;
  document.body.dataset['painting'] = '';
  if (state) await drawState(state);
  if (isOwed) host.post({ type: 'drawn' });
  if (drawing === drawings) delete document.body.dataset['painting'];
}

async function drawState(state: EditorState): Promise<void> {
  const { slots } = state;
  heats = saved.value.measuring && walk().shown ? steps.instead(heatsOf(state), state, walk()) : heatsOf(state);
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
  evidence.root.hidden = !saved.value.measuring;
  toolbar.showMeasuring(saved.value.measuring ?? false);
  if (saved.value.measuring) evidence.show(state, stage.focused(), walk(), style());
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
  keep({ original: !saved.value.original });
}

/** Of the slot in focus, if it is done. */
function exports(): MenuItem[] {
  const slot = stage.focused();
  return exportItems(state?.slots[slot], slot, async (kind) => {
    const text = await ask({ type: 'export', kind });
    if (text !== undefined) status.showNotice(text);
  });
}

async function copy(): Promise<void> {
  const [from, pixels] = [photograph.source(), size()];
  if (!from || !pixels) return;
  try {
    await copyImage(from, pixels, saved.value.original ? [] : [...heats.values()], stage.columns(), style(), paint);
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
    if (saved.value.measuring && walk().shown) keep({ walk: { ...walk(), shown: false } });
    else stage.clearProbe();
  },
});

const apply = (message: Parameters<typeof changed>[1]) => {
  told.value = changed(told.value, message);
  const { questions } = told.value ?? saved.value;
  if (questions !== undefined && questions !== saved.value.questions) saved.value = { ...saved.value, questions };
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
  'thumbnails-changed': ({ indices }) => thumbnails.forget(indices),
  reply: settle,
  failure: settle,
  notice: ({ text }) => status.showNotice(text),
  command({ command }) {
    orders.push(command);
    schedule();
  },
});
const { questions, style: kept, focused } = saved.value;
host.post({
  type: 'ready',
  ...(questions !== undefined && { questions }),
  ...(kept && { style: kept }),
  ...(focused !== undefined && { focused }),
});
