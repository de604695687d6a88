/** The engine process, forked by src/client. */
import { ENGINE_PARAMS } from '../protocol/params/engine';
import { ENGINE, type Requests } from '../protocol/requests';
import { serveParent } from '../server/process';
import { askedThreads } from '../server/variables';
import { computeThreads, lowerPriority } from './runtime/cores';

void serveParent<Requests>(ENGINE, async (written) => {
  // This comes before the first request, since the runtime's threads inherit the priority of the thread that creates
  // them.
  lowerPriority();
  const { sessionsCreated, setThreads } = await import('./runtime/runtime');
  const { createService } = await import('./service');
  setThreads(askedThreads() ?? computeThreads());
  return { service: createService({ written }), params: ENGINE_PARAMS, sessionsCreated };
});
