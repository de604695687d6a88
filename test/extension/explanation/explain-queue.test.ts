import { strict as assert } from 'node:assert';
import { setImmediate as turn } from 'node:timers/promises';
import { errors } from '../../../src/core/errors';
import { TOP_CLASS, type Wanted } from '../../../src/extension/explanation/comparison';
import { explanation, frame } from '../support';
import { panel } from './queue-panel';

const bee: Wanted = { target: { index: 1 }, title: 'bee' };
const cat: Wanted = { target: { index: 2 }, title: 'cat' };

describe('questions to the engine', () => {
  it('are sent for one image after another', async () => {
    const p = panel('a', 'b');
    p.ask(0, TOP_CLASS);
    p.ask(1, TOP_CLASS);
    await turn();
    assert.deepEqual(p.asked(), [['a', 'top']]);
    p.calls[0]!.answer(explanation(0));
    await turn();
    assert.deepEqual(p.asked(), [
      ['a', 'top'],
      ['b', 'top'],
    ]);
    p.calls[1]!.answer(explanation(1));
    await turn();
    assert.deepEqual(p.statuses(), ['done', 'done']);
  });

  it("are sent once the picture is loaded, and never if it can't be loaded", async () => {
    const p = panel('a', 'b');
    let arrive = () => {};
    const arrival = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    p.pictures.set(0, () => arrival);
    p.pictures.set(1, () => Promise.reject(errors.imageUnreadable('b', 'cut short')));
    p.ask(0, TOP_CLASS);
    p.ask(1, TOP_CLASS);
    await turn();
    assert.deepEqual(p.asked(), []);
    arrive();
    await turn();
    assert.deepEqual(p.asked(), [['a', 'top']]);
    p.calls[0]!.answer(explanation(0));
    await turn();
    assert.deepEqual(p.statuses(), ['done', 'failed']);
    assert.equal(p.calls.length, 1);
  });

  it('are sent for two classes of an image one after the other', async () => {
    const p = panel('a');
    p.ask(0, bee, cat);
    await turn();
    assert.deepEqual(p.asked(), [['a', { index: 1 }]]);
    p.calls[0]!.answer(explanation(1));
    await turn();
    assert.deepEqual(p.asked(), [
      ['a', { index: 1 }],
      ['a', { index: 2 }],
    ]);
  });

  it('about another class stop the work on the first, and its late frame is ignored', async () => {
    const p = panel('a');
    p.ask(0, TOP_CLASS);
    await turn();
    p.ask(0, bee);
    await turn();
    assert.ok(p.calls[0]!.signal.aborted);
    assert.deepEqual(p.asked(), [
      ['a', 'top'],
      ['a', { index: 1 }],
    ]);
    p.calls[0]!.onFrame(frame(8));
    assert.equal(p.state().images[0]!.slots[0]!.shown.frame, undefined);
    p.calls[1]!.onFrame(frame(8));
    assert.equal(p.state().images[0]!.slots[0]!.shown.frame?.done, 8);
    assert.deepEqual(p.logged, []);
  });

  it('an image that is selected goes before the one in work, which is done later', async () => {
    const p = panel('a', 'b', 'c');
    for (const image of [0, 1, 2]) p.ask(image, TOP_CLASS);
    await turn();
    p.dispatch({ type: 'selected', image: 2 });
    await turn();
    assert.ok(p.calls[0]!.signal.aborted);
    for (const index of [1, 2, 3]) {
      p.calls[index]!.answer(explanation(0));
      await turn();
    }
    assert.deepEqual(
      p.asked().map(([name]) => name),
      ['a', 'c', 'a', 'b'],
    );
    assert.deepEqual(p.statuses(), ['done', 'done', 'done']);
  });

  it('end with a cancel, and no more are sent', async () => {
    const p = panel('a', 'b');
    p.ask(0, TOP_CLASS);
    p.ask(1, TOP_CLASS);
    await turn();
    p.dispatch({ type: 'cancelled' });
    await turn();
    assert.ok(p.calls[0]!.signal.aborted);
    assert.equal(p.calls.length, 1);
    assert.deepEqual(p.statuses(), ['cancelled', 'stopped']);
    assert.deepEqual(p.logged, [], 'what the user stopped is no failure');
    p.dispatch({ type: 'resumed' });
    await turn();
    p.calls[1]!.answer(explanation(0));
    await turn();
    assert.deepEqual(
      p.asked().map(([name]) => name),
      ['a', 'a', 'b'],
    );
  });

  it('a failure is shown and logged once, and the next image has its turn', async () => {
    const p = panel('a', 'b');
    p.ask(0, TOP_CLASS);
    p.ask(1, TOP_CLASS);
    await turn();
    p.calls[0]!.fail(errors.engineCrashed('signal SIGKILL'));
    await turn();
    const shown = p.state().images[0]!.slots[0]!.shown.state;
    assert.ok(shown.kind === 'failed' && shown.code === 'engine-crashed');
    assert.equal(p.logged.length, 1);
    assert.equal(p.calls.length, 2);
  });

  it('of several explanations one that fails holds up no other, and a retry asks for it alone', async () => {
    const p = panel('a');
    p.ask(0, bee, cat);
    await turn();
    p.calls[0]!.fail(errors.notConnected('relu', 'logits'));
    await turn();
    p.calls[1]!.answer(explanation(2));
    await turn();
    assert.deepEqual(p.statuses(), ['failed']);
    p.dispatch({ type: 'retried', image: 0 });
    await turn();
    assert.deepEqual(p.asked(), [
      ['a', { index: 1 }],
      ['a', { index: 2 }],
      ['a', { index: 1 }],
    ]);
    p.calls[2]!.answer(explanation(1));
    await turn();
    assert.deepEqual(p.statuses(), ['done']);
  });

  it('several models are asked for one class by its name, and one without it for its own, which is said', async () => {
    const p = panel('a');
    const of = (name: string): Wanted => ({ ...TOP_CLASS, title: name, model: { path: name } });
    p.ask(0, TOP_CLASS, of('turned'), of('without'));
    await turn();
    p.calls[0]!.answer(explanation(2, 'cat'));
    await turn();
    p.calls[1]!.answer(explanation(1, 'Cat'));
    await turn();
    p.calls[2]!.answer(explanation(0, 'Gordon setter'));
    await turn();
    assert.deepEqual(
      p.asked().map(([, target]) => target),
      ['top', { index: 1 }, 'top'],
    );
    const shown = p.state().images[0]!.slots.map(({ shown }) => [shown.title, shown.differs]);
    const expected = [
      ['turned', undefined],
      ['without', 'has no class “cat”'],
    ];
    assert.deepEqual(shown.slice(1), expected);
    p.ask(0, TOP_CLASS, of('turned'), of('without'));
    await turn();
    assert.equal(p.calls.length, 3, 'all of it is known');
    assert.deepEqual(p.statuses(), ['done']);
    const again = p.state().images[0]!.slots.map(({ shown }) => [shown.title, shown.differs]);
    assert.deepEqual(again.slice(1), expected);
  });

  it('cancel ends a comparison as a whole', async () => {
    const p = panel('a');
    p.ask(0, bee, cat, TOP_CLASS);
    await turn();
    p.calls[0]!.answer(explanation(1));
    await turn();
    p.dispatch({ type: 'cancelled' });
    await turn();
    assert.ok(p.calls[1]!.signal.aborted);
    assert.equal(p.calls.length, 2);
    const kinds = p.state().images[0]!.slots.map(({ shown }) => shown.state.kind);
    assert.deepEqual(kinds, ['done', 'cancelled', 'cancelled']);
  });

  it('what was computed before is not asked again, wherever it is shown', async () => {
    const p = panel('a');
    const shown = () => p.state().images[0]!.slots.map(({ explanation: of }) => of?.class);
    for (const [i, one] of [bee, cat].entries()) {
      p.ask(0, one);
      await turn();
      p.calls[i]!.answer(explanation(i + 1));
      await turn();
    }
    p.ask(0, bee);
    await turn();
    assert.deepEqual([shown(), p.statuses()], [[1], ['done']]);
    p.ask(0, cat, bee);
    await turn();
    assert.deepEqual([shown(), p.statuses()], [[2, 1], ['done']]);
    assert.equal(p.calls.length, 2);
    const { state } = p.state().images[0]!.slots[0]!.shown;
    assert.ok(state.kind === 'done' && state.summary.kept && state.summary.milliseconds === 40);
    p.ask(0, bee, TOP_CLASS);
    await turn();
    assert.deepEqual(p.asked().slice(2), [['a', 'top']], 'of a comparison only what is not known is asked');
  });

  it('an image whose map is known stops no work on another', async () => {
    const p = panel('a', 'b');
    p.ask(0, TOP_CLASS);
    await turn();
    p.calls[0]!.answer(explanation(0));
    await turn();
    p.ask(1, TOP_CLASS);
    await turn();
    p.ask(0, TOP_CLASS);
    await turn();
    assert.deepEqual(p.statuses(), ['done', 'working']);
    assert.equal(p.calls[1]!.signal.aborted, false);
    assert.equal(p.calls.length, 2);
  });

  it('a closed panel stops its work and starts none', async () => {
    const p = panel('a', 'b');
    p.ask(0, TOP_CLASS);
    p.ask(1, TOP_CLASS);
    await turn();
    p.queue.dispose();
    await turn();
    assert.ok(p.calls[0]!.signal.aborted);
    assert.equal(p.calls.length, 1);
  });
});
