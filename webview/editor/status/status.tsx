/**
 * The lines below the image: what was computed and the legend, then the progress or what has to be known to read the map.
 * They are as high whatever they say, so that the image stays where it is; a pointer over them shows what has no room.
 */
import { useComputed } from '@preact/signals';
import type { Summary } from '../../../src/protocol/webview';
import { Icon } from '../../icon';
import { useNextFrame } from '../../next-frame';
import { percentOf } from '../../numbers';
import type { Editor } from '../editor-model';
import { facts, sentence } from '../facts';
import { differenceLegend, legend } from '../heat/heat';
import { Legend } from '../heat/legend';
import { WorkLine } from './work';

export function Status({ editor }: { readonly editor: Editor }) {
  return (
    <footer class="status">
      <Texts editor={editor} />
      <div class="line below">
        <WorkLine editor={editor} />
        <span class="notice" role="status" data-testid="notice">
          {editor.store.notice}
        </span>
      </div>
    </footer>
  );
}

/** The facts of the slot in focus, and what has to be known to read its map. They take as long to lay out as all the rest. */
function Texts({ editor }: { readonly editor: Editor }) {
  const { store } = editor;
  const now = useComputed(() => ({
    summary: store.summary.value,
    slot: store.focusedSlot.value,
    difference: store.difference.value,
    truth: store.truth.value,
    scales: store.comparedBy.value === 'classes' ? 'Each map is scaled to its own maximum.' : '',
  }));
  const { summary, slot, difference, truth, scales } = useNextFrame(now).value;
  const notes = [difference, summary?.note ? sentence(summary.note) : '', scales].filter((text) => text);
  const assumed = summary?.assumptions ?? [];
  const remarks = [...notes, ...(assumed.length > 0 ? [`Assumed:\n${assumed.join('\n')}`] : [])];
  return (
    <>
      <div class="line">
        <div class="results">{summary && <Result summary={summary} slot={slot} truth={truth} />}</div>
        <Rehearsal />
        <span class="brief" title={remarks.join('\n')} hidden={remarks.length === 0}>
          <Icon name="info" />
        </span>
        <Colours editor={editor} />
      </div>
      <div class="line remarks">
        <Remark name="note" text={notes.join(' ')} />
        <Remark
          name="assumptions"
          text={assumed.length > 0 ? `Assumed: ${assumed.join('; ')}` : ''}
          hint={assumed.join('\n')}
        />
      </div>
    </>
  );
}

interface ResultProps {
  readonly summary: Summary;
  readonly slot: number;
  /** Of an image of a dataset. */
  readonly truth: string | undefined;
}

function Result({ summary, slot, truth }: ResultProps) {
  const { label, probability } = summary.class;
  const pieces = facts(summary);
  return (
    <div class="result" title={pieces.join('\n')} data-testid={`facts-${slot}`}>
      <strong class="result-class">{label}</strong>
      <span class="result-probability">{percentOf(probability, summary.activation)}</span>
      {truth !== undefined && (
        <span class="fact" data-testid="truth">
          {`true: ${truth}`}
        </span>
      )}
      {[summary.activation === 'none' ? 'score' : summary.activation, ...pieces].map((text, i) => (
        <span key={i} class="fact">
          {text}
        </span>
      ))}
    </div>
  );
}

/**
 * The glyphs of a result, laid out unseen with the page itself. The first text with a new glyph makes the browser look
 * for a font that has it, which takes longer than a frame of the screen may while frames of an explanation stream.
 */
function Rehearsal() {
  return (
    <div class="result rehearsal" aria-hidden="true">
      <strong class="result-class">{GLYPHS}</strong>
      <span class="result-probability">{GLYPHS}</span>
      <span class="fact">{GLYPHS}</span>
      <span class="fact">{GLYPHS}</span>
    </div>
  );
}

const GLYPHS = 'abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789 .,%/-()+ θ×−';

/** A line about the result, which is shown if it has a text. */
function Remark({ name, text, hint = text }: { readonly name: string; readonly text: string; readonly hint?: string }) {
  return (
    <div class="remark" data-testid={name} title={hint} hidden={!text}>
      <Icon name="info" />
      <span>{text}</span>
    </div>
  );
}

function Colours({ editor: { store } }: { readonly editor: Editor }) {
  const isSigned = store.isSigned.value;
  const table = useComputed(() => (store.isSigned.value ? differenceLegend : legend)(store.style.value));
  return (
    <Legend
      name="Colours of the heat"
      from={isSigned ? '−1' : '0'}
      to="1"
      table={table.value}
      hidden={!store.hasFrame.value}
    />
  );
}
