/** Which of several requests the engine answers first. The order of events is recorded; no time is measured. */
import { strict as assert } from 'node:assert';
import { copyFileSync, utimesSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { createService } from '../../src/engine/service';
import type { Explanation } from '../../src/protocol/explanation';
import type { Events, Service } from '../../src/protocol/requests';
import { paramsOf } from '../support/explain';
import { testFolder } from '../support/folder';
import { project } from '../support/shared';
import { until } from '../support/wait';

const scene = (name: string) => ({ path: project('media', 'demo', 'scenes', name) });
const LONG = { method: 'rise', options: { masks: 96 }, image: scene('cat-and-dog.png'), model: {} } as const;
const SHORT = { image: scene('cat-and-dog.png'), model: {}, method: 'group-cam' } as const;

describe('the order of explanations', () => {
  const folder = testFolder();

  type Event = { [E in keyof Events<'explain'>]: { readonly name: E; readonly data: Events<'explain'>[E] } };

  /** @param each is called with each event, after the log has it */
  async function explain(
    service: Service,
    view: string,
    choice: Parameters<typeof paramsOf>[0],
    log: string[],
    each: (event: Event[keyof Event]) => void = () => {},
  ): Promise<Explanation> {
    const answer = await service.explain(paramsOf({ ...choice, view }), {
      signal: { aborted: false },
      emit: (name, data) => {
        const event = { name, data } as Event[keyof Event];
        if (event.name === 'frame') log.push(`${view} frame ${event.data.done}`);
        if (event.name === 'waits') log.push(`${view} ${event.data.isWaiting ? 'waits' : 'goes on'}`);
        each(event);
      },
    });
    log.push(`${view} done`);
    return answer;
  }

  const attend = (service: Service, view: string) =>
    service.attend({ view }, { signal: { aborted: false }, emit() {} });

  /** Calls something once, with the first frame. */
  function onFirstFrame(act: () => void): (event: Event[keyof Event]) => void {
    let isDone = false;
    return ({ name }) => {
      if (isDone || name !== 'frame') return;
      isDone = true;
      act();
    };
  }

  it('is that of the eyes: another view that is looked at goes first, and the map of the first one stays the same', async () => {
    const service = createService();
    const alone = await explain(service, 'a', LONG, []);
    const log: string[] = [];
    let other: Promise<Explanation> | undefined;
    const meanwhile = () => {
      void attend(service, 'b');
      other = explain(service, 'b', SHORT, log);
    };
    const held = await explain(service, 'a', LONG, log, onFirstFrame(meanwhile));
    await other;

    const at = (text: string) => log.indexOf(text);
    assert.ok(at('b done') > 0 && at('b done') < at('a done'), log.join(', '));
    const own = (texts: readonly string[]) => texts.filter((text) => text.startsWith('a frame'));
    assert.ok(at('a waits') > 0, `it says that it waits: ${log.join(', ')}`);
    assert.deepEqual(own(log.slice(at('a waits'), at('b done'))), [], 'it computes nothing meanwhile');
    assert.equal(own(log.slice(0, at('a waits'))).length, 1, 'it gives way at once');
    assert.deepEqual(held.frame, alone.frame);
  });

  it('is that of the requests where nobody looks', async () => {
    const service = createService();
    const log: string[] = [];
    await Promise.all([explain(service, 'a', LONG, log), explain(service, 'b', SHORT, log)]);
    assert.equal(log.indexOf('a done') < log.findIndex((text) => text.startsWith('b frame')), true, log.join(', '));
    assert.equal(log[0], 'b waits');
  });

  it('lets a measurement of the view that is looked at go before an explanation elsewhere', async () => {
    const service = createService();
    const log: string[] = [];
    const explanation = await explain(service, 'b', SHORT, []);
    let measured: Promise<unknown> | undefined;
    const meanwhile = () => {
      void attend(service, 'b');
      const asked = {
        view: 'b',
        explanation,
        image: SHORT.image,
        model: {},
        metrics: [{ metric: 'deletion' }],
      } as const;
      const rest = { maps: ['explanation'], seed: 0, pictures: false } as const;
      const context = { signal: { aborted: false }, emit: () => {} };
      measured = service.measure({ ...asked, ...rest }, context).then(() => log.push('measured'));
    };
    await explain(service, 'a', LONG, log, onFirstFrame(meanwhile));
    await measured;
    assert.ok(log.indexOf('measured') < log.indexOf('a done') && log.includes('measured'), log.join(', '));
  });

  it('is told to a measurement that waits', async () => {
    const service = createService();
    const explanation = await explain(service, 'a', SHORT, []);
    const log: string[] = [];
    let other: Promise<Explanation> | undefined;
    const asked = { view: 'a', explanation, image: SHORT.image, model: {}, metrics: [{ metric: 'deletion' }] } as const;
    await service.measure(
      { ...asked, maps: ['explanation'], seed: 0, pictures: false },
      {
        signal: { aborted: false },
        emit: (name, data) => {
          if (name === 'waits') log.push('isWaiting' in data && data.isWaiting ? 'a waits' : 'a goes on');
          if (name !== 'progress') return;
          log.push('a measures');
          if (other) return;
          void attend(service, 'b');
          other = explain(service, 'b', SHORT, log);
        },
      },
    );
    await other;
    const own = log.filter((text) => text.startsWith('a '));
    const at = own.indexOf('a waits');
    assert.ok(at > 0 && own.indexOf('a goes on') === at + 1, own.join(', '));
    assert.equal(own.at(-1), 'a measures');
  });

  it('keeps the sessions of what waits, also when the model’s file changes meanwhile', async () => {
    const service = createService();
    const model = folder.at('model.onnx');
    copyFileSync(project('media', 'demo', 'demo-objects.onnx'), model);
    const log: string[] = [];
    let other: Promise<Explanation> | undefined;
    const meanwhile = () => {
      utimesSync(model, new Date(0), new Date(0));
      void attend(service, 'b');
      other = explain(service, 'b', { ...SHORT, model: { path: model } }, log);
    };
    const held = await explain(service, 'a', { ...LONG, model: { path: model } }, log, onFirstFrame(meanwhile));
    assert.equal(held.frame.done, LONG.options.masks);
    await other;
    assert.ok(log.indexOf('b done') < log.indexOf('a done'), log.join(', '));
  });

  it('computes nothing while what was sent is not written: frames and pictures do not wait behind passes', async () => {
    let taken = () => {};
    let pipe = Promise.resolve();
    const service = createService({ written: () => pipe });
    const log: string[] = [];
    const run = explain(service, 'a', LONG, log, ({ name }) => {
      if (name !== 'frame' || log.length > 2) return;
      pipe = new Promise((resolve) => {
        taken = resolve;
      });
    });
    for (const frames of [1, 2]) {
      await until(`${frames} frames`, () => log.length === frames);
      // Far more turns of the event loop than a chunk takes.
      for (let i = 0; i < 50; i++) await setImmediate();
      assert.equal(log.length, frames, log.join(', '));
      pipe = Promise.resolve();
      taken();
    }
    await run;
    assert.equal(log.at(-1), 'a done');
  });

  it('makes a picture that somebody waits for before the next passes', async () => {
    const service = createService();
    const log: string[] = [];
    let shown: Promise<unknown> | undefined;
    const meanwhile = () => {
      const context = { signal: { aborted: false }, emit: () => {} };
      const params = { image: scene('tiger-and-cat.png'), longest: 64, first: true } as const;
      shown = service.picture(params, context).then(() => log.push('picture'));
    };
    await explain(service, 'a', LONG, log, onFirstFrame(meanwhile));
    await shown;
    assert.deepEqual(log.slice(0, 2), ['a frame 4', 'picture'], log.join(', '));
  });
});
