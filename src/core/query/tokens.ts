/** The words of a query. */
import { datasetErrors } from '../dataset-errors';

export interface Token {
  readonly kind: 'word' | 'text' | 'sign' | 'end';
  /** A word or a sign as it stands; of a quoted text what is between the quotes. */
  readonly text: string;
  /** Position in the query, from 0. */
  readonly at: number;
}

const SPACE = /\s+/y;
const SIGN = /[<>!=]=|!~|[<>=~()]/y;
/** A quote inside a word belongs to it: `true = bird's`. */
const WORD = /[^\s()<>=!~"'][^\s()<>=!~"]*/y;

/** @throws query-invalid */
export function tokensOf(query: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(query)?.[0];
  };
  for (;;) {
    at += match(SPACE)?.length ?? 0;
    if (at >= query.length) return [...tokens, { kind: 'end', text: '', at }];
    const quote = query[at]!;
    if (quote === '"' || quote === "'") {
      const { text, length } = quotedAt(query, at, quote);
      tokens.push({ kind: 'text', text, at });
      at += length;
      continue;
    }
    const sign = match(SIGN);
    const text = sign ?? match(WORD);
    if (text === undefined) throw datasetErrors.queryInvalid(query, at, 'wanted != or !~');
    tokens.push({ kind: sign === undefined ? 'word' : 'sign', text, at });
    at += text.length;
  }
}

/** A backslash stands before a quote or another backslash; elsewhere it is one itself. */
function quotedAt(query: string, start: number, quote: string): { readonly text: string; readonly length: number } {
  const parts: string[] = [];
  for (let at = start + 1; at < query.length; at++) {
    const character = query[at]!;
    const next = query[at + 1];
    if (character === quote) return { text: parts.join(''), length: at + 1 - start };
    const isEscape = character === '\\' && (next === '\\' || next === '"' || next === "'");
    if (isEscape) at++;
    parts.push(isEscape ? next : character);
  }
  throw datasetErrors.queryInvalid(query, start, `wanted a closing ${quote}`);
}
