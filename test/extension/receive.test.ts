import { strict as assert } from 'node:assert';
import { DEFAULT_STYLE } from '../../src/core/style';
import { type Answers, answering, type Handlers, receiver } from '../../src/extension/receive';
import { FROM_CLASSES, type FromClasses } from '../../src/protocol/classes-view';
import { FROM_EDITOR, type FromEditor, type ToEditor } from '../../src/protocol/webview';
import { createEditorAsking } from '../../webview/editor/requests';

const ID = '3f0c2b8e-6f0a-4c56-9d5e-0a3a4d1b7c11';

/** Every message of the editor's page. */
const MESSAGES: { readonly [T in FromEditor['type']]: Extract<FromEditor, { type: T }> } = {
  ready: { type: 'ready', questions: '{}', style: DEFAULT_STYLE, focused: 1 },
  style: { type: 'style', style: { ...DEFAULT_STYLE, colormap: 'magma' } },
  focused: { type: 'focused', slot: 2 },
  cancel: { type: 'cancel' },
  resume: { type: 'resume' },
  select: { type: 'select', index: 999 },
  request: { type: 'request', id: ID, request: { type: 'export', kind: 'npy' } },
  drawn: { type: 'drawn' },
  assessment: { type: 'assessment', part: 'sanity', slots: [0] },
  'cancel-assessment': { type: 'cancel-assessment', part: 'measurement' },
  alone: { type: 'alone' },
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
  it('reach the handler of their type unchanged', () => {
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
    [{ type: 'assessment', part: 'sanity', slots: [0, Number.NaN] }, /refused: slots\[1\]/],
    [{ type: 'assessment', part: 'sanity', slots: { length: 1e9 } }, /refused: slots/],
    [{ type: 'style', style: { ...DEFAULT_STYLE, colormap: 'rainbow' } }, /refused: style\.colormap/],
    [{ type: 'style', style: { ...DEFAULT_STYLE, opacity: 2 } }, /refused: style\.opacity/],
    [{ type: 'ready', questions: ['{}'] }, /refused: questions/],
    [{ type: 'assessment', part: 'constructor', slots: [0] }, /refused: part/],
    [{ type: 'action', id: 'workbench.action.terminal.new' }, /refused: id/],
    [{ type: 'request', id: '1', request: { type: 'thumbnail', index: 0 } }, /refused: id/],
    [{ type: 'request', id: ID, request: { type: 'export', kind: '../../x' } }, /refused: request\.kind/],
    [{ type: 'request', id: ID, request: { type: 'cancel' } }, /refused: request\.type/],
  ] as const) {
    it(`are refused in one line: ${JSON.stringify(message)}`, () => {
      const { receive, got, lines } = receiving();
      receive(message);
      assert.deepEqual([got, lines.length], [[], 1]);
      assert.match(lines[0]!, flaw);
      assert.ok(lines[0]!.length < 500 && !lines[0]!.includes('\n'), lines[0]);
    });
  }

  it('lose keys that the schema does not name', () => {
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
    const receive = receiver(FROM_CLASSES, { ready: take, explain: take, 'open-demo': take, compare: take }, (line) =>
      lines.push(line),
    );
    for (const message of [{ type: 'explain', class: 7 }, { type: 'explain', class: 'x' }, { type: 'compare' }])
      receive(message);
    assert.deepEqual([got, lines.length], [[{ type: 'explain', class: 7 }], 2]);
  });
});

describe('requests of pages', () => {
  /** A page and a host, with what has crossed the line between them. */
  function line(answers: Partial<Answers>) {
    const crossed: ToEditor[] = [];
    const all: Answers = {
      thumbnail: async ({ index }) => ({ uri: `https://host/${index}.png` }),
      export: async () => undefined,
      ...answers,
    };
    const answer = answering(all, (message) => {
      crossed.push(message);
      if (message.type === 'reply' || message.type === 'failure') asking.settle(message);
    });
    const asking = createEditorAsking((message) => void answer(message));
    return { ...asking, crossed };
  }

  it('are answered each for itself, whichever answer comes first', async () => {
    const later = new Map<number, () => void>();
    const { ask } = line({
      thumbnail: ({ index }) => new Promise((done) => later.set(index, () => done({ uri: `${index}` }))),
    });
    const both = Promise.all([ask('thumbnail', { index: 1 }), ask('thumbnail', { index: 2 })]);
    later.get(2)!();
    later.get(1)!();
    assert.deepEqual(await both, [{ uri: '1' }, { uri: '2' }]);
  });

  it('fail in the words of the host, and hold up no other', async () => {
    const { ask } = line({ export: () => Promise.reject(new Error('the disk is full')) });
    await assert.rejects(ask('export', { kind: 'json' }), /the disk is full/);
    assert.deepEqual(await ask('thumbnail', { index: 7 }), { uri: 'https://host/7.png' });
  });

  it('are settled once; an answer that nobody waits for is ignored', async () => {
    const { ask, settle, crossed } = line({});
    await ask('export', { kind: 'json' });
    assert.equal(crossed.length, 1);
    settle({ type: 'failure', id: ID, message: 'of a page before' });
    assert.deepEqual(await ask('thumbnail', { index: 3 }), { uri: 'https://host/3.png' });
  });
});
