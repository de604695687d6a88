import { strict as assert } from 'node:assert';
import { readRestored, restoreText } from '../../src/extension/explanation/restore';
import { pageHtml } from '../../src/extension/html';

const page = { title: 'Group-CAM', script: 'https://cdn/e.js', style: 'https://cdn/e.css', cspSource: 'https://cdn' };

describe("a webview's page", () => {
  it('allows its own files and nothing else', () => {
    const html = pageHtml(page);
    const policy = /Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1]?.split('; ') ?? [];
    assert.ok(policy.includes("default-src 'none'"));
    assert.ok(policy.includes('connect-src https://cdn') && policy.includes('worker-src blob:'), 'of a worker');
    assert.ok(!/unsafe|\*/.test(policy.join()), policy.join('; '));
    const nonce = /script-src 'nonce-([\w-]{22})'/.exec(html)?.[1];
    assert.ok(nonce && html.includes(`<script nonce="${nonce}"`));
    assert.notEqual(/nonce-([\w-]+)/.exec(pageHtml(page))?.[1], nonce, 'a nonce is used once');
  });

  it('file names can not break out of it', () => {
    const html = pageHtml({ ...page, restore: restoreText(['file:///w/a"><script>.png']) });
    assert.equal(html.match(/<script/g)?.length, 1);
  });

  it('the several-images panel comes back from what the page has kept', () => {
    const images = ['file:///w/a%20b.png', 'vscode-vfs://github/r/c.jpg'];
    assert.deepEqual(readRestored({ zoom: 2, restore: restoreText(images) }), images);
    for (const damaged of [undefined, null, {}, { restore: 7 }, { restore: '{' }, { restore: '{"images":"a"}' }]) {
      assert.deepEqual(readRestored(damaged), []);
    }
  });
});
