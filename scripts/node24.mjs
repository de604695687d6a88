// `npm run node24 -- FILE [ARGUMENT ...]`: runs a program with the newer Node that tests named *.node24.test.ts are run with,
// such as node_modules/mocha/bin/mocha.js and one of those.
import { newerNode } from './host/node.mjs';
import { run, runMain } from './host/run.mjs';

runMain(async () => {
  process.exitCode = await run(await newerNode(), process.argv.slice(2));
});
