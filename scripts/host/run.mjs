// Starts other programs on behalf of the scripts.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

/** A failure that is reported in one line, without a stack. */
export class SetupError extends Error {}

/**
 * Runs a program and returns its exit code.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<number>}
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(signal ? 128 : (code ?? 1)));
  });
}

/**
 * Runs a program whose output goes into a file, where it can be read meanwhile.
 *
 * @param {string} file
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<{ code: number, output: string }>} the output is what the program has printed until it ended
 */
export async function runInto(file, command, args, options = {}) {
  const descriptor = openSync(file, 'w');
  try {
    const code = await run(command, args, { ...options, stdio: ['ignore', descriptor, descriptor] });
    return { code, output: readFileSync(file, 'utf8') };
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Runs a program whose output matters only if it fails; then the error carries its last lines, without addresses.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<void>}
 */
export function runQuietly(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (output += text));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) return resolve();
      const tail = output
        .replaceAll(/https?:\/\/\S+/g, '<address>')
        .trim()
        .split('\n')
        .slice(-20)
        .join('\n');
      reject(new SetupError(`${command} ${args.join(' ')} failed:\n${tail}`));
    });
  });
}

/**
 * Runs a script's main function: a `SetupError` is one message, anything else has its stack; both exit with 1.
 *
 * @param {() => Promise<void>} main
 */
export function runMain(main) {
  main().catch((error) => {
    console.error(error instanceof SetupError ? error.message : error);
    process.exit(1);
  });
}
