/**
 * Text for people in which nothing can act. Names of tensors, labels and files are whatever somebody has written into a
 * model or a folder: in a terminal they could move the cursor or write a line of their own, in VS Code be a link that runs a
 * command. Whatever shows text takes it from here.
 */

/** Breaks of lines and tabulators, with the white space that follows. */
const BREAKS = /[\t\n\v\f\r\u0085\u2028\u2029]\s*/g;
/** Control characters, with which escape sequences begin, and those that turn the direction of what follows them. */
const CONTROLS = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/** Characters of a line that people can read; a name may have a million. */
const LONGEST = 8000;

/** Text as one line without control characters; what is longer than anybody reads is cut in its middle. */
export function oneLine(text: string): string {
  const line = text.replace(BREAKS, ' ').replace(CONTROLS, '\ufffd');
  return line.length > LONGEST ? `${line.slice(0, LONGEST / 2)} ... ${line.slice(-LONGEST / 2)}` : line;
}

/** The same for each line of a text. */
export function plainLines(text: string): string {
  return text.split('\n').map(oneLine).join('\n');
}

/**
 * One line for a notification, where VS Code takes `[text](command:name)` for a link. A space is all that it takes to be
 * none, and brackets stay readable.
 */
export function withoutLinks(text: string): string {
  return oneLine(text).replaceAll('](', '] (');
}

/** One line for what VS Code draws with icons, written `$(name)`: status bar, pickers, trees. */
export function withoutIcons(text: string): string {
  return oneLine(text).replaceAll('$(', '$ (');
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text as it stands in HTML and SVG, between tags or in an attribute's double quotes. */
export function escapeMarkup(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character]!);
}

/** JSON in one line whose strings hold no such character as it is; a parser reads the same value. */
export function plainJson(value: unknown): string {
  return JSON.stringify(value).replace(
    CONTROLS,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** What was thrown, where it comes from, and the same of its causes. */
export function stackLines(thrown: unknown): string[] {
  if (!(thrown instanceof Error)) return [oneLine(String(thrown))];
  const { name, message, stack = '', cause } = thrown;
  // The message may have lines of its own, which are no places in a program.
  const frames = stack.slice(stack.indexOf(message) + message.length).split('\n');
  const causes = cause === undefined ? [] : stackLines(cause).map((line, i) => (i === 0 ? `caused by: ${line}` : line));
  return [oneLine(`${name}: ${message}`), ...frames.slice(1).map(oneLine), ...causes];
}
