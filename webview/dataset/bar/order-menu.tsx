/** The order of the list. */

import { printQuery } from '../../../src/core/query/print';
import type { Order } from '../../../src/core/query/query';
import { Menu } from '../../widgets/menu';
import type { DatasetPage } from '../model';
import { withOrder } from '../query/edit';

interface Choice {
  readonly label: string;
  readonly short: string;
  readonly order?: Order;
}

const order = (label: string, short: string, by: Exclude<Order['by'], 'shift'>, descending: boolean): Choice => ({
  label,
  short,
  order: { by, descending },
});

const CHOICES: readonly Choice[] = [
  { label: 'Path', short: 'path' },
  order('Loss, highest first', 'loss ↓', 'loss', true),
  order('Loss, lowest first', 'loss ↑', 'loss', false),
  order('p, highest first', 'p ↓', 'p', true),
  order('p, lowest first', 'p ↑', 'p', false),
  order('Margin, smallest first', 'margin ↑', 'margin', false),
  order('Entropy, highest first', 'entropy ↓', 'entropy', true),
  order('Heat at the border, most first', 'border ↓', 'border', true),
  order('Heat in objects, least first', 'energy ↑', 'energy', false),
  order('Heat spread, widest first', 'spread ↓', 'spread', true),
  order('Agreement with the class, least first', 'agreement ↑', 'agreement', false),
];

export function OrderMenu({ page: { store, actions } }: { readonly page: DatasetPage }) {
  const query = store.parsed.value;
  const now = query?.order;
  const isNow = (choice: Choice) =>
    now === undefined || (now.by === 'path' && !now.descending)
      ? choice.order === undefined
      : now.by === choice.order?.by && now.descending === choice.order.descending;
  const text = CHOICES.find(isNow)?.short ?? `${now?.by} ${now?.descending ? '↓' : '↑'}`;
  return (
    <Menu
      icon="list-ordered"
      text={text}
      name={`Order by ${text}`}
      testId="order"
      items={
        query
          ? CHOICES.map((choice, i) => ({
              label: choice.label,
              testId: `order-${choice.order ? `${choice.order.by}-${choice.order.descending ? 'desc' : 'asc'}` : 'path'}`,
              checked: isNow(choice),
              run: () => actions.search(printQuery(withOrder(query, CHOICES[i]!.order))),
            }))
          : []
      }
    />
  );
}
