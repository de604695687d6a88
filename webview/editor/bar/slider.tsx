interface SliderProps {
  readonly label: string;
  readonly name: string;
  readonly testId: string;
  /** 0 to 1. */
  readonly value: number;
  readonly onInput: (value: number) => void;
}

/** A slider from 0 to 1 with its value in percent. The toolkit has no such element. */
export function Slider({ label, name, testId, value, onInput }: SliderProps) {
  const percent = Math.round(100 * value);
  return (
    <label class="slider" title={name}>
      <span class="slider-label">{label}</span>
      <input
        type="range"
        min={0}
        max={100}
        step={1}
        value={String(percent)}
        style={{ '--filled': `${percent}%` }}
        aria-label={name}
        aria-valuetext={`${percent} %`}
        data-testid={testId}
        onInput={({ currentTarget }) => onInput(currentTarget.valueAsNumber / 100)}
      />
      <output class="slider-value">{percent} %</output>
    </label>
  );
}
