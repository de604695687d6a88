import assert from 'node:assert/strict';
import {
  escapeMarkup,
  oneLine,
  plainJson,
  plainLines,
  stackLines,
  withoutIcons,
  withoutLinks,
} from '../../src/protocol/plain-text';

/** Links in notifications as VS Code finds them: https, command and file, with or without a title. */
const LINK = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/i;
/** Icons in labels as VS Code finds them. */
const ICON = /\$\([A-Za-z0-9-]+(?:~[A-Za-z]+)?\)/;

const codes = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
/** C0, DEL and C1 of Unicode's chart, and the embeddings, overrides and isolates of its algorithm for directions. */
const ACTING = [...codes(0, 0x1f), ...codes(0x7f, 0x9f), ...codes(0x202a, 0x202e), ...codes(0x2066, 0x2069)];

describe('plain text', () => {
  it('has none of the characters that act on a terminal', () => {
    for (const code of ACTING) {
      const character = String.fromCharCode(code);
      for (const shown of [oneLine, plainLines, withoutLinks, withoutIcons]) {
        const text = shown(`a${character}b`);
        assert.ok(!text.includes(character) || (shown === plainLines && character === '\n'), `${code}`);
        assert.ok(text.startsWith('a') && text.endsWith('b'), `${code}`);
      }
    }
  });

  it('has both ends of what nobody can read whole', () => {
    const text = oneLine(`[a](b) ${'x'.repeat(1e6)} end`);
    assert.ok(text.length < 10_000);
    assert.match(text, /^\[a\]\(b\) x+ \.\.\. x+ end$/);
  });

  it('is one line of words', () => {
    assert.equal(oneLine('first\n   second\r\nthird\u2028fourth\tfifth'), 'first second third fourth fifth');
    assert.equal(plainLines('first\nsec\u001bond'), 'first\nsec\ufffdond');
  });

  it('stays what it is where nothing acts, in every script', () => {
    const text = '[N, 10] (dim) a\u0301 日本語 שלום 🐈 “quoted” $5 C:\\models\\net.onnx';
    for (const shown of [oneLine, withoutLinks, withoutIcons]) assert.equal(shown(text), text);
  });

  it('is no link', () => {
    for (const text of [
      '[Repair it](command:workbench.action.terminal.sendSequence?%7B%7D)',
      '[a](command:b "title")',
      "[[a](https://example.org 't')",
      '[a](FILE:///etc/passwd)',
      '[a]](command:b) [c](command:d)',
      '[a]\u0000(command:b) [c]\n(command:d) [e](command:f)',
    ]) {
      assert.match(text, LINK);
      assert.doesNotMatch(withoutLinks(text), LINK);
    }
  });

  it('is no icon', () => {
    for (const text of ['$(flame)', '$$(sync~spin)', 'a $(x)$(y)']) {
      assert.match(text, ICON);
      assert.doesNotMatch(withoutIcons(text), ICON);
    }
  });

  it('is the same value as JSON', () => {
    const value = { text: String.fromCharCode(...ACTING, 0x2028, 0x41), list: [1, 'ש'] };
    const json = plainJson(value);
    assert.deepEqual(JSON.parse(json), value);
    assert.doesNotMatch(json, /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
  });

  it('tells of an error where it comes from, and no line of its message', () => {
    const cause = new TypeError('deep');
    const lines = stackLines(new Error('one\n    at forged (file.js:1:1)', { cause }));
    assert.equal(lines[0], 'Error: one at forged (file.js:1:1)');
    assert.match(lines[1]!, /^ +at .*plain-text\.test/);
    assert.ok(lines.includes('caused by: TypeError: deep'));
    assert.ok(lines.every((line) => !/^\s+at forged/.test(line)));
    assert.deepEqual(stackLines('words\n'), ['words ']);
  });

  it('is no markup in HTML and SVG', () => {
    assert.equal(escapeMarkup('a "b" <i> & &amp;'), 'a &quot;b&quot; &lt;i&gt; &amp; &amp;amp;');
  });
});
