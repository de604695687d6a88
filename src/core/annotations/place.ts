/** The line of a position in a text, for messages: `file:line`. */
export function placeAt(file: string, text: string, position: number): string {
  return `${file}:${text.slice(0, position).split('\n').length}`;
}
