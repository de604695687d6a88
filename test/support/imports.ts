/** The imports in a TypeScript file's text. */

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
