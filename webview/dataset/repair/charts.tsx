/** How a repair goes: the loss of every step, and the accuracy after every epoch. */
import type { RepairInfo } from '../../../src/protocol/training';
import { numberText, whole } from '../texts';
import { percent } from '../versions/texts';
import { Chart } from './chart';
import type { Losses } from './state';

/** Where ticks lie nearer than a per cent, they need a digit more. */
const percentOfTick = (value: number, step: number): string => percent(value, step < 0.01 ? 1 : 0);

interface ChartsProps {
  readonly repair: RepairInfo;
  readonly losses: Losses;
}

export function Charts({ repair: { epochs }, losses }: ChartsProps) {
  const steps = [...losses.keys()].toSorted((a, b) => a - b);
  const values = steps.map((step) => losses.get(step)!);
  const last = steps.at(-1);
  const [before] = epochs;
  const after = epochs.at(-1);
  return (
    <div class="lines">
      {last !== undefined && (
        <Chart
          testId="repair-loss"
          title="Loss of the steps"
          now={`step ${whole(last)}: ${numberText(values.at(-1)!)}`}
          label={`Loss over ${whole(last)} steps: from ${numberText(values[0]!)} to ${numberText(values.at(-1)!)}`}
          at={steps}
          lines={[{ name: 'loss', color: '--curve', values }]}
          text={numberText}
        />
      )}
      {before && after && (
        <Chart
          testId="repair-accuracy"
          title="Held-out accuracy"
          now={`epoch ${after.epoch}: ${percent(after.heldOut.accuracy, 1)}`}
          label={`Held-out accuracy over ${epochs.length - 1} epochs: from ${percent(before.heldOut.accuracy, 1)} to ${percent(after.heldOut.accuracy, 1)}`}
          at={epochs.map(({ epoch }) => epoch)}
          lines={[
            { name: 'held out', color: '--curve', values: epochs.map(({ heldOut }) => heldOut.accuracy) },
            {
              name: 'trained on',
              color: '--curve-2',
              dash: [4, 4],
              values: epochs.map(({ train, epoch }) => (epoch === 0 ? Number.NaN : train.accuracy)),
            },
          ]}
          text={percentOfTick}
          hasPoints
          legend="Dashed: of the images that are trained on, as they are seen in training."
        />
      )}
    </div>
  );
}
