/** One class in the list: tick, name, probability and its bar. */
import { useRef } from 'preact/hooks';
import { percentOf } from '../numbers';
import { CheckMark } from '../toolkit';

export interface RowProps {
  readonly id: string;
  readonly index: number;
  readonly label: string;
  readonly probability: number | undefined;
  readonly activation: string;
  readonly isShown: boolean;
  /** True if keys act on this row. */
  readonly isActive: boolean;
  /** Of a class that is shown: how many of these are above and below it. It stays in sight when the list is scrolled. */
  readonly pin: readonly [above: number, below: number] | undefined;
  readonly position: number;
  readonly total: number;
  readonly onExplain: () => void;
  readonly onTick: () => void;
}

export function Row({ id, index, label, probability, activation, isShown, isActive, ...props }: RowProps) {
  const value = probability === undefined ? '' : percentOf(probability, activation);
  const box = useRef<HTMLSpanElement>(null);
  const share = Math.min(Math.max(probability ?? 0, 0), 1);
  return (
    // The list keeps the focus and handles keys.
    <div
      id={id}
      class={`row${isActive ? ' active' : ''}${isShown ? ' shown' : ''}`}
      role="option"
      title={`${label} (class ${index})`}
      aria-label={value ? `${label}, ${value}` : label}
      aria-description={`class ${index}`}
      {...(props.pin && { style: { '--above': props.pin[0], '--below': props.pin[1] } })}
      aria-selected={isShown}
      aria-checked={isShown}
      aria-posinset={props.position + 1}
      aria-setsize={props.total}
      data-testid={`class-${index}`}
      onClick={({ target }) => (isWithin(box.current, target) ? props.onTick() : props.onExplain())}
    >
      <span class="tick" title="Compare" data-testid={`tick-${index}`} ref={box}>
        <CheckMark checked={isShown} />
      </span>
      <span class="name">
        <span>{label}</span> <span class="index">#{index}</span>
      </span>
      <span class="value">{value}</span>
      <span class="bar" hidden={probability === undefined || activation === 'none'}>
        <span class="bar-fill" style={{ width: `${100 * share}%` }} />
      </span>
    </div>
  );
}

const isWithin = (element: Element | null, target: EventTarget | null) =>
  target instanceof Node && (element?.contains(target) ?? false);
