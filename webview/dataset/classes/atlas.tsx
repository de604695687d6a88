/** Each class's mean image and mean map. Those that are seen are asked for. */
import { useSignal, useSignalEffect } from '@preact/signals';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { printQuery } from '../../../src/core/query/print';
import type { AtlasEntry, ClassesInfo } from '../../../src/protocol/dataset';
import { useRoving } from '../../widgets/roving';
import type { DatasetPage } from '../model';
import { classQuery } from '../query/edit';
import { plural, shortLabel } from '../texts';
import { drawEntry } from './atlas-picture';
import { predictedIn } from './matrix';

type By = AtlasEntry['by'];

export function Atlas({ page, classes }: { readonly page: DatasetPage; readonly classes: ClassesInfo }) {
  const { store, ask, actions } = page;
  const hasClasses = store.categories.value.length > 0;
  const by = useSignal<By>(hasClasses ? 'true' : 'predicted');
  const entries = useSignal<ReadonlyMap<number, AtlasEntry>>(new Map());
  const due = useRef(new Set<number>());
  const asked = useRef(new Set<number>());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const cards = useRef<HTMLDivElement>(null);
  // There may be a thousand.
  const roving = useRoving(cards, 'button');

  useSignalEffect(() => {
    // Others are meant by the same numbers.
    void [by.value, store.versionId.value];
    entries.value = new Map();
    asked.current.clear();
  });
  async function load(): Promise<void> {
    timer.current = undefined;
    const version = store.versionId.peek();
    const indices = [...due.current].filter((index) => !asked.current.has(index));
    due.current.clear();
    if (version === undefined || indices.length === 0) return;
    for (const index of indices) asked.current.add(index);
    const mine = by.peek();
    try {
      const found = await ask('atlas', { version, by: mine, indices });
      if (mine !== by.peek() || version !== store.versionId.peek()) return;
      entries.value = new Map([...entries.peek(), ...found.map((entry) => [entry.index, entry] as const)]);
    } catch (thrown) {
      actions.failed(thrown);
    }
  }
  function seen(index: number): void {
    due.current.add(index);
    timer.current ??= setTimeout(() => void load(), 50);
  }
  const names = by.value === 'true' ? store.categories.value : (store.version.value?.labels ?? []);
  // Of the model's classes, which may be a thousand, those that some image was taken for.
  const predicted = useMemo(() => predictedIn(classes), [classes]);
  const shown = by.value === 'true' ? names.map((_, index) => index) : predicted;
  const countOf = new Map(
    classes.categories.map(({ category, recall, count }) => [category, { recall, count }] as const),
  );
  const choices: readonly By[] = hasClasses ? ['true', 'predicted'] : ['predicted'];
  return (
    <section class="atlas" aria-label="Atlas">
      <h2>Atlas</h2>
      <div class="atlas-head">
        <span class="faint">Mean image and mean heat of each class,</span>
        <div class="chips" role="group" aria-label="Classes">
          {choices.map((choice) => (
            <button
              key={choice}
              type="button"
              class="chip"
              aria-pressed={choice === by.value}
              data-testid={`atlas-${choice}`}
              onClick={() => {
                by.value = choice;
              }}
            >
              {choice === 'true' ? 'true classes' : 'predicted classes'}
            </button>
          ))}
        </div>
      </div>
      <div class="atlas-cards" data-testid="atlas" ref={cards} {...roving}>
        {shown.map((index) => (
          <Card
            key={`${store.versionId.value} ${by.value} ${index}`}
            page={page}
            name={names[index]!}
            index={index}
            entry={entries.value.get(index)}
            recall={by.value === 'true' ? countOf.get(index)?.recall : undefined}
            onSeen={seen}
            onClick={() => actions.find(printQuery(classQuery(by.value, names[index]!)))}
          />
        ))}
      </div>
    </section>
  );
}

interface CardProps {
  readonly page: DatasetPage;
  readonly name: string;
  readonly index: number;
  readonly entry: AtlasEntry | undefined;
  readonly recall: number | undefined;
  readonly onSeen: (index: number) => void;
  readonly onClick: () => void;
}

function Card({ page: { store, paintHeat, actions }, name, index, entry, recall, onSeen, onClick }: CardProps) {
  const card = useRef<HTMLButtonElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const observer = new IntersectionObserver(([found]) => found!.isIntersecting && onSeen(index), {
      rootMargin: '100px',
    });
    observer.observe(card.current!);
    return () => observer.disconnect();
  }, [index]);
  const { value: style } = store.style;
  const { value: heat } = store.heat;
  useLayoutEffect(() => {
    if (entry) drawEntry(canvas.current!, entry, heat ? style : undefined, paintHeat).catch(actions.failed);
  }, [entry, heat, style]);
  const facts = entry && [
    plural(entry.count, 'image'),
    recall !== undefined && `${(100 * recall).toFixed(1)} % right`,
    entry.count > 0 && !entry.map && 'no map yet',
  ];
  return (
    <button ref={card} type="button" class="atlas-card" title={name} data-testid={`atlas-${index}`} onClick={onClick}>
      <canvas ref={canvas} width={1} height={1} />
      <span class="atlas-name">{shortLabel(name)}</span>
      <span class="faint">{facts?.filter(Boolean).join(', ') ?? '…'}</span>
    </button>
  );
}
