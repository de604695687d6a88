import { strict as assert } from 'node:assert';
import { DEFAULT_STYLE } from '../../../src/core/style';
import { TOP_CLASS } from '../../../src/extension/explanation/comparison';
import { editorState, messagesBetween } from '../../../src/extension/panel/panel-messages';
import { initialState, type PanelEvent, reduce } from '../../../src/extension/panel/panel-state';
import { summaryOf } from '../../../src/extension/status/summary';
import type { EditorState } from '../../../src/protocol/webview';
import { changed } from '../../../webview/editor/state';
import { explanation, frame, info } from '../support';

const asked = (image: number): PanelEvent => ({ type: 'asked', image, wanted: [TOP_CLASS] });
const started = (image: number): PanelEvent => ({ type: 'started', image, run: 1, slot: 0 });
const opened = (...names: string[]) =>
  names.map((_, image) => asked(image)).reduce(reduce, initialState(names, DEFAULT_STYLE, true));
const received = (message: unknown) => JSON.parse(JSON.stringify(message));
const picture = { uri: 'https://host/a.png?version=0' };

describe('messages to the explanation page', () => {
  const one = reduce(opened('a.png'), started(0));
  const three = opened('a.png', 'b.png', 'c.png');
  const types = (before: typeof one, ...events: PanelEvent[]) =>
    messagesBetween(before, events.reduce(reduce, before)).map((message) => message.type);

  const cases: [string, typeof one, PanelEvent, string[]][] = [
    ['a frame resends its slot only', one, { type: 'frame', image: 0, run: 1, slot: 0, frame: frame(4) }, ['slot']],
    [
      'a frame of an image that is not shown: nothing',
      reduce(three, started(1)),
      { type: 'frame', image: 1, run: 1, slot: 0, frame: frame(4) },
      [],
    ],
    ['a frame of an old question: nothing', one, { type: 'frame', image: 0, run: 0, slot: 0, frame: frame(4) }, []],
    ['a picture: what is shown of the image', one, { type: 'picture', image: 0, picture }, ['image']],
    [
      'another number of classes: what is shown of the image, and what is asked',
      one,
      { type: 'asked', image: 0, wanted: [TOP_CLASS, TOP_CLASS] },
      ['image', 'changed'],
    ],
    [
      'another image in its place: what is shown of it, and what is asked',
      reduce(one, { type: 'restore', restore: 'a walk' }),
      { type: 'replaced', image: 0, name: 'b.png', wanted: [TOP_CLASS], picture },
      ['image', 'changed'],
    ],
    [
      'its class by a dataset: what is shown of it',
      one,
      { type: 'asked', image: 0, wanted: [TOP_CLASS], truth: 'cat' },
      ['image', 'changed'],
    ],
    ['another text to restore it from: that', one, { type: 'restore', restore: 'a walk' }, ['changed']],
    ['another image on screen: what is shown of it', three, { type: 'selected', image: 1 }, ['image']],
    ['work on another image: its tile', three, started(1), ['tiles']],
    ['work on the image on screen: its slot and its tile', three, started(0), ['slot', 'tiles']],
    ['a cancelled queue: one slot, all tiles at once', three, { type: 'cancelled' }, ['slot', 'tiles']],
    ['another colormap: that', one, { type: 'style', style: { ...DEFAULT_STYLE, colormap: 'grey' } }, ['changed']],
  ];
  for (const [name, before, event, expected] of cases) it(name, () => assert.deepEqual(types(before, event), expected));

  it('are none if nothing has changed', () => assert.deepEqual(messagesBetween(one, one), []));

  it('keep no class of the image before', () => {
    const replaced = { type: 'replaced', image: 0, wanted: [TOP_CLASS], picture } as const;
    const known = reduce(one, { ...replaced, name: 'b.png', truth: 'dog' });
    const states = [one, known, reduce(known, { ...replaced, name: 'c.png' })];
    let shown: EditorState | undefined = editorState(one);
    const truths = states.slice(1).map((state, i) => {
      for (const message of messagesBetween(states[i]!, state)) shown = changed(shown, received(message) as never);
      return shown?.truth;
    });
    assert.deepEqual(truths, ['dog', undefined]);
  });

  it('add up to the whole state', () => {
    const grey = { ...DEFAULT_STYLE, colormap: 'grey' } as const;
    const measured = explanation(0);
    const events: PanelEvent[] = [
      started(0),
      { type: 'frame', image: 0, run: 1, slot: 0, frame: frame(4) },
      { type: 'explained', image: 0, run: 1, slot: 0, explanation: measured, summary: summaryOf(measured, info) },
      { type: 'assessment', image: 0, slot: 0, of: measured, change: { type: 'asked', part: 'sanity' } },
      { type: 'picture', image: 0, picture, size: { width: 8, height: 8 } },
      { type: 'refreshed', image: 0 },
      { type: 'cancelled' },
      { type: 'asked', image: 0, wanted: [TOP_CLASS], truth: 'cat' },
      { type: 'selected', image: 1 },
      { type: 'style', style: grey },
      { type: 'asked', image: 2, wanted: [TOP_CLASS, TOP_CLASS] },
      { type: 'resumed' },
    ];
    let state = three;
    let shown: EditorState | undefined = editorState(state);
    for (const event of events) {
      const before = state;
      state = reduce(state, event);
      // As VS Code sends them: members without a value are lost.
      for (const message of messagesBetween(before, state)) shown = changed(shown, received(message) as never);
      assert.deepEqual(received(shown), received(editorState(state)), event.type);
    }
  });

  it('one image has no strip', () => {
    assert.deepEqual(editorState(one).strip, []);
    assert.deepEqual(
      editorState(three).strip.map(({ name, state }) => [name, state]),
      [
        ['a.png', 'waiting'],
        ['b.png', 'waiting'],
        ['c.png', 'waiting'],
      ],
    );
  });
});
