/** The engine process, forked by src/client. */
import { serveParent } from './process';
import { askedThreads, computeThreads, lowerPriority } from './runtime/cores';

// This comes before the first request, since the runtime's threads inherit the priority of the thread that creates
// them.
lowerPriority();
void serveParent(async () => {
  const { sessionsCreated, setThreads } = await import('./runtime/runtime');
  const { createService } = await import('./service');
  setThreads(askedThreads() ?? computeThreads());
  return { service: createService(), sessionsCreated };
});
