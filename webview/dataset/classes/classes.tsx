/** The page of classes: how often each is right, what it is taken for, how sure the model is, and where it looks. */
import { useSignal, useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { ClassesInfo } from '../../../src/protocol/dataset';
import { newestOnly } from '../../newest';
import { TextButton } from '../../toolkit';
import type { DatasetPage } from '../model';
import { accuracyText } from '../texts';
import { Atlas } from './atlas';
import { Calibration } from './calibration';
import { Confusion } from './confusion';
import { ClassTable } from './table';

export function Classes({ page }: { readonly page: DatasetPage }) {
  const { store, ask, actions } = page;
  const known = useSignal<ClassesInfo | undefined>(undefined);
  // One request at a time; of those that are due meanwhile the last.
  const run = useRef(
    newestOnly(async () => {
      const version = store.versionId.peek();
      if (version === undefined) return;
      try {
        known.value = await ask('classes', { version });
      } catch (thrown) {
        actions.failed(thrown);
      }
    }),
  );
  useSignalEffect(() => {
    void [store.versionId.value, store.changes.value];
    void run.current(undefined);
  });
  const { value: version } = store.version;
  const { value: info } = store.info;
  const { value: classes } = known;
  if (!info || !version || !classes) return <div class="classes-page" aria-busy="true" />;
  const hasClasses = info.categories.length > 0;
  if (version.done === 0) {
    return (
      <div class="empty" role="status" data-testid="classes-empty">
        <p>Nothing is computed yet.</p>
        {version.unavailable === undefined && store.isWritable.value && store.active.value.length === 0 && (
          <TextButton testId="classes-sweep" primary onClick={actions.sweep}>
            Compute
          </TextButton>
        )}
      </div>
    );
  }
  return (
    <div class="classes-page" data-testid="classes-page">
      {hasClasses ? (
        <>
          <p class="classes-summary" data-testid="accuracy">
            {accuracyText(classes)}
          </p>
          <div class="classes-columns">
            <div>
              <ClassTable page={page} classes={classes} />
              <Atlas page={page} classes={classes} />
            </div>
            <div class="classes-side">
              <Confusion page={page} classes={classes} />
              <Calibration calibration={classes.calibration} />
            </div>
          </div>
        </>
      ) : (
        <>
          <p class="classes-summary" data-testid="no-class">
            No class is known of these images, so accuracy and confusions are unknown. Put the images into folders named
            after classes, or inspect a list with labels.
          </p>
          <Atlas page={page} classes={classes} />
        </>
      )}
    </div>
  );
}
