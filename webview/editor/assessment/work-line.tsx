/** The progress of the work on a part of the assessment, with buttons to start, stop and repeat it. */
import { TextButton } from '../../toolkit';
import { Progress } from '../status/progress';
import type { Work } from './work';

interface WorkLineProps extends Work {
  readonly label: string;
  /** Prefix of the buttons' test ids. */
  readonly name: string;
  /** While the work runs, its words and its button are elsewhere (`WorkParts`), so that they push nothing down. */
  readonly isBrief?: boolean;
  readonly onStart: () => void;
  readonly onCancel: () => void;
}

export const isRunning = ({ work }: Work): boolean => work?.kind === 'waiting' || work?.kind === 'working';

export function WorkLine(props: WorkLineProps) {
  const { work, label, isBrief } = props;
  const share = work?.kind === 'working' && work.share > 0 ? work.share : 'unknown';
  return (
    <div class="work-line" data-kind={work?.kind ?? 'none'}>
      <Progress done={isRunning(props) ? share : undefined} label={label} />
      {!(isBrief && isRunning(props)) && <WorkParts {...props} />}
    </div>
  );
}

export function WorkParts(props: Omit<WorkLineProps, 'label'>) {
  const { work, start, text, name, onStart, onCancel } = props;
  return (
    <div class="work-parts">
      <span
        class={work?.kind === 'failed' ? 'work-text failed' : 'work-text'}
        title={text}
        data-testid={`${name}-state`}
      >
        {text}
      </span>
      <TextButton testId={`${name}-start`} primary hidden={isRunning(props) || start === undefined} onClick={onStart}>
        {start ?? ''}
      </TextButton>
      <TextButton testId={`${name}-cancel`} hidden={!isRunning(props)} onClick={onCancel}>
        Cancel
      </TextButton>
    </div>
  );
}
