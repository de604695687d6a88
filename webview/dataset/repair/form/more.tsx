/** The part of the form that few need: numbers, and whose maps are shown. */
import { AUGMENT, NUMBER_NAMES, TRAINING_NUMBERS } from '../../../../src/protocol/params/training-options';
import { Check } from '../../../toolkit';
import type { DatasetPage } from '../../model';
import type { Draft } from '../draft';
import type { Remarks } from './checks';
import { NumberInput, QueryField } from './fields';

interface MoreProps {
  readonly page: DatasetPage;
  readonly draft: Draft;
  readonly remarks: Remarks;
  readonly onEnter: () => void;
}

export function More({ page, draft, remarks, onEnter }: MoreProps) {
  const { change } = page.repairs;
  const fields = NUMBER_NAMES.filter((field) => TRAINING_NUMBERS[field].arms.includes(draft.arm));
  return (
    <details class="repair-more" data-testid="repair-more">
      <summary>More</summary>
      <div class="repair-numbers">
        {fields.map((field) => (
          <NumberInput
            key={field}
            field={field}
            value={draft[field]}
            remark={remarks[field]}
            onChange={(text) => change({ [field]: text })}
          />
        ))}
      </div>
      {AUGMENT.arms.some((arm) => arm === draft.arm) && (
        <Check
          testId="repair-augment"
          hint="Each image is mirrored half of the time, and shifted by a few pixels, so that the network does not learn it by heart."
          checked={draft.augment === 'yes'}
          onChange={(augment) => change({ augment: augment ? 'yes' : 'no' })}
        >
          {AUGMENT.title}
        </Check>
      )}
      <QueryField page={page} draft={draft} remarks={remarks} field="watch" onEnter={onEnter} />
    </details>
  );
}
