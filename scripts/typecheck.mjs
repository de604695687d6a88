// Type-checks each zone with its own libraries and types, so that a zone can't see what it must not use.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';

export const ZONES = [
  'src/core',
  'src/protocol',
  'src/server',
  'src/engine',
  'src/client',
  'src/files',
  'src/runner',
  'src/extension',
  'src/cli',
  'webview',
  'test',
  'scripts',
];

const require = createRequire(import.meta.url);
const tsc = path.join(path.dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
const failed = ZONES.filter(
  (zone) => spawnSync(process.execPath, [tsc, '--project', zone], { stdio: 'inherit' }).status !== 0,
);
if (failed.length) {
  console.error(`type errors in ${failed.join(', ')}`);
  process.exitCode = 1;
}
