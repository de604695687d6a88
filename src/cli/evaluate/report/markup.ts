/** HTML from templates. Inserted values are escaped, unless they are `raw`. */

import { escapeMarkup, oneLine } from '../../../protocol/plain-text';

export interface Raw {
  readonly markup: string;
}

export const raw = (markup: string): Raw => ({ markup });

export function html(parts: TemplateStringsArray, ...values: readonly (string | number | Raw)[]): string {
  return parts.reduce((text, part, i) => {
    const value = values[i - 1]!;
    // Control characters are not allowed in XML.
    return text + (typeof value === 'object' ? value.markup : escapeMarkup(oneLine(String(value)))) + part;
  });
}
