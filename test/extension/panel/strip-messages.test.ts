/** What a page is sent while many images are explained: the same for each of them, however many there are. */
import { strict as assert } from 'node:assert';
import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { DEFAULT_STYLE } from '../../../src/core/style';
import { TOP_CLASS } from '../../../src/extension/explanation/comparison';
import { createFrameGate } from '../../../src/extension/panel/frame-gate';
import { editorState, messagesBetween } from '../../../src/extension/panel/panel-messages';
import { initialState, type PanelEvent, reduce } from '../../../src/extension/panel/panel-state';
import { createThumbnails } from '../../../src/extension/panel/thumbnails';
import { answering } from '../../../src/extension/receive';
import { summaryOf } from '../../../src/extension/status/summary';
import type { ToEditor } from '../../../src/protocol/webview';
import { createThumbnails as createPageThumbnails } from '../../../webview/editor/strip/thumbnails';
import { explanation, frame, info } from '../support';

const THUMBNAIL = 15_000;

/** As VS Code sends it: text, with typed arrays beside it. */
function bytesOf(message: ToEditor): number {
  let bytes = 0;
  const text = JSON.stringify(message, (_, value) => {
    if (!ArrayBuffer.isView(value)) return value;
    bytes += value.byteLength;
    return 0;
  });
  return bytes + text.length;
}

/** A panel on many images, with a page that counts what it is sent. */
function panel(count: number) {
  let bytes = 0;
  const types = new Set<string>();
  const gate = createFrameGate((message) => {
    bytes += bytesOf(message);
    types.add(message.type);
    if (message.type === 'slot') gate.drawn();
  });
  let state = initialState(
    Array.from({ length: count }, (_, i) => `photograph-${i}.jpg`),
    DEFAULT_STYLE,
    false,
  );
  const dispatch = (...events: PanelEvent[]) => {
    const before = state;
    state = events.reduce(reduce, state);
    messagesBetween(before, state).forEach(gate.send);
  };
  return {
    state: () => state,
    types,
    dispatch,
    send: gate.send,
    /** Bytes sent since the last call. */
    sent: () => {
      const since = bytes;
      bytes = 0;
      return since;
    },
  };
}

/** Opens many images, explains each, looks at each, and shows all their thumbnails. */
async function session(count: number): Promise<{ opening: number; work: number; looking: number }> {
  const p = panel(count);
  p.dispatch(...Array.from({ length: count }, (_, image) => ({ type: 'asked', image, wanted: [TOP_CLASS] }) as const));
  p.send({ type: 'state', state: editorState(p.state()) });
  const opening = p.sent();
  const found = explanation(0);
  for (let image = 0; image < count; image++) {
    const at = { image, run: 1, slot: 0 };
    p.dispatch({ type: 'started', ...at });
    for (const done of [0, 8, 16, 24]) p.dispatch({ type: 'frame', ...at, frame: frame(done) });
    p.dispatch({ type: 'explained', ...at, explanation: found, summary: summaryOf(found, info) });
  }
  const work = p.sent();
  const load = async () => ({ png: new Uint8Array(THUMBNAIL) });
  const thumbnails = createThumbnails({ load, send: p.send, failed: assert.fail });
  const answer = answering({ thumbnail: ({ index }) => thumbnails.make(index), export: () => assert.fail() }, p.send);
  for (let from = 0; from < count; from += 10) {
    p.dispatch({ type: 'selected', image: from });
    for (let index = from; index < from + 10; index++) {
      await answer({ type: 'request', id: randomUUID(), request: { type: 'thumbnail', index } });
    }
  }
  return { opening, work, looking: p.sent() };
}

describe('messages about many images', () => {
  it('grow with their number, not with its square', async () => {
    const [few, many] = [await session(100), await session(1000)];
    assert.ok(few.opening < 100 * 100, `${few.opening} bytes to open 100 images`);
    assert.ok(few.work < 100 * 300, `${few.work} bytes while 100 images are explained`);
    assert.ok(
      few.looking > 100 * THUMBNAIL && few.looking < 100 * (THUMBNAIL + 500),
      `${few.looking} bytes to see them`,
    );
    for (const part of ['opening', 'work', 'looking'] as const) {
      assert.ok(many[part] < 10.5 * few[part], `${part}: ${few[part]} bytes for 100 images, ${many[part]} for 1,000`);
    }
  });

  it('send no image twice when a setting of the style changes, and all tiles in one when the queue is cancelled', () => {
    const p = panel(1000);
    p.dispatch(...Array.from({ length: 1000 }, (_, image) => ({ type: 'asked', image, wanted: [TOP_CLASS] }) as const));
    p.sent();
    p.dispatch({ type: 'style', style: { ...DEFAULT_STYLE, opacity: 0.1 } });
    assert.ok(p.sent() < 300);
    p.types.clear();
    p.dispatch({ type: 'cancelled' });
    assert.deepEqual([...p.types], ['slot', 'tiles']);
    assert.ok(p.sent() < 1000 * 50);
  });
});

