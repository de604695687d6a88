/** The real engine, whose process ends at once when it opens an image with `deadly` in its name, as a broken decoder may. */
import fs from 'node:fs/promises';
import { project } from '../support/shared';

const { open } = fs;
Object.assign(fs, {
  open: (...given: Parameters<typeof open>) => {
    if (String(given[0]).includes('deadly')) process.kill(process.pid, 'SIGKILL');
    return open(...given);
  },
});
require(project('dist', 'engine.js'));
