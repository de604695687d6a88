/** What is trained and how, in words, and about how long it takes. */
import { type Arm, BALANCES, type Balance } from '../../../../src/protocol/training';
import type { DatasetPage } from '../../model';
import { plural, timeText } from '../../texts';
import { ALL_WEIGHTS, ARM_TEXTS, BALANCE_TEXTS, effortOf } from '../arms';
import type { Draft } from '../draft';
import type { Facts } from './checks';
import { Choices, Radio } from './fields';

interface ArmChoicesProps {
  readonly page: DatasetPage;
  readonly draft: Draft;
  readonly facts: Facts | undefined;
  readonly onArm: (arm: Arm) => void;
  readonly onBalance: (balance: Balance) => void;
}

export function ArmChoices({ page, draft, facts, onArm, onBalance }: ArmChoicesProps) {
  const isHead = draft.arm === 'head';
  return (
    <>
      <Choices legend="What is trained">
        <Radio
          group="repair-what"
          value="head"
          title={ARM_TEXTS.head.title}
          text={ARM_TEXTS.head.does}
          checked={isHead}
          onChoose={() => onArm('head')}
        />
        <Radio
          group="repair-what"
          value="all"
          title="All weights"
          text="The whole network is fine-tuned, a batch of images at a time. It takes longer, and can change where the network looks."
          checked={!isHead}
          onChoose={() => onArm('plain')}
        />
      </Choices>
      {!isHead && (
        <Choices legend="On what">
          {ALL_WEIGHTS.map((arm) => (
            <Radio
              key={arm}
              group="repair-arm"
              value={arm}
              title={ARM_TEXTS[arm].title}
              text={ARM_TEXTS[arm].does}
              checked={draft.arm === arm}
              onChoose={() => onArm(arm)}
            />
          ))}
        </Choices>
      )}
      <Choices legend="What counts">
        {BALANCES.toReversed().map((balance) => (
          <Radio
            key={balance}
            group="repair-balance"
            value={balance}
            title={BALANCE_TEXTS[balance]}
            checked={draft.balance === balance}
            onChoose={() => onBalance(balance)}
          />
        ))}
      </Choices>
      <Effort page={page} draft={draft} facts={facts} />
    </>
  );
}

/** How long it takes, by what computing an image takes. */
function Effort({ page: { store }, draft, facts }: Pick<ArmChoicesProps, 'page' | 'draft' | 'facts'>) {
  const images = facts && 'count' in facts.train ? facts.train.count - facts.train.unlabelled : 0;
  const epochs = Number(draft.epochs);
  if (images === 0 || !(epochs > 0)) return null;
  const effort = effortOf(draft.arm, images, epochs);
  const rate = store.work.value.find(({ kind, rate: known }) => kind === 'sweep' && known !== undefined)?.rate;
  const time = rate ? `, here about ${timeText(effort / rate)}` : '';
  return (
    <p class="faint" data-testid="repair-effort">
      {`It takes about as long as computing ${plural(effort, 'image')}${time}, and can be stopped at any time.`}
    </p>
  );
}
