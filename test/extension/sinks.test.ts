/** What shows text to people is reached through the files that make it plain. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { errors, toExplainError } from '../../src/core/errors';
import { openModel } from '../../src/engine/model/inspect';
import { statusText } from '../../src/extension/status/status';
import { withoutLinks } from '../../src/protocol/plain-text';
import { needs, project, shared } from '../support/shared';

/** A way to show text, and the files that may take it. */
const SINKS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/show(Error|Information|Warning)Message/, ['src/extension/notify.ts']],
  [/createOutputChannel/, ['src/extension/log.ts']],
  [/showQuickPick|showInputBox/, ['src/extension/commands/quick-pick.ts']],
  [/createStatusBarItem/, ['src/extension/status/status-bar.ts']],
  [/new vscode\.TreeItem\b/, ['src/extension/model/model-view.ts', 'src/extension/dataset/tree/tree.ts']],
  [/process\.std(out|err)\.write/, ['src/cli/terminal.ts']],
  // Their text is not made plain anywhere: whoever needs one adds that.
  [/withProgress/, ['src/extension/notify.ts']],
  [/MarkdownString|setStatusBarMessage|createInputBox|console\.\w+\(/, []],
];

describe('text for people', () => {
  const sources = ['src/extension', 'src/cli'].flatMap((folder) =>
    readdirSync(project(folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => path.posix.join(folder, name.split(path.sep).join('/'))),
  );
  const text = new Map(sources.map((file) => [file, readFileSync(project(file), 'utf8')]));

  for (const [sink, allowed] of SINKS) {
    it(`${sink.source} is used where text is made plain, nowhere else`, () => {
      assert.deepEqual(
        sources.filter((file) => sink.test(text.get(file)!)),
        allowed,
      );
      for (const file of allowed)
        if (file !== 'src/extension/status/status-bar.ts')
          assert.match(text.get(file)!, /\/protocol\/plain-text'/, file);
    });
  }

  it('pickers of their own show plain items', () => {
    for (const [file, content] of text)
      if (content.includes('createQuickPick')) assert.match(content, /shownItem/, file);
  });

  it('a model that is called like a command is no link in the message that refuses it', async function () {
    const file = shared('cases', 'safety', 'model-command-link-input.onnx');
    needs(this, file, 'a model with a link in the name of its input');
    const error = await openModel({ path: file }).then(
      () => assert.fail('it was taken'),
      (thrown) => toExplainError(thrown),
    );
    const named = errors.noImageInput(file, ['[Repair it](command:workbench.action.terminal.sendSequence)']);
    assert.match(named.message, /\]\(command:/);
    for (const { message } of [error, named]) assert.doesNotMatch(withoutLinks(message), /\]\(command:/);
  });

  it('a model that is called like an icon, or that breaks lines, is words in the status bar', () => {
    const base = { trusted: true, engine: 'ready', device: 'cpu', panel: undefined, chosen: 'net' } as const;
    const info = { name: '$(bug)\n[x](command:y)', demo: false } as never;
    const shown = statusText({ ...base, inspection: { kind: 'ready', info } });
    assert.equal(shown.text, '$(flame) $ (bug) [x](command:y) · cpu');
    assert.equal(shown.tooltip.split('\n').length, 4);
    const failed = statusText({ ...base, inspection: { kind: 'failed', message: 'a\nb\u001b' } });
    assert.equal(failed.tooltip, 'a b\ufffd');
  });
});