describe('frames', () => {
  const slot = (index: number, done: number): ToEditor => {
    const state = { kind: 'working', text: 'Running passes', done, total: 32 } as const;
    return { type: 'slot', index, slot: { title: 'cat', state, frame: frame(done) } };
  };
  const cancelled: ToEditor = { type: 'slot', index: 0, slot: { title: 'cat', state: { kind: 'cancelled' } } };
  const gate = () => {
    const posted: ToEditor[] = [];
    return { posted, ...createFrameGate((message) => posted.push(message)) };
  };

  it('wait while the page draws; of each slot only the newest is sent then', () => {
    const { posted, send, drawn } = gate();
    for (const done of [1, 2, 3]) send(slot(0, done));
    send(slot(1, 4));
    assert.deepEqual(posted, [slot(0, 1)]);
    drawn();
    assert.deepEqual(posted.slice(1), [slot(0, 3), slot(1, 4)]);
    send(slot(0, 5));
    assert.equal(posted.length, 3);
    drawn();
    drawn();
    assert.deepEqual(posted.slice(3), [slot(0, 5)]);
  });

  it('are overtaken by what has come of the work, and never follow it', () => {
    const { posted, send, drawn } = gate();
    send(slot(0, 1));
    send(slot(0, 2));
    send(cancelled);
    drawn();
    assert.deepEqual(posted, [slot(0, 1), cancelled]);
  });

  it('of a page that is gone hold up no other', () => {
    const { posted, send } = gate();
    const state: ToEditor = { type: 'state', state: editorState(initialState(['a'], DEFAULT_STYLE, false)) };
    for (const message of [slot(0, 1), slot(0, 2), state, slot(0, 3)]) send(message);
    assert.deepEqual(posted, [slot(0, 1), state, slot(0, 3)]);
  });
});

describe('thumbnails', () => {
  const PICTURE = { uri: 'https://host/a.png' };

  /** A host that makes thumbnails when the test says so, and the page that asks for them. */
  function making() {
    const loads: { index: number; done: () => void; fail: () => void }[] = [];
    const failures: unknown[] = [];
    const load = (index: number) =>
      new Promise<typeof PICTURE>((done, fail) => {
        loads.push({ index, done: () => done(PICTURE), fail: () => fail(new Error('unreadable')) });
      });
    const send = (message: ToEditor) => {
      if (message.type === 'thumbnails-changed') page.forget(message.indices);
    };
    const host = createThumbnails({ load, send, failed: (thrown) => failures.push(thrown) });
    const page = createPageThumbnails(host.make);
    const known = () => [...Array(30).keys()].filter((index) => page.sourceOf(index) !== undefined);
    return { ...host, page, loads, failures, known };
  }
  const indices = (loads: readonly { index: number }[]) => loads.map(({ index }) => index);

  it('are made one at a time, and only while they are wanted', async () => {
    const { page, loads, known } = making();
    page.want(0, 3);
    assert.deepEqual(indices(loads), [0]);
    page.want(8, 9);
    for (const at of [0, 1, 2]) {
      loads[at]!.done();
      await turn();
    }
    assert.deepEqual(indices(loads), [0, 8, 9], '1 to 3 are off screen');
    assert.deepEqual(known(), [0, 8, 9]);
    page.want(8, 9);
    assert.equal(loads.length, 3, 'none is made twice');
  });

  it('of a file that changes meanwhile are made again', async () => {
    const { page, forget, loads, known } = making();
    page.want(0, 0);
    forget([0]);
    loads[0]!.done();
    await turn();
    assert.deepEqual([indices(loads), known()], [[0, 0], []]);
    loads[1]!.done();
    await turn();
    assert.deepEqual(known(), [0]);
    forget([0]);
    assert.deepEqual([indices(loads), known()], [[0, 0, 0], []]);
  });

  it('that could not be made are tried again when that may help, and not before', async () => {
    const { page, retry, loads, failures } = making();
    page.want(0, 0);
    loads[0]!.fail();
    await turn();
    page.want(0, 0);
    assert.deepEqual([loads.length, failures.length], [1, 1]);
    retry();
    assert.equal(loads.length, 2);
  });
});
