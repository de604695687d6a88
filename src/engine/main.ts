/** The engine process, forked by src/client. */
import { computeThreads, lowerPriority } from './cores';
import { serveParent } from './process';

// Before the first request: the runtime's threads inherit the priority of the one that makes them.
lowerPriority();
void serveParent(async () => {
  const { sessionsCreated, setThreads } = await import('./runtime');
  const { createService } = await import('./service');
  setThreads(computeThreads());
  return { service: createService(), sessionsCreated };
});
