/** The form of a repair: what is trained, on which images, and where the new model goes. Faults are said as they appear. */
import { Check, IconButton, TextButton } from '../../../toolkit';
import type { DatasetPage } from '../../model';
import { type Draft, subjectText, withChoice } from '../draft';
import { ArmChoices } from './arm-choices';
import { faultsOf, remarksOf } from './checks';
import { useFacts } from './facts';
import { Below, described, QueryField } from './fields';
import { More } from './more';

export function Form({ page, draft }: { readonly page: DatasetPage; readonly draft: Draft }) {
  const { store, repairs } = page;
  const { value: facts } = useFacts(page);
  const { value: output } = store.repairs.output;
  const { value: refused } = store.repairs.refused;
  const remarks = remarksOf(draft, facts, output?.output === draft.output ? output.fault : undefined);
  const unable = store.version.value?.unavailable ?? store.info.value?.readOnly;
  const hasSuspicious = store.info.value?.clusters.some(
    ({ version, suspicious }) => version === store.versionId.value && suspicious.length > 0,
  );
  const { change } = repairs;
  function begin(): void {
    const [first] = faultsOf(remarks);
    if (first === undefined) {
      const watch = facts?.watch;
      void repairs.begin(draft, watch && 'items' in watch ? watch.items : []);
      return;
    }
    const field = document.getElementById(`repair-${first}`);
    field?.closest('details')?.setAttribute('open', '');
    field?.focus();
    store.spoken.value = remarks[first]!.text;
  }
  const about = draft.subject === '' ? '' : `For ${subjectText(draft.subject)}. `;
  return (
    <form
      id="repair-form"
      class="repair-form"
      tabIndex={-1}
      aria-labelledby="repair-title"
      data-testid="repair-form"
      onSubmit={(event) => event.preventDefault()}
    >
      <header class="repair-head">
        <h2 id="repair-title">{`Repair ${store.version.value?.name ?? ''}`}</h2>
        <IconButton icon="close" name="Close the form" testId="repair-close" onClick={repairs.close} />
      </header>
      <p class="faint" data-testid="repair-subject">
        {`${about}A copy of the model is fine-tuned and becomes a version of this run file, so that both can be compared. The model itself stays as it is.`}
      </p>
      <ArmChoices
        page={page}
        draft={draft}
        facts={facts}
        onArm={(arm) => change(withChoice(draft, { arm }))}
        onBalance={(balance) => change({ balance })}
      />
      <QueryField page={page} draft={draft} remarks={remarks} field="train" onEnter={begin} />
      <QueryField page={page} draft={draft} remarks={remarks} field="heldOut" onEnter={begin} />
      {hasSuspicious && (
        <Check
          testId="repair-pasted"
          hint="The hot region of images of the cluster is put into other images, as the test for suspicious clusters does, and blurred in as many images of the cluster. Those with the region put in are at most a quarter of the images to train on."
          checked={draft.pasted === 'yes'}
          onChange={(pasted) => change(withChoice(draft, { pasted: pasted ? 'yes' : 'no' }))}
        >
          Also train on images of other classes with the suspicious region pasted in, and of the cluster with it blurred
        </Check>
      )}
      <div class="repair-field">
        <label for="repair-output">Write the new model to</label>
        <div class="repair-line">
          <input
            id="repair-output"
            class="repair-text"
            type="text"
            spellcheck={false}
            value={draft.output}
            title={draft.output}
            data-testid="repair-output"
            {...described('output', remarks.output)}
            onInput={({ currentTarget }) => change({ output: currentTarget.value })}
            onChange={({ currentTarget }) => repairs.checkOutput(currentTarget.value)}
          />
          <TextButton
            testId="repair-choose"
            name="Choose the file of the new model"
            onClick={() => repairs.checkOutput(draft.output, true)}
          >
            Choose…
          </TextButton>
        </div>
        <Below field="output" remark={remarks.output} />
      </div>
      <More page={page} draft={draft} remarks={remarks} onEnter={begin} />
      {(refused ?? unable) !== undefined && (
        <p class="repair-remark wrong" role="alert" data-testid="repair-refused">
          <span class="codicon codicon-error" aria-hidden="true" />
          {refused ?? unable}
        </p>
      )}
      <div class="versions-buttons">
        <TextButton testId="repair-begin" primary hidden={unable !== undefined} onClick={begin}>
          Repair
        </TextButton>
        <TextButton testId="repair-cancel" onClick={repairs.close}>
          Not Now
        </TextButton>
      </div>
    </form>
  );
}
