/** The command line, run as its users run it. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { project } from './shared';

const run = promisify(execFile);

/** Runs `group-cam` and gives its standard output; a failure rejects. */
export async function groupCam(...args: readonly string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [project('dist', 'group-cam.js'), ...args], { maxBuffer: 2 ** 26 });
  return stdout;
}
