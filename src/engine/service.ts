/** The engine's answers to all requests. */
import type { Device } from '../protocol/devices';
import type { RequestContext, Service } from '../protocol/requests';
import { transplant } from './clusters/transplant';
import { explain } from './explanations/explain';
import { gradient } from './explanations/gradient';
import { measure } from './explanations/measure';
import { sanity } from './explanations/sanity';
import { createWays, type WaysOptions, waysOptions } from './explanations/ways';
import { saveSidecar } from './model/inspect';
import { picture } from './pictures/picture';
import { createDevices } from './runtime/devices';
import type { Part } from './sessions/explainer';
import { createSessions } from './sessions/sessions';
import { meanPicture } from './sweep/mean-picture';
import { sweep } from './sweep/sweep';
import { train } from './training/train';
import { createTurns, type Turn } from './turns';

export interface ServiceOptions extends WaysOptions {
  /** Resolves once everything that was sent is written; nothing is computed before. */
  readonly written?: () => Promise<void>;
}

/** Tells whoever asks that a request waits for another view, or goes on. */
const tells =
  ({ emit }: RequestContext<'explain' | 'measure' | 'sanity'>) =>
  (isWaiting: boolean): void =>
    emit('waits', { isWaiting });

/** @param options of how methods are run, for tests, and of the process */
export function createService({ written = async () => {}, ...options }: ServiceOptions = {}): Service {
  const sessions = createSessions();
  const chosen = waysOptions(options);
  const ways = createWays(chosen);
  const devices = createDevices();
  /** Pictures that somebody waits for, with nothing on screen. Making one takes many turns of the event loop, not long ones. */
  const pictures = new Set<Promise<unknown>>();
  const clear = async () => {
    await Promise.allSettled(pictures);
    await written();
  };
  const turns = createTurns(clear);
  const idle = async () => {
    await clear();
    await turns.idle();
  };
  const sweeping = createTurns();
  const training = createTurns();
  let trainings = 0;
  let sweeps = 0;
  let transplants = 0;
  return {
    inspect: async ({ model }, { emit }) => {
      const { info, stamps } = await sessions.know(model);
      emit('files', stamps);
      return info;
    },
    explain: (params, context) =>
      turns.take(
        params.view,
        context.signal,
        (turn) =>
          devices.run(
            params.device,
            (device) => explain(sessions, device, params, { ...context, ...turn }, ways),
            () => sessions.race(params.model),
          ),
        { waits: tells(context) },
      ),
    attend: async ({ view }) => {
      turns.attend(view);
      return {};
    },
    measure: (params, context) => {
      const { model, explanation } = params;
      const load = (parts: readonly Part[]) => sessions.explainerFor(model, explanation.device, parts);
      const task = (turn: Turn) => measure(load, params, { ...context, ...turn });
      return turns.take(params.view, context.signal, task, { kind: 'measurement', waits: tells(context) });
    },
    sanity: (params, context) => {
      const task = (turn: Turn) =>
        devices.run(
          params.device,
          (device) => sanity(device, params, { ...context, ...turn }),
          () => sessions.race(params.model),
        );
      return turns.take(params.view, context.signal, task, { kind: 'check', waits: tells(context) });
    },
    gradient,
    picture: async (params) => {
      const made = picture(params);
      if (params.first) pictures.add(made);
      try {
        return await made;
      } finally {
        pictures.delete(made);
      }
    },
    sweep: (params, context) => {
      sweeps += 1;
      const view = `sweep ${sweeps}`;
      return sweeping.take(view, context.signal, async ({ signal }) => {
        let answered = 0;
        const emit: typeof context.emit = (event, data) => {
          answered += 1;
          context.emit(event, data);
        };
        // If another device has to take over, it goes on behind what was answered.
        const part = async (device: Device) => {
          const images = params.images.slice(answered);
          const load = (parts: readonly Part[]) =>
            turns.take(view, signal, () => sessions.explainerFor(params.model, device, parts));
          const way = await sweep(load, { ...params, images }, { signal, emit }, idle, chosen);
          return { device, ...(way && { way }) };
        };
        const ended = await devices.run(params.device, part, () => sessions.race(params.model));
        return { images: answered, ...ended };
      });
    },
    transplant: (params, context) => {
      transplants += 1;
      const view = `transplant ${transplants}`;
      return sweeping.take(view, context.signal, ({ signal }) => {
        const task = (device: Device) => {
          const load = (parts: readonly Part[]) =>
            turns.take(view, signal, () => sessions.explainerFor(params.model, device, parts));
          return transplant(load, params, { ...context, signal }, idle);
        };
        return devices.run(params.device, task, () => sessions.race(params.model));
      });
    },
    train: (params, context) => {
      trainings += 1;
      // Only a CPU gives the same bytes each time, so another device has to be named.
      const device = params.device === 'auto' ? 'cpu' : params.device;
      return training.take(`train ${trainings}`, context.signal, ({ signal }) =>
        devices.run(device, (chosen) => train(params, { ...context, signal }, chosen, idle)),
      );
    },
    // Neither is the library for layouts loaded before it is asked for.
    layout: async (params, context) => (await import('./clusters/layout')).layout(params, context),
    meanPicture,
    // The module with the colour tables is loaded only when the first picture is exported.
    render: async (params) =>
      (await import('./pictures/render')).render(params, sessions.filesOf(params.explanation.model)),
    sheet: async (params, context) => (await import('./pictures/tiles')).sheet(params, context),
    export: (params, context) => {
      const view = `export ${params.output}`;
      // Somebody waits for it in front of a dialog.
      turns.attend(view);
      return turns.take(view, context.signal, async ({ signal }) =>
        (await import('./export/export')).exportModel(sessions, params, { ...context, signal }),
      );
    },
    devices: () => devices.report(),
    saveSidecar: ({ model, replace }) => saveSidecar(model, replace),
  };
}
