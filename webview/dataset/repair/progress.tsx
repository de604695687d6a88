/** One repair: how far it is, how it goes, what can be done with it, and in the end what has come of it. */
import { canGoOn, canPause, canStop, type RepairInfo } from '../../../src/protocol/training';
import { Icon } from '../../icon';
import { TextButton } from '../../toolkit';
import type { DatasetPage } from '../model';
import { After } from './after';
import { Charts } from './charts';
import { Strip } from './strip';
import { accuracyText, fileName, leftOf, notesOf, stateText, subjectOf } from './texts';

interface ProgressProps {
  readonly page: DatasetPage;
  readonly repair: RepairInfo;
}

export function Progress({ page, repair }: ProgressProps) {
  const { store } = page;
  const { output, version, state, epochs, best, step, progress } = repair;
  const work = store.work.value.find(({ id }) => id === repair.work);
  const text = stateText(repair, work?.left ?? leftOf(repair));
  const accuracy = accuracyText(epochs, best);
  const losses = store.repairs.losses.value.get(repair.repair) ?? new Map();
  const from = store.info.value?.versions.find(({ id }) => id === version)?.name;
  const share = step ? step.step / step.steps : progress ? progress.done / progress.total : 0;
  return (
    <section class="repair-shown" aria-label={`Repair ${fileName(output)}`} data-testid={`repair-${repair.repair}`}>
      <h2 title={output}>{`${from ?? 'a version that was removed'} → ${fileName(output)}`}</h2>
      <p class="faint">{subjectOf(repair)}</p>
      {state === 'running' && (
        <div
          class="work-progress repair-progress"
          role="progressbar"
          aria-label="Repair"
          aria-valuenow={Math.round(100 * share)}
          aria-valuetext={text}
        >
          <div style={{ transform: `scaleX(${share})` }} />
        </div>
      )}
      <p
        class={state === 'failed' ? 'repair-remark wrong' : undefined}
        role={state === 'failed' ? 'alert' : undefined}
        data-testid="repair-state"
      >
        {state === 'failed' && <Icon name="error" />}
        {text}
      </p>
      {accuracy !== undefined && <p data-testid="repair-accuracy-text">{accuracy}</p>}
      <Buttons page={page} repair={repair} />
      <Notes repair={repair} />
      <Charts key={repair.repair} repair={repair} losses={losses} />
      {state === 'done' && <After key={`after ${repair.repair}`} page={page} repair={repair} />}
      <Strip key={`strip ${repair.repair}`} page={page} repair={repair} />
    </section>
  );
}

function Buttons({ page: { store, repairs }, repair }: ProgressProps) {
  const isWritable = store.isWritable.value;
  return (
    <div class="versions-buttons">
      <TextButton testId="repair-pause" hidden={!canPause(repair)} onClick={() => void repairs.pause(repair)}>
        Pause
      </TextButton>
      <TextButton
        testId="repair-go-on"
        primary
        hidden={!canGoOn(repair) || !isWritable}
        onClick={() => void repairs.goOn(repair)}
      >
        Go On
      </TextButton>
      <TextButton
        testId="repair-stop"
        name="Stop at the best: the weights with the best held-out figures so far become the new model"
        hidden={!canStop(repair) || !isWritable}
        onClick={() => void repairs.finish(repair)}
      >
        Stop at the Best
      </TextButton>
      <TextButton testId="repair-again" hidden={!isWritable} onClick={() => repairs.again(repair)}>
        Repair Again…
      </TextButton>
      <TextButton testId="repair-remove" hidden={!isWritable} onClick={() => repairs.remove(repair)}>
        Remove…
      </TextButton>
    </div>
  );
}

/** What the user ought to know, such as a loss that rises; spoken as it appears. */
function Notes({ repair }: { readonly repair: RepairInfo }) {
  const notes = notesOf(repair);
  return (
    <ul class="repair-notes" role="log" aria-label="Notes" hidden={notes.length === 0} data-testid="repair-notes">
      {notes.map((note) => (
        <li key={note}>
          <Icon name="info" />
          <span>{note}</span>
        </li>
      ))}
    </ul>
  );
}
