/** The engine's answers to all requests. */
import { errors } from '../core/errors';
import type { Service } from '../protocol/requests';
import { explain } from './explanations/explain';
import { gradient } from './explanations/gradient';
import { measure } from './explanations/measure';
import { sanity } from './explanations/sanity';
import { saveSidecar } from './model/inspect';
import { picture } from './pictures/picture';
import { createDevices } from './runtime/devices';
import type { Part } from './sessions/explainer';
import { createSessions } from './sessions/sessions';
import { createTurns } from './turns';

export function createService(): Service {
  const sessions = createSessions();
  const devices = createDevices();
  const turns = createTurns();
  const measuring = createTurns();
  // Explanations go first, between the chunks of a check: a check takes minutes and has its own sessions.
  const checks = createTurns();
  return {
    inspect: async ({ model }) => (await sessions.know(model)).info,
    explain: (params, context) =>
      turns.take(params.view, context.signal, (signal) =>
        devices.run(params.device, (device) => explain(sessions, device, params, { ...context, signal })),
      ),
    measure: (params, context) =>
      measuring.take(params.view, context.signal, (signal) => {
        const { model, explanation } = params;
        // Explanations don't wait for it, except while it loads sessions that they may need too.
        const load = (parts: readonly Part[]) =>
          turns.take(`measure ${params.view}`, signal, () => sessions.explainerFor(model, explanation.device, parts));
        return measure(load, params, { ...context, signal }, turns.idle);
      }),
    sanity: (params, context) =>
      checks.take(params.view, context.signal, (signal) =>
        devices.run(params.device, (device) => sanity(device, params, { ...context, signal }, turns.idle)),
      ),
    gradient,
    picture,
    sweep: () => Promise.reject(errors.internal('sweep is not built yet')),
    meanPicture: () => Promise.reject(errors.internal('meanPicture is not built yet')),
    // The module with the colour tables is loaded only when the first picture is exported.
    render: async (params) =>
      (await import('./pictures/render')).render(params, sessions.filesOf(params.explanation.model)),
    devices: () => devices.report(),
    saveSidecar: ({ model, replace }) => saveSidecar(model, replace),
  };
}
