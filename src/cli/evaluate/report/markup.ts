/** HTML from templates: what is put in is escaped, unless it is `raw`. */

import { oneLine } from '../../../protocol/plain-text';

export interface Raw {
  readonly markup: string;
}

export const raw = (markup: string): Raw => ({ markup });

export function html(parts: TemplateStringsArray, ...values: readonly (string | number | Raw)[]): string {
  return parts.reduce((text, part, i) => {
    const value = values[i - 1]!;
    return text + (typeof value === 'object' ? value.markup : escaped(String(value))) + part;
  });
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Control characters are no XML. */
const escaped = (text: string): string => oneLine(text).replace(/[&<>"']/g, (character) => ENTITIES[character]!);
