import { strict as assert } from 'node:assert';
import { createPageLine } from '../../../src/extension/panel/page-line';
import type { ToEditor } from '../../../src/protocol/webview';

describe('what a panel tells its page', () => {
  const state = { type: 'state' } as ToEditor;
  const notice: ToEditor = { type: 'notice', text: 'Saved' };
  const zoom: ToEditor = { type: 'command', command: 'zoom-fit' };
  const copy: ToEditor = { type: 'command', command: 'copy' };

  function line() {
    const log: unknown[] = [];
    const webview = { postMessage: async (message: ToEditor) => log.push(message) };
    return { log, page: createPageLine({ webview, reveal: () => log.push('front') } as never) };
  }

  it('is dropped while there is none, for the next is told everything', () => {
    const { log, page } = line();
    page.send(notice);
    page.ready(state);
    page.send(notice);
    page.gone();
    page.send(notice);
    assert.deepEqual(log, [state, notice]);
  });

  it('a command brings it to the front, and waits until it is there', () => {
    const { log, page } = line();
    page.command('zoom-fit');
    page.command('copy');
    page.ready(state);
    assert.deepEqual(log, ['front', 'front', state, zoom, copy]);
    page.command('copy');
    page.gone();
    page.ready(state);
    assert.deepEqual(log.slice(5), ['front', copy, state], 'each is done once');
  });
});
