/** What VS Code runs inside its extension host: every suite beside this file. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import Mocha from 'mocha';
import limits from '../../.mocharc.json';
import { project } from '../support/shared';

/** With it, only the test that must fail is run, to see that a failure is noticed. */
const PLANTED = process.env['TEST_PLANTED'] !== undefined;

export async function run(): Promise<void> {
  // As for the tests of windows: what fails once on a busy machine is told as tried again, what fails twice is broken.
  const mocha = new Mocha({ ...limits, retries: 1, reporter: project('scripts', 'test', 'reporter.cjs') });
  for (const name of readdirSync(__dirname).sort()) {
    if (name.endsWith('.test.js') && name.startsWith('planted') === PLANTED) mocha.addFile(path.join(__dirname, name));
  }
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  if (failures) throw new Error(`${failures} tests failed`);
}
