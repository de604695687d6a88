/**
 * Makes text safe to show. Names of tensors, labels and files come from models and folders and may contain anything. In
 * a terminal they could move the cursor or fake a line; in VS Code they could become links that run commands. All text
 * that is shown goes through these functions.
 */

/** Line breaks and tabs, with the white space that follows. */
const BREAKS = /[\t\n\v\f\r\u0085\u2028\u2029]\s*/g;
/** Control characters, which start escape sequences, and characters that change the direction of text. */
const CONTROLS = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/** The longest line in characters; a name may have a million. */
const LONGEST = 8000;

/** Text as one line without control characters. Very long text is shortened in the middle. */
export function oneLine(text: string): string {
  const line = text.replace(BREAKS, ' ').replace(CONTROLS, '\ufffd');
  return line.length > LONGEST ? `${line.slice(0, LONGEST / 2)} ... ${line.slice(-LONGEST / 2)}` : line;
}

/** The same for each line of a text. */
export function plainLines(text: string): string {
  return text.split('\n').map(oneLine).join('\n');
}

/**
 * One line for a notification, in which VS Code turns `[text](command:name)` into a link. An inserted space prevents
 * this and keeps brackets readable.
 */
export function withoutLinks(text: string): string {
  return oneLine(text).replaceAll('](', '] (');
}

/** One line for places where VS Code replaces `$(name)` by icons: status bar, pickers, trees. */
export function withoutIcons(text: string): string {
  return oneLine(text).replaceAll('$(', '$ (');
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Escapes text for HTML and SVG, between tags or in an attribute's double quotes. */
export function escapeMarkup(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character]!);
}

/** JSON in one line, with all such characters escaped in its strings. A parser reads the same value. */
export function plainJson(value: unknown): string {
  return JSON.stringify(value).replace(
    CONTROLS,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The stack of an error and of its causes, as lines. */
export function stackLines(thrown: unknown): string[] {
  if (!(thrown instanceof Error)) return [oneLine(String(thrown))];
  const { name, message, stack = '', cause } = thrown;
  // The message may have several lines, which are not stack frames.
  const frames = stack.slice(stack.indexOf(message) + message.length).split('\n');
  const causes = cause === undefined ? [] : stackLines(cause).map((line, i) => (i === 0 ? `caused by: ${line}` : line));
  return [oneLine(`${name}: ${message}`), ...frames.slice(1).map(oneLine), ...causes];
}
