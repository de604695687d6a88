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
import { WorkLine } from './work-line';

export function Assessment({ editor }: { readonly editor: Editor }) {
  if (!editor.store.isMeasuring.value) return null;
  return (
    <section class="assessment" aria-label="Measurement" data-testid="assessment">
      <header class="assessment-head">
        <h2>How good is this map?</h2>
        <IconButton
          icon="close"
          name="Close"
          hint="Close (Escape)"
          testId="assessment-close"
          onClick={editor.actions.closeAssessment}
        />
      </header>
      <div class="assessment-part">
        <PartLine editor={editor} part="measurement" name="measure" />
        <div class="measured">
          <Curves editor={editor} />
          <Scores editor={editor} />
        </div>
      </div>
      <div class="assessment-part">
        <PartLine editor={editor} part="sanity" name="sanity" />
        <Sanity editor={editor} />
      </div>
    </section>
  );
}

interface PartLineProps {
  readonly editor: Editor;
  readonly part: AssessmentPart;
  readonly name: string;
}

function PartLine({ editor: { store, actions }, part, name }: PartLineProps) {
  const measured = store.measured.value;
  const focused = store.focusedSlot.value;
  return (
    <WorkLine
      {...workOf(part, measured, focused)}
      label={titleOf(part)}
      name={name}
      onStart={() => actions.gather(part, missing(part, measured, focused))}
      onCancel={() => actions.cancelAssessment(part)}
    />
  );
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
