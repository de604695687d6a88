import { strict as assert } from 'node:assert';
import { DEFAULT_STYLE } from '../../src/core/style';
import { type Handlers, receiver } from '../../src/extension/receive';
import { FROM_CLASSES, FROM_EDITOR, type FromClasses, type FromEditor } from '../../src/protocol/webview';

/** Every message of the editor's page. */
const MESSAGES: { readonly [T in FromEditor['type']]: Extract<FromEditor, { type: T }> } = {
  ready: { type: 'ready', questions: '{}', style: DEFAULT_STYLE, focused: 1 },
  style: { type: 'style', style: { ...DEFAULT_STYLE, colormap: 'magma' } },
  focused: { type: 'focused', slot: 2 },
  cancel: { type: 'cancel' },
  resume: { type: 'resume' },
  select: { type: 'select', index: 999 },
  thumbnails: { type: 'thumbnails', indices: [3, 1] },
  drawn: { type: 'drawn' },
  evidence: { type: 'evidence', part: 'sanity', slots: [0] },
  'cancel-evidence': { type: 'cancel-evidence', part: 'measurement' },
  alone: { type: 'alone' },
  export: { type: 'export', kind: 'npy' },
  action: { type: 'action', id: 'trust' },
  unshowable: { type: 'unshowable' },
  error: { type: 'error', message: 'the clipboard is closed' },
  log: { type: 'log', text: 'no worker' },
};

function receiving() {
  const got: FromEditor[] = [];
  const lines: string[] = [];
  const take = (message: FromEditor) => {
    got.push(message);
  };
  const handlers = Object.fromEntries(Object.keys(MESSAGES).map((type) => [type, take])) as unknown;
  const receive = receiver(FROM_EDITOR, handlers as Handlers<FromEditor>, (line) => lines.push(line));
  return { receive, got, lines };
}

describe('messages of pages', () => {
  it('reach the handler of their type as they are', () => {
    const { receive, got, lines } = receiving();
    for (const message of Object.values(MESSAGES)) receive(structuredClone(message));
    receive({ type: 'ready' });
    assert.deepEqual([got, lines], [[...Object.values(MESSAGES), { type: 'ready' }], []]);
  });

  for (const [message, flaw] of [
    [undefined, /refused: must be/],
    ['cancel', /refused: must be/],
    [{ type: 'toString' }, /refused: type: must be "ready" or "style"/],
    [{ type: '__proto__' }, /refused: type/],
    [{ type: 'select', index: -1 }, /refused: index: must be .*0.*, found -1/],
    [{ type: 'select', index: 0.5 }, /refused: index/],
    [{ type: 'select', index: '0' }, /refused: index: must be a number, found "0"/],
    [{ type: 'thumbnails', indices: [0, Number.NaN] }, /refused: indices\[1\]/],
    [{ type: 'thumbnails', indices: { length: 1e9 } }, /refused: indices/],
    [{ type: 'style', style: { ...DEFAULT_STYLE, colormap: 'rainbow' } }, /refused: style\.colormap/],
    [{ type: 'style', style: { ...DEFAULT_STYLE, opacity: 2 } }, /refused: style\.opacity/],
    [{ type: 'ready', questions: ['{}'] }, /refused: questions/],
    [{ type: 'evidence', part: 'constructor', slots: [0] }, /refused: part/],
    [{ type: 'action', id: 'workbench.action.terminal.new' }, /refused: id/],
    [{ type: 'export', kind: '../../x' }, /refused: kind/],
  ] as const) {
    it(`are refused in one line: ${JSON.stringify(message)}`, () => {
      const { receive, got, lines } = receiving();
      receive(message);
      assert.deepEqual([got, lines.length], [[], 1]);
      assert.match(lines[0]!, flaw);
      assert.ok(lines[0]!.length < 500 && !lines[0]!.includes('\n'), lines[0]);
    });
  }

  it('lose what they have too much', () => {
    const { receive, got } = receiving();
    receive({ type: 'cancel', and: 'more' });
    assert.deepEqual(got, [{ type: 'cancel' }]);
  });

  it('of the list of classes are checked too', () => {
    const got: FromClasses[] = [];
    const lines: string[] = [];
    const take = (message: FromClasses) => {
      got.push(message);
    };
    const receive = receiver(FROM_CLASSES, { ready: take, explain: take, compare: take }, (line) => lines.push(line));
    for (const message of [{ type: 'explain', class: 7 }, { type: 'explain', class: 'x' }, { type: 'compare' }])
      receive(message);
    assert.deepEqual([got, lines.length], [[{ type: 'explain', class: 7 }], 2]);
  });
});
