import { strict as assert } from 'node:assert';
import type { Measured, Measurement } from '../../../src/core/metrics/measurement';
import type { SanityMap } from '../../../src/core/sanity/types';
import { DEFAULT_STYLE } from '../../../src/core/style';
import type { AssessmentChange } from '../../../src/extension/assessment/assessment';
import { knownBaselines, metricsFor, nextQuestion } from '../../../src/extension/assessment/assessment-queue';
import { TOP_CLASS, type Wanted } from '../../../src/extension/explanation/comparison';
import { editorState, messagesBetween } from '../../../src/extension/panel/panel-messages';
import { initialState, type PanelEvent, type PanelState, reduce } from '../../../src/extension/panel/panel-state';
import { summaryOf } from '../../../src/extension/status/summary';
import { explanation, info } from '../support';

const cam: Wanted = { ...TOP_CLASS, title: 'CAM', method: 'cam' };
const rise: Wanted = { ...TOP_CLASS, title: 'RISE', method: 'rise' };

const apply = (state: PanelState, ...events: PanelEvent[]) => events.reduce(reduce, state);

/** A panel of images whose explanations are of these classes, by image and slot. */
function explained(...classes: number[][]): PanelState {
  const names = classes.map((_, i) => `${i}`);
  return classes.reduce(
    (state, slots, image) => {
      const wanted = slots.length === 1 ? [TOP_CLASS] : [cam, rise];
      return slots.reduce(
        (asked, index, slot) => {
          const found = explanation(index);
          return reduce(asked, {
            type: 'explained',
            image,
            run: 1,
            slot,
            explanation: found,
            summary: summaryOf(found, info),
          });
        },
        reduce(state, { type: 'asked', image, wanted }),
      );
    },
    initialState(names, DEFAULT_STYLE, false),
  );
}

const assessmentOf = (state: PanelState, slot = 0, image = 0) => state.images[image]!.slots[slot]!.assessment ?? {};

const change = (state: PanelState, next: AssessmentChange, slot = 0, image = 0): PanelState =>
  reduce(state, { type: 'assessment', image, slot, of: state.images[image]!.slots[slot]!.explanation!, change: next });

const changes = (state: PanelState, ...all: AssessmentChange[]) => all.reduce((now, next) => change(now, next), state);

const measured = (insertion: number): Measured => ({ scores: { insertion }, curves: {} });
const scores = { insertion: { title: 'Insertion', meaning: 'area', better: 'higher' } } as const;
const measurement = (maps: Measurement['maps']): Measurement => ({
  maps,
  scores,
  pictures: {},
  passes: 1,
  milliseconds: 1,
});
const drawn = (depth: number): SanityMap => ({
  ...{ method: 'cam', randomisation: 'cascading', layer: `layer ${depth}`, depth, seed: 0 },
  blank: 'no mask counts',
});

const ASKED = { type: 'asked', part: 'measurement' } as const;
const STARTED = { type: 'started', part: 'measurement', note: 'a measure is left out' } as const;
const CHECK = { type: 'asked', part: 'sanity' } as const;

