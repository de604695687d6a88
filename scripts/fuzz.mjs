// `npm run fuzz [-- --models N --images N --seed S --first N]`: mutated models and images through the engine, as many as asked.
// A fault is printed with its seed and number, its input is kept in test-results/fuzz, and the exit code is 1.
import { createRequire } from 'node:module';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { root, run, runMain } from './host/run.mjs';

runMain(async () => {
  const number = /** @type {const} */ ({ type: 'string' });
  const { values } = parseArgs({ options: { models: number, images: number, seed: number, first: number } });
  await build();
  const asked = Object.entries(values).map(([name, value]) => [`FUZZ_${name.toUpperCase()}`, value]);
  const mocha = createRequire(import.meta.url).resolve('mocha/bin/mocha.js');
  const test = path.join(root, 'out', 'test', 'fuzz', 'fuzz.test.js');
  const args = ['--enable-source-maps', mocha, test];
  process.exitCode = await run(process.execPath, args, { env: { ...process.env, ...Object.fromEntries(asked) } });
});
