/** Where tests find data, and what happens when it is not there. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The project's folder, looked for upwards from this file, so that it holds in bundles and inside VS Code too. */
export const root = projectFolder(__dirname);

function projectFolder(from: string): string {
  const manifest = path.join(from, 'package.json');
  if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === 'group-cam') return from;
  const parent = path.dirname(from);
  if (parent === from) throw new Error(`${__dirname}: not inside the project`);
  return projectFolder(parent);
}

/** Absolute path of a file in the project. */
export const project = (...parts: string[]): string => path.join(root, ...parts);

/** Absolute path of a file in the folder `shared` beside the project: reference numbers, models and photographs. */
export const shared = (...parts: string[]): string => path.join(root, '..', 'shared', ...parts);

/** True in `npm run nightly`, which repeats on more models, images, themes and sizes what `npm test` shows on some. */
export const nightly = process.env['NIGHTLY'] === 'true';

/** What takes minutes and shows again what other cases show: nothing in `npm test`. */
export const onlyNightly = <T>(cases: readonly T[]): readonly T[] => (nightly ? cases : []);

/** True where nothing may be skipped. */
const strict = Boolean(process.env['CI']);

/**
 * Skips the calling test, and says so, if `file` is missing; with CI set it fails instead.
 *
 * @param context `this` of the test or hook
 * @param file what the test reads or runs, an absolute path
 * @param why what can't be tested without it
 */
export function needs(context: Mocha.Context, file: string, why: string): void {
  if (!existsSync(file)) missing(context, `${file} is missing: ${why}`);
}

/** The same for anything that is not a file, such as a Python package. */
export function missing(context: Mocha.Context, what: string): void {
  if (strict) throw new Error(`${what} (CI is set, so this is a failure)`);
  console.warn(`SKIPPED: ${what}`);
  context.skip();
}
