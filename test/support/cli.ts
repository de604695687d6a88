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

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `group-cam` to its end, whatever that is. */
export async function groupCamEnds(args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Ended> {
  const options = { maxBuffer: 2 ** 26, env };
  return new Promise((resolve) => {
    execFile(process.execPath, [project('dist', 'group-cam.js'), ...args], options, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}
