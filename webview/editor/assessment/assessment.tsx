/** The section beside the image with the measurements of its map. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { AssessmentPart } from '../../../src/protocol/webview';
import { IconButton } from '../../toolkit';
import { Curves } from '../curves/curves';
import type { Editor } from '../editor-model';
import { SanityStrip } from './sanity-strip';
import { ScoreTable } from './score-table';
import { columnsOf, rowsOf, scoresOf, sentenceOf } from './scores';
import { missing, titleOf, workOf } from './work';
import { isRunning, WorkLine, WorkParts } from './work-line';

export function Assessment({ editor }: { readonly editor: Editor }) {
  if (!editor.store.isMeasuring.value) return null;
  const measurement = lineOf(editor, 'measurement', 'measure');
  return (
    <section class="assessment" aria-label="Measurement" data-testid="assessment">
      <header class="assessment-head">
        <h2>How good is this map?</h2>
        {isRunning(measurement) && <WorkParts {...measurement} />}
        <IconButton
          icon="close"
          name="Close"
          hint="Close (Escape)"
          testId="assessment-close"
          onClick={editor.actions.closeAssessment}
        />
      </header>
      <div class="assessment-part">
        <WorkLine {...measurement} isBrief />
        <div class="measured">
          <Curves editor={editor} />
          <Scores editor={editor} />
        </div>
      </div>
      <div class="assessment-part">
        <WorkLine {...lineOf(editor, 'sanity', 'sanity')} />
        <Sanity editor={editor} />
      </div>
    </section>
  );
}

/** @param name prefix of the buttons' test ids */
function lineOf({ store, actions }: Editor, part: AssessmentPart, name: string) {
  const measured = store.measured.value;
  const focused = store.focusedSlot.value;
  return {
    ...workOf(part, measured, focused),
    ...{ label: titleOf(part), name },
    onStart: () => actions.gather(part, missing(part, measured, focused)),
    onCancel: () => actions.cancelAssessment(part),
  };
}

function Scores({ editor: { store } }: { readonly editor: Editor }) {
  const measured = store.measured.value;
  const focused = store.focusedSlot.value;
  const columns = columnsOf(measured, focused);
  const scores = scoresOf(measured.assessment);
  const words = [sentenceOf(columns, scores, focused), measured.assessment[focused]?.measurement?.note];
  return <ScoreTable columns={columns} rows={rowsOf(columns, scores)} text={words.filter(Boolean).join(' ')} />;
}

function Sanity({ editor: { store } }: { readonly editor: Editor }) {
  const focused = store.focusedSlot.value;
  const { slots, assessment } = store.measured.value;
  const check = assessment[focused]?.sanity;
  const original = slots[focused]?.frame;
  const place = useRef<HTMLDivElement>(null);
  const isShown = check !== undefined && original !== undefined && check.maps.length > 0;
  // The first maps of work that was just asked for come below what is in sight.
  useLayoutEffect(() => {
    if (isShown && check.work.kind === 'working') place.current?.scrollIntoView({ block: 'nearest' });
  }, [isShown]);
  return (
    <div ref={place}>{isShown && <SanityStrip check={check} original={original} style={store.style.value} />}</div>
  );
}
