/** The progress of the work on a part of the assessment, with buttons to start, stop and repeat it. */
import { TextButton } from '../../toolkit';
import { Progress } from '../status/progress';
import type { Work } from './work';

interface WorkLineProps extends Work {
  readonly label: string;
  /** Prefix of the buttons' test ids. */
  readonly name: string;
  readonly onStart: () => void;
  readonly onCancel: () => void;
}

export function WorkLine({ work, start, text, label, name, onStart, onCancel }: WorkLineProps) {
  const isRunning = work?.kind === 'waiting' || work?.kind === 'working';
  const share = work?.kind === 'working' && work.share > 0 ? work.share : 'unknown';
  return (
    <div class="work-line" data-kind={work?.kind ?? 'none'}>
      <Progress done={isRunning ? share : undefined} label={label} />
      <div class="work-parts">
        <span class={work?.kind === 'failed' ? 'work-text failed' : 'work-text'} data-testid={`${name}-state`}>
          {text}
        </span>
        <TextButton testId={`${name}-start`} primary hidden={isRunning || start === undefined} onClick={onStart}>
          {start ?? ''}
        </TextButton>
        <TextButton testId={`${name}-cancel`} hidden={!isRunning} onClick={onCancel}>
          Cancel
        </TextButton>
      </div>
    </div>
  );
}
