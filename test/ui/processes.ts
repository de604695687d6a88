/** The processes of the product, found from outside as the operating system's tools would. Linux only, as the stand-in is. */
import { readdirSync, readFileSync } from 'node:fs';

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

function processes(): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        // The name in parentheses may hold spaces; state and parent follow it.
        const parent = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[1];
        return [{ pid: Number(pid), parent: Number(parent), command }];
      } catch {
        // It ended while it was looked at.
        return [];
      }
    });
}

/** The command lines of all processes, as any user of the machine sees them. */
export const commandLines = (): string[] => processes().map(({ command }) => command);

/** Process ids of the engines below another process. */
export const enginesBelow = (ancestor: number): number[] => programsBelow(ancestor, /dist\/engine\.js/);

/** The same for runners. */
export const runnersBelow = (ancestor: number): number[] => programsBelow(ancestor, /dist\/runner\.js/);

function programsBelow(ancestor: number, program: RegExp): number[] {
  const all = new Map(processes().map((process) => [process.pid, process]));
  const isBelow = (pid: number): boolean => {
    const parent = all.get(pid)?.parent;
    return parent !== undefined && (parent === ancestor || isBelow(parent));
  };
  return [...all.values()].filter(({ pid, command }) => program.test(command) && isBelow(pid)).map(({ pid }) => pid);
}
