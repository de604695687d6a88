/** The text of the status bar. Pure. */
import type { EngineState } from '../../client/engine';
import { oneLine, withoutIcons } from '../../protocol/plain-text';
import { isUnfinished } from '../assessment/assessment';
import { isCancelled, type PanelImage, type PanelState } from '../panel/panel-state';
import { type Inspection, modelName } from './summary';

export interface StatusFacts {
  readonly trusted: boolean;
  readonly inspection: Inspection;
  readonly engine: EngineState;
  /** The device of the setting, or the one that was used. */
  readonly device: string;
  readonly panel: PanelState | undefined;
  /** Name of the model in use, before anything is known of it. */
  readonly chosen: string;
}

export interface StatusText {
  readonly text: string;
  readonly tooltip: string;
}

export function statusText({ trusted, inspection, engine, device, panel, chosen }: StatusFacts): StatusText {
  if (!trusted) {
    return { text: '$(flame) Group-CAM: Restricted Mode', tooltip: 'Models load only in trusted workspaces.' };
  }
  if (inspection.kind === 'failed') return { text: '$(warning) Group-CAM', tooltip: oneLine(inspection.message) };
  const model = inspection.kind === 'ready' ? modelName(inspection.info) : chosen;
  const progress = progressOf(panel);
  const told = progress ?? stoppedAt(panel);
  const text = [
    `$(${progress ? 'loading~spin' : 'flame'}) ${withoutIcons(model)}`,
    device,
    ...(told ? [told] : []),
  ].join(' · ');
  const state = told ?? ENGINE_STATES[engine];
  return {
    text,
    tooltip: `Model: ${oneLine(model)}\nDevice: ${device}\nEngine: ${state}\nClick to change the model, the method, the layer or the device.`,
  };
}

const ENGINE_STATES: Readonly<Record<EngineState, string>> = {
  stopped: 'not running',
  starting: 'starting',
  ready: 'ready',
  busy: 'working',
};

/**
 * The progress as text: "12/32" while masks are scored, the number of finished images if there are several, "working"
 * before, "measuring" if only measurements run, and undefined if there is no work.
 */
export function progressOf(panel: PanelState | undefined): string | undefined {
  if (!panel) return undefined;
  const { images } = panel;
  const working = images.find(({ status }) => status === 'working') ?? images.find(({ status }) => status === 'queued');
  if (!working) return images.some(isGathering) ? 'measuring' : undefined;
  if (images.length > 1) return `${countDone(panel)} of ${images.length} images`;
  const state = working.slots.map((slot) => slot.shown.state).find((shown) => shown.kind === 'working');
  return state && state.total > 0 ? `${state.done}/${state.total}` : 'working';
}

/** The progress of several images after some of them were cancelled. */
export function stoppedAt(panel: PanelState | undefined): string | undefined {
  if (!panel?.images.some(isCancelled)) return undefined;
  return panel.images.length > 1 ? `stopped, ${countDone(panel)} of ${panel.images.length} images` : 'stopped';
}

const countDone = ({ images }: PanelState) => images.filter(({ status }) => status === 'done').length;

const isGathering = ({ slots }: PanelImage) =>
  slots.some(({ assessment = {} }) => isUnfinished(assessment, 'measurement') || isUnfinished(assessment, 'sanity'));
