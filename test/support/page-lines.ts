/** The lines that docs/export.md shows, for tests that run them as they are written. */
import { readFileSync } from 'node:fs';
import { project } from './shared';

const page = () => readFileSync(project('docs', 'export.md'), 'utf8');

/** The lines of the page's first block in a language. */
export function linesOf(language: string): string {
  return new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)\\n\`\`\`$`, 'm').exec(page())![1]!;
}

/** The lines of the blocks below a heading that are in no language. */
export function blocksFor(heading: string): string[] {
  const text = page();
  const part = text
    .slice(text.indexOf(`\n${heading}\n`))
    .slice(1)
    .split(/^## /m)[1]!;
  return [...part.matchAll(/^```\n([\s\S]*?)\n```$/gm)].map((match) => match[1]!);
}

/** What the page gives in code within a sentence, in the one form that fits. */
export function codeOf(form: RegExp): string {
  const [found, ...others] = [...page().matchAll(/`([^`\n]+)`/g)]
    .map((match) => match[1]!)
    .filter((code) => form.test(code));
  if (found === undefined || others.length > 0)
    throw new Error(`docs/export.md has ${others.length ? 'several' : 'no'} ${form}`);
  return found;
}
