/** The command line, run as its users run it. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
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

/** Runs `group-cam export` to its end. */
export function exportEnds(model: string, output: string, ...args: readonly string[]): Promise<Ended> {
  return groupCamEnds(['export', '--model', model, '--output', output, ...args]);
}

/** `group-cam` in a group of processes of its own, as terminals start it. What it prints is collected in `said`. */
export function startGroupCam(args: readonly string[]) {
  const child = spawn(process.execPath, [project('dist', 'group-cam.js'), ...args], { stdio: 'pipe', detached: true });
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].on('data', (text) => {
      said[stream] += text;
    });
  const closed = once(child, 'close');
  return {
    pid: child.pid!,
    said,
    /** As Ctrl-C does: all processes of the group get the signal. */
    interrupt: () => process.kill(-child.pid!, 'SIGINT'),
    /** The exit code, or the signal that ended it. */
    ended: async () => {
      const [code, signal] = await closed;
      return { code, signal, ...said };
    },
  };
}

export type Running = ReturnType<typeof startGroupCam>;
