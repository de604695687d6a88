/** The engine process, forked by src/client. */
import { serveParent } from './process';
import { askedThreads, computeThreads, lowerPriority } from './runtime/cores';

// Before the first request: the runtime's threads inherit the priority of the one that makes them.
lowerPriority();
void serveParent(async () => {
  const { sessionsCreated, setThreads } = await import('./runtime/runtime');
  const { createService } = await import('./service');
  setThreads(askedThreads() ?? computeThreads());
  return { service: createService(), sessionsCreated };
});
