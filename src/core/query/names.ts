/** The names in the text of a query, with their places. */
import { tokensOf } from './tokens';

const NAMES_OF = ['true', 'predicted', 'tag', 'split'] as const;

export interface NameAt {
  /** What it is the name of. */
  readonly of: (typeof NAMES_OF)[number];
  readonly name: string;
  /** Position in the query, from 0. */
  readonly at: number;
}

/** @param text a query that can be parsed */
export function namesIn(text: string): readonly NameAt[] {
  const tokens = tokensOf(text);
  return tokens.flatMap(({ kind, text: word }, i) => {
    const of = kind === 'word' ? NAMES_OF.find((name) => name === word.toLowerCase()) : undefined;
    const [sign, name] = [tokens[i + 1], tokens[i + 2]];
    const isNamed = sign?.kind === 'sign' && (sign.text === '=' || sign.text === '!=');
    return of && isNamed && name ? [{ of, name: name.text, at: name.at }] : [];
  });
}
