/** The imports in a TypeScript file's text, and in all files of a folder. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { project } from './shared';

export interface Import {
  /** Null if it is computed. */
  readonly specifier: string | null;
  /** True if nothing of it is left in the compiled file. */
  readonly typeOnly: boolean;
}

const STATEMENT =
  /\b(?:import|export)\s+(type\s)?(?:[\w*{}\s,$]*?\sfrom\s*|[\w*{}\s,$]*?}\s*from\s*)?(['"])([^'"\n]+)\2/g;
const CALL = /\b(?:import|require|require\.resolve|createRequire)\s*\(\s*(?:(['"`])([^'"`$\n]+)\1\s*[,)])?/g;

/** Every import and re-export, `import()`, `require()` and `createRequire()`, comments left out. */
export function importsOf(text: string): Import[] {
  const code = text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  return [
    ...[...code.matchAll(STATEMENT)].map((match) => ({ specifier: match[3]!, typeOnly: match[1] !== undefined })),
    ...[...code.matchAll(CALL)].map((match) => ({ specifier: match[2] ?? null, typeOnly: false })),
  ];
}

/** Files of a folder of the project and those below it, relative to the project. */
export function filesUnder(folder: string, extensions: RegExp): string[] {
  return readdirSync(project(folder), { recursive: true, encoding: 'utf8' })
    .map((file) => path.posix.join(folder, file.split(path.sep).join('/')))
    .filter((file) => extensions.test(file));
}

/** What each file imports of the others, types included. */
export function importGraph(files: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const known = new Set(files);
  const targetsOf = (file: string) =>
    importsOf(readFileSync(project(file), 'utf8')).flatMap(({ specifier }) => {
      if (!specifier?.startsWith('.')) return [];
      const target = path.posix.join(path.posix.dirname(file), specifier);
      return ['', '.ts', '.tsx'].map((end) => target + end).filter((name) => known.has(name));
    });
  return new Map(files.map((file) => [file, targetsOf(file)]));
}
