import { strict as assert } from 'node:assert';
import { DEFAULT_STYLE } from '../../src/core/types';
import { TOP_CLASS } from '../../src/extension/comparison';
import { editorState, messagesBetween } from '../../src/extension/panel-messages';
import { initialState, type PanelEvent, reduce } from '../../src/extension/panel-state';
import { frame } from './support';

const asked = (image: number): PanelEvent => ({ type: 'asked', image, wanted: [TOP_CLASS] });
const started = (image: number): PanelEvent => ({ type: 'started', image, run: 1, slot: 0 });
const opened = (...names: string[]) =>
  names.map((_, image) => asked(image)).reduce(reduce, initialState(names, DEFAULT_STYLE, true));
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
    ['a picture: everything', one, { type: 'picture', image: 0, picture }, ['state']],
    [
      'another number of classes: everything',
      one,
      { type: 'asked', image: 0, wanted: [TOP_CLASS, TOP_CLASS] },
      ['state'],
    ],
    ['another image on screen: everything', three, { type: 'selected', image: 1 }, ['state']],
    ['a thumbnail: the strip', three, { type: 'thumbnail', image: 2, thumbnail: picture }, ['strip']],
    ['work on another image: the strip', three, started(1), ['strip']],
    ['work on the image on screen: its slot and the strip', three, started(0), ['slot', 'strip']],
    ['another colormap: everything', one, { type: 'style', style: { ...DEFAULT_STYLE, colormap: 'grey' } }, ['state']],
  ];
  for (const [name, before, event, expected] of cases) it(name, () => assert.deepEqual(types(before, event), expected));

  it('nothing changed: nothing', () => assert.deepEqual(messagesBetween(one, one), []));

  it('the messages add up to the whole state', () => {
    const after = [started(0), { type: 'frame', image: 0, run: 1, slot: 0, frame: frame(4) } as const].reduce(
      reduce,
      three,
    );
    const shown = { ...editorState(three) };
    for (const message of messagesBetween(three, after)) {
      if (message.type === 'slot')
        shown.slots = shown.slots.map((slot, i) => (i === message.index ? message.slot : slot));
      if (message.type === 'strip') shown.strip = message.strip;
    }
    assert.deepEqual(shown, editorState(after));
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