describe('assessment about a map', () => {
  it('gets the curves first, then the scores, then all results', () => {
    const curve = { fractions: [0, 0.5], probabilities: [0.9, 0.2] };
    const progress = { map: 'random', metric: 'deletion', share: 0.25, curve } as const;
    let state = changes(explained([2]), ASKED);
    assert.deepEqual(assessmentOf(state).measurement?.work, { kind: 'waiting' });
    state = changes(state, STARTED, { type: 'measured', measurement: measurement({ explanation: measured(0.7) }) });
    state = changes(state, { type: 'measuring', progress });
    const half = assessmentOf(state).measurement!;
    assert.deepEqual(half.work, { kind: 'working', text: 'random map, deletion', share: 0.25 });
    assert.deepEqual(half.maps, { explanation: measured(0.7), random: { scores: {}, curves: { deletion: curve } } });
    const whole = measurement({ explanation: measured(0.7), random: measured(0.3) });
    state = changes(state, { type: 'measured', measurement: whole }, { type: 'done', part: 'measurement' });
    assert.deepEqual(assessmentOf(state).measurement, {
      ...{ work: { kind: 'done' }, note: 'a measure is left out', maps: whole.maps, scores, pictures: {} },
    });
  });

  it('says that another editor goes first, and goes on with what was reached', () => {
    const work = (state: PanelState) => assessmentOf(state).measurement?.work;
    const held = (waits: boolean) => ({ type: 'waits', part: 'measurement', waits }) as const;
    const progress = { map: 'random', metric: 'deletion', share: 0.25 } as const;
    let state = changes(explained([2]), ASKED, STARTED, held(true));
    assert.deepEqual(work(state), { kind: 'working', text: 'Preparing', share: 0, isHeld: true });
    state = changes(state, held(false));
    assert.deepEqual(work(state), { kind: 'working', text: 'Preparing', share: 0 });
    state = changes(state, { type: 'measuring', progress }, held(true));
    assert.deepEqual(work(state), { kind: 'working', text: 'random map, deletion', share: 0.25, isHeld: true });
    state = changes(state, { type: 'cancelled', part: 'measurement' }, held(false));
    assert.deepEqual(work(state), { kind: 'cancelled' });
  });

  it('says which measures are left out', () => {
    assert.deepEqual(metricsFor(34, {}).note, '');
    assert.ok(metricsFor(34, { layer: ['a'] }).metrics.includes('max-sensitivity'));
    const long = metricsFor(4001, {});
    assert.ok(!long.metrics.includes('max-sensitivity') && long.metrics.includes('adcc'));
    assert.match(long.note, /^Max-sensitivity is left out: .* 4001 passes\.$/);
    const averaged = metricsFor(34, { layer: ['a', 'b'] });
    assert.ok(!averaged.metrics.some((metric) => ['adcc', 'max-sensitivity'].includes(metric)));
    assert.match(averaged.note, /^ADCC and max-sensitivity are not measured/);
  });

  it('has a sanity check beside the measurement, and each fails and is cancelled on its own', () => {
    const maps = [drawn(1), drawn(2)];
    const state = changes(
      explained([2]),
      ASKED,
      CHECK,
      ...maps.map((map, i): AssessmentChange => {
        return { type: 'checking', progress: { done: i + 1, total: 4, map } };
      }),
    );
    assert.deepEqual(assessmentOf(state).sanity, { work: { kind: 'working', text: '2 of 4 maps', share: 0.5 }, maps });
    const failed = changes(state, { type: 'failed', part: 'sanity', message: 'net.onnx: no weights' });
    assert.deepEqual(assessmentOf(failed).sanity?.work, { kind: 'failed', message: 'net.onnx: no weights' });
    assert.deepEqual(assessmentOf(failed).measurement?.work, { kind: 'waiting' });
    const cancelled = reduce(failed, { type: 'assessment-cancelled', part: 'measurement' });
    assert.equal(assessmentOf(cancelled).measurement?.work.kind, 'cancelled');
    assert.equal(assessmentOf(cancelled).sanity?.work.kind, 'failed', 'what has ended is not cancelled');
  });

  it('is removed with its explanation, and late results are dropped', () => {
    const state = changes(explained([2]), ASKED, STARTED);
    const of = state.images[0]!.slots[0]!.explanation!;
    const asked = apply(state, { type: 'refreshed', image: 0 });
    assert.deepEqual(assessmentOf(asked), {});
    const late = reduce(asked, {
      type: 'assessment',
      image: 0,
      slot: 0,
      of,
      change: { type: 'done', part: 'measurement' },
    });
    assert.deepEqual(late, asked);
  });

  it('is kept when what failed beside it is asked again, and when explanations are cancelled', () => {
    const state = changes(explained([2]), ASKED, STARTED);
    const after = apply(state, { type: 'retried', image: 0 }, { type: 'cancelled' });
    assert.equal(assessmentOf(after).measurement?.work.kind, 'working');
  });
});

describe('the order of assessment', () => {
  const next = (state: PanelState) => {
    const { image, slot, part } = nextQuestion(state) ?? {};
    return [image, slot, part];
  };

  it('starts with the image on screen, then goes slot by slot, measurements before checks', () => {
    let state = change(change(explained([1], [1, 2]), ASKED), CHECK, 0, 1);
    state = change(state, ASKED, 1, 1);
    assert.deepEqual(next(state), [0, 0, 'measurement']);
    state = reduce(state, { type: 'selected', image: 1 });
    assert.deepEqual(next(state), [1, 1, 'measurement']);
    state = change(state, STARTED, 1, 1);
    assert.deepEqual(next(state), [1, 0, 'sanity']);
  });

  it('gives no work if none is waiting', () => {
    assert.equal(nextQuestion(explained([1])), undefined);
    assert.equal(nextQuestion(changes(explained([1]), ASKED, STARTED)), undefined);
  });

  it('measures the baselines only once for all slots of one class and model', () => {
    const maps = { explanation: measured(0.7), random: measured(0.3), centre: measured(0.5) };
    const done = (state: PanelState) =>
      changes(
        state,
        ASKED,
        { type: 'measured', measurement: measurement(maps) },
        { type: 'done', part: 'measurement' },
      );
    const { explanation: _, ...baselines } = maps;
    assert.deepEqual(knownBaselines(done(explained([2, 2])).images[0]!, 1), baselines);
    assert.deepEqual(knownBaselines(done(explained([2, 1])).images[0]!, 1), {}, 'another class');
    assert.deepEqual(knownBaselines(explained([2, 2]).images[0]!, 1), {}, 'not measured yet');
  });
});

describe('messages about assessment', () => {
  it('contain the parts that have changed, without the map itself', () => {
    const before = changes(explained([2]), CHECK);
    const after = changes(before, ASKED);
    const { measurement: told } = assessmentOf(after);
    assert.deepEqual(messagesBetween(before, after), [
      { type: 'assessment', index: 0, assessment: { measurement: told } },
    ]);
    assert.deepEqual(editorState(after).assessment, [assessmentOf(after)]);
  });

  it('remove results that belong to an older map', () => {
    const before = changes(explained([2]), ASKED, STARTED);
    const found = explanation(2);
    const at = { image: 0, run: 1, slot: 0 };
    const after = reduce(before, { type: 'explained', ...at, explanation: found, summary: summaryOf(found, info) });
    const taken = messagesBetween(before, after).filter(({ type }) => type === 'assessment');
    assert.deepEqual(taken, [{ type: 'assessment', index: 0, assessment: { measurement: null } }]);
  });
});
