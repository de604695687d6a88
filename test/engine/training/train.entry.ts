/** A training in a process of its own, which tells its parent each step. Arguments: a file with the choice as JSON. */
import { readFileSync } from 'node:fs';
import { createService } from '../../../src/engine/service';
import { trainWith } from '../../support/train';

void trainWith(createService(), JSON.parse(readFileSync(process.argv[2]!, 'utf8')), ({ step }) =>
  process.send!(step),
).then(() => process.exit(0));
