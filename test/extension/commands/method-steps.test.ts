/** The steps of the method picker, walked as a user does, without VS Code. */
import { strict as assert } from 'node:assert';
import { METHOD_OPTIONS } from '../../../src/core/methods/method-options';
import { METHOD_NAMES, METHODS, type MethodName } from '../../../src/core/methods/names';
import { defaultsOf, type OptionTable, type OptionValues } from '../../../src/core/options';
import { type MethodsHere, methodStep, type Row } from '../../../src/extension/commands/method-steps';
import type { Step } from '../../../src/extension/commands/steps';
import {
  type ChosenMethod,
  type MethodSettings,
  NOTHING_CHOSEN,
} from '../../../src/extension/explanation/method-choice';

const settings: MethodSettings = { method: 'group-cam', options: {}, blur: { kernel: 51, sigma: 50 } };

/** What the picker shows, and a user who chooses rows by how they begin, after typing. */
function picker(chosen: ChosenMethod | 'no panel' = NOTHING_CHOSEN, rest: Omit<MethodsHere, 'chosen'> = {}) {
  const kept = chosen === 'no panel' ? undefined : chosen;
  const taken: [MethodName, OptionValues][] = [];
  const trail: Step<Row>[] = [methodStep(settings, { chosen: kept, ...rest }, (...what) => taken.push(what))];
  const rows = (typed = '') => trail.at(-1)!.items(typed) as readonly Row[];
  const choose = (label: string, typed = '') => {
    const row = rows(typed).find((one) => one.label.startsWith(label));
    assert.ok(row, `${label}: not among ${rows(typed).map((one) => one.label)}`);
    const next = trail.at(-1)!.accept([row]);
    if (next === 'back') trail.pop();
    else if (typeof next === 'object') trail.push(next);
    return next;
  };
  return { taken, rows, choose, title: () => trail.at(-1)!.title };
}

describe('the method picker', () => {
  it('has every method, and then its options with the words of its table', () => {
    for (const method of METHODS) {
      const { rows, choose, taken, title } = picker();
      assert.deepEqual(
        rows().map(({ label }) => label),
        METHODS.map((name) => METHOD_NAMES[name].title),
      );
      choose(METHOD_NAMES[method].title);
      const table: OptionTable = METHOD_OPTIONS[method];
      if (Object.keys(table).length > 0) {
        assert.equal(title(), `Options of ${METHOD_NAMES[method].title}`);
        const shown = rows().map(({ label }) => label);
        const always = Object.values(table).filter(({ only }) => !only || only['variant'] === 'paper');
        assert.deepEqual(
          shown.slice(1),
          always.map((option) => option.title),
          method,
        );
        assert.equal(taken.length, 0);
        choose('Explain with');
      }
      assert.deepEqual(taken, [[method, defaultsOf(table)]]);
    }
  });

  it('takes a number that the option accepts, and says of another what it must be', () => {
    const { rows, choose, taken } = picker();
    choose('RISE');
    choose('Random masks');
    assert.deepEqual(
      rows().map(({ label, description }) => [label, description]),
      [['4000', 'in use, default']],
    );
    for (const wrong of ['0', '1.5', '200000', 'many', '-3']) {
      assert.equal(choose(wrong, wrong), 'stay');
      assert.match(rows(wrong)[0]!.label, /must be a whole number from 1 to 100000$/);
    }
    assert.equal(choose('500', ' 500 '), 'back');
    assert.equal(rows()[0]!.description, 'masks 500');
    assert.equal(rows()[1]!.description, '500 (default 4000)');
    choose('Explain with RISE');
    assert.deepEqual(taken, [['rise', { ...defaultsOf(METHOD_OPTIONS.rise), masks: 500 }]]);
  });

  it('offers an option only while it has an effect', () => {
    const { rows, choose } = picker();
    const labels = () => rows().map(({ label }) => label);
    choose('Group-CAM');
    assert.ok(labels().includes('Percentile below which a mask is emptied'));
    assert.ok(!labels().includes('Seed of the random numbers'));
    choose('Variant');
    assert.match(rows()[1]!.detail ?? '', /authors/);
    choose('official');
    assert.ok(!labels().includes('Percentile below which a mask is emptied'));
    choose('How channels are grouped');
    choose('k-means');
    assert.ok(labels().includes('Seed of the random numbers'));
  });

  it('starts from what the panel has chosen, and gives it up when asked', () => {
    const { rows, choose, taken } = picker({ method: 'rise', options: { rise: { cells: 5 } } });
    assert.match(rows()[METHODS.indexOf('rise')]!.description ?? '', /in use/);
    choose('RISE');
    assert.equal(rows()[0]!.description, 'cells 5');
    assert.equal(choose('Reset'), 'again');
    assert.equal(rows()[0]!.description, '');
    choose('Explain with');
    assert.deepEqual(taken, [['rise', defaultsOf(METHOD_OPTIONS.rise)]]);
  });

  it('says what a method shows, and how long it takes about', () => {
    const { rows } = picker(NOTHING_CHOSEN, { seconds: (method) => ({ rise: 42, cam: 0.2 })[method as 'rise'] });
    const detail = (method: MethodName) => rows()[METHODS.indexOf(method)]!.detail;
    assert.equal(detail('rise'), 'Thousands of random masks, scored by the model; about 40 s here');
    assert.equal(detail('cam'), 'The weights of a linear last layer; under a second here');
    assert.equal(detail('ablation-cam'), 'How much the score drops without each channel');
  });

  it('makes the method of a panel the default only where it is another', () => {
    const made: MethodName[] = [];
    const makeDefault = (method: MethodName) => made.push(method);
    assert.equal(picker(NOTHING_CHOSEN, { makeDefault }).rows().length, METHODS.length);
    const { rows, choose } = picker({ method: 'rise', options: {} }, { makeDefault });
    assert.match(rows()[0]!.description!, /default$/);
    assert.equal(choose('Make RISE the Default'), undefined);
    assert.deepEqual(made, ['rise']);
  });

  it('asks for no options where no panel would keep them', () => {
    const { choose, taken } = picker('no panel');
    assert.equal(choose('RISE'), undefined);
    assert.equal(taken[0]![0], 'rise');
  });
});
