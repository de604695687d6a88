/** The conditions of the query as chips, and those that are asked for most as buttons. */

import { printQuery } from '../../../src/core/query/print';
import type { Flag } from '../../../src/core/query/query';
import type { DatasetPage } from '../model';
import { chipText } from '../query/chip-text';
import { chipsOf, hasFlag, toggleFlag, without } from '../query/edit';

const FLAGS: readonly { readonly flag: Flag; readonly icon: string; readonly hint: string }[] = [
  { flag: 'wrong', icon: 'error', hint: 'Images of which another class is predicted' },
  { flag: 'correct', icon: 'pass', hint: 'Images of which the true class is predicted' },
  { flag: 'failed', icon: 'warning', hint: 'Images that could not be computed' },
];

export function Chips({ page }: { readonly page: DatasetPage }) {
  const { store, actions } = page;
  const query = store.parsed.value;
  if (!query) return null;
  const isButton = (flag: Flag) => FLAGS.some((each) => each.flag === flag);
  return (
    <div class="chips" role="group" aria-label="Conditions">
      {FLAGS.map(({ flag, icon, hint }) => (
        <button
          key={flag}
          type="button"
          class="chip chip-flag"
          aria-pressed={hasFlag(query, flag)}
          title={hint}
          data-testid={`flag-${flag}`}
          onClick={() => actions.search(printQuery(toggleFlag(query, flag)))}
        >
          <span class={`codicon codicon-${icon}`} aria-hidden="true" />
          <span class="chip-word">{flag}</span>
        </button>
      ))}
      {chipsOf(query).map((condition, i) => {
        if (condition.kind === 'flag' && condition.in === undefined && isButton(condition.flag)) return null;
        const text = chipText(condition);
        return (
          <span key={`${i} ${text}`} class="chip chip-set" data-testid="chip">
            <span class="chip-text" title={text}>
              {text}
            </span>
            <button
              type="button"
              class="chip-remove codicon codicon-close"
              aria-label={`Remove ${text}`}
              title="Remove"
              data-testid={`remove-chip-${i}`}
              onClick={() => actions.search(printQuery(without(query, i)))}
            />
          </span>
        );
      })}
    </div>
  );
}
