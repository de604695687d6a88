/** The engine process, forked by src/client. */

import { serveParent } from './process';
import { askedThreads, computeThreads, lowerPriority } from './runtime/cores';
import { sessionsCreated, setThreads } from './runtime/runtime';
import { createService } from './service';

// Before the first request: the runtime's threads inherit the priority of the one that makes them.
lowerPriority();
setThreads(askedThreads() ?? computeThreads());
serveParent(createService(), sessionsCreated);
