/** Controls of a walk: which curve to follow, how far, and whether to show the image there. */
import { Check } from '../../toolkit';
import { WALKED, type Walk, type Walked } from './walk';

const TITLES: Readonly<Record<Walked, string>> = { insertion: 'Insertion', deletion: 'Deletion' };

interface WalkControlsProps {
  readonly walk: Walk;
  /** The shares of pixels at the points of the curve. */
  readonly steps: readonly number[];
  readonly point: number;
  /** The values at that point, in words. */
  readonly text: string;
  /** False until the map is measured in full: only then are there images to show. */
  readonly hasImages: boolean;
  readonly onWalk: (change: Partial<Walk>) => void;
}

export function WalkControls({ walk, steps, point, text, hasImages, onWalk }: WalkControlsProps) {
  const last = Math.max(steps.length - 1, 0);
  return (
    <div class="walk" role="group" aria-label="Along the curve">
      <div class="walk-choices" role="radiogroup" aria-label="Curve">
        {WALKED.map((metric) => (
          <label key={metric}>
            <input
              type="radio"
              name="walk"
              value={metric}
              checked={metric === walk.metric}
              data-testid={`walk-${metric}`}
              onChange={() => onWalk({ metric })}
            />
            {TITLES[metric]}
          </label>
        ))}
      </div>
      <input
        type="range"
        min={0}
        max={last}
        step={1}
        value={String(point)}
        style={{ '--filled': `${(100 * point) / Math.max(last, 1)}%` }}
        aria-label="Step of the curve"
        aria-valuetext={text}
        data-testid="step"
        onInput={({ currentTarget }) => onWalk({ fraction: steps[currentTarget.valueAsNumber]!, shown: true })}
      />
      <div class="walk-row">
        <output class="step-text" data-testid="step-text">
          {text}
        </output>
        <Check
          hint="In the place of the heat (Escape hides it)"
          testId="step-shown"
          checked={walk.shown}
          onChange={(shown) => onWalk({ shown })}
        >
          {hasImages ? 'Image at this step' : 'Image at this step, once the map is measured'}
        </Check>
      </div>
    </div>
  );
}
