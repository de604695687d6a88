import { strict as assert } from 'node:assert';
import { METHOD_OPTIONS } from '../../../src/core/methods/method-options';
import { METHODS } from '../../../src/core/methods/names';
import { defaultsOf } from '../../../src/core/options';
import {
  type ChosenMethod,
  type MethodSettings,
  methodChoice,
  NOTHING_CHOSEN,
  readChosen,
  withOptions,
  withoutChanged,
  withoutGradients,
} from '../../../src/extension/explanation/method-choice';

const settings: MethodSettings = {
  method: 'rise',
  options: { 'group-cam': { variant: 'paper', groups: 16, theta: 70 } },
  blur: { kernel: 51, sigma: 50 },
};
const ofGroupCam = (chosen: ChosenMethod) => methodChoice(settings, chosen, 'group-cam').options;

describe('what is chosen for a panel', () => {
  it('takes precedence over settings and these over defaults; all options are listed, in the order of the table', () => {
    for (const method of METHODS) {
      const choice = methodChoice(settings, NOTHING_CHOSEN, method);
      assert.deepEqual(Object.keys(choice.options), Object.keys(METHOD_OPTIONS[method]), method);
      assert.equal(choice.method, method);
    }
    assert.equal(methodChoice(settings, NOTHING_CHOSEN).method, 'rise');
    assert.equal(ofGroupCam(NOTHING_CHOSEN)['groups'], 16);
    assert.equal(ofGroupCam(NOTHING_CHOSEN)['grouping'], 'consecutive');
    assert.equal(ofGroupCam({ options: { 'group-cam': { groups: 4 } } })['groups'], 4);
    assert.deepEqual(methodChoice(settings, NOTHING_CHOSEN).options, defaultsOf(METHOD_OPTIONS.rise));
  });

  it('contains only what differs from settings and defaults, for each method', () => {
    const all = { ...defaultsOf(METHOD_OPTIONS.rise), masks: 100 };
    const rise = withOptions(NOTHING_CHOSEN, settings, 'rise', all);
    assert.deepEqual(rise, { options: { rise: { masks: 100 } } });
    const both = withOptions(rise, settings, 'group-cam', { ...ofGroupCam(rise), groups: 32 });
    assert.equal(both.method, 'group-cam', 'which is not the method of the settings');
    assert.deepEqual(both.options, { rise: { masks: 100 }, 'group-cam': { groups: 32 } });
    const back = withOptions(both, settings, 'group-cam', { ...ofGroupCam(both), groups: 16 });
    assert.deepEqual(methodChoice(settings, back, 'group-cam'), methodChoice(settings, NOTHING_CHOSEN, 'group-cam'));
    assert.deepEqual(methodChoice(settings, back, 'rise').options, all);
    assert.equal('method' in withOptions(back, settings, 'rise', all), false);
  });

  it('may be the variant without gradients, until a method is chosen', () => {
    const free = withoutGradients({ options: { 'group-cam': { groups: 4 }, rise: { masks: 9 } } });
    const { method, options } = methodChoice(settings, free);
    assert.deepEqual([method, options['variant'], options['groups']], ['group-cam', 'gradient-free', 4]);
    const rise = withOptions(free, settings, 'rise', methodChoice(settings, free, 'rise').options);
    assert.equal(methodChoice(settings, rise).method, 'rise');
  });

  it('gives way to a setting that is changed later', () => {
    const chosen: ChosenMethod = { method: 'group-cam', options: { 'group-cam': { groups: 4, grouping: 'k-means' } } };
    assert.deepEqual(withoutChanged(chosen, ['groups']).options['group-cam'], { grouping: 'k-means' });
    assert.equal(withoutChanged(chosen, ['groups']).method, 'group-cam');
    assert.deepEqual(withoutChanged(chosen, ['theta']).options['group-cam'], chosen.options['group-cam']);
    assert.equal(withoutChanged(chosen, ['method']).method, undefined);
  });

  it('is read from its saved form, without options that this version does not know', () => {
    const kept: ChosenMethod = { method: 'rise', options: { rise: { masks: 100 } } };
    assert.deepEqual(readChosen(JSON.parse(JSON.stringify(kept))), kept);
    const others = { rise: { masks: 0, cells: 5, colour: 'red', toString: 1 }, none: { masks: 1 }, xrai: 7 };
    assert.deepEqual(readChosen({ method: 'none', options: others }), { options: { rise: { cells: 5 } } });
    for (const damaged of [undefined, null, 7, 'x', [], { options: [] }])
      assert.deepEqual(readChosen(damaged), NOTHING_CHOSEN);
  });
});
