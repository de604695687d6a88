/** Reads lists and dictionaries of texts as Python prints them; many files of labels are such prints. */

/** A text, perhaps behind its index. Each match continues where the last one ended, so that reading takes linear time. */
const ENTRY = /\s*(?:(\d+)\s*:\s*)?u?(?:'([^'\\]*(?:\\.[^'\\]*)*)'|"([^"\\]*(?:\\.[^"\\]*)*)")\s*(?:,|(?=[\]})]))/y;
const CLOSING: Readonly<Record<string, string>> = { '{': '}', '[': ']', '(': ')' };

/**
 * Parses `{0: 'tench', 1: "goldfish"}` or `['tench', 'goldfish']`.
 *
 * @returns an object by index or a list; undefined if the text is anything else
 */
export function parsePython(text: string): Readonly<Record<string, string>> | readonly string[] | undefined {
  const start = /^\s*[{[(]/.exec(text)?.[0];
  if (start === undefined) return undefined;
  const isByIndex = start.endsWith('{');
  const entries: [string, string][] = [];
  ENTRY.lastIndex = start.length;
  let end = start.length;
  for (let found = ENTRY.exec(text); found; found = ENTRY.exec(text)) {
    const [, key, single, double] = found;
    if ((key !== undefined) !== isByIndex) return undefined;
    entries.push([key ?? '', (single ?? double)!.replace(/\\(.)/g, '$1')]);
    end = ENTRY.lastIndex;
  }
  if (entries.length === 0 || text.slice(end).trim() !== CLOSING[start.at(-1)!]) return undefined;
  return isByIndex ? Object.fromEntries(entries) : entries.map(([, value]) => value);
}
