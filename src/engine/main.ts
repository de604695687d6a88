/** The engine process, forked by src/client. */
import { serveParent } from './process';
import { sessionsCreated } from './runtime';
import { createService } from './service';

serveParent(createService(), sessionsCreated);
