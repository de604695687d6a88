/** The engine process, forked by src/client. */
import { askedThreads, computeThreads, lowerPriority } from './cores';
import { serveParent } from './process';
import { sessionsCreated, setThreads } from './runtime';
import { createService } from './service';

// Before the first request: the runtime's threads inherit the priority of the one that makes them.
lowerPriority();
setThreads(askedThreads() ?? computeThreads());
serveParent(createService(), sessionsCreated);
