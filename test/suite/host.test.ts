import { strict as assert } from 'node:assert';
import { env, UIKind } from 'vscode';

describe('the host', () => {
  it('is the one that was asked for', () => {
    const wanted = process.env['TEST_HOST'];
    assert.ok(wanted === 'desktop' || wanted === 'stand-in', `TEST_HOST is ${wanted}`);
    assert.equal(env.uiKind, wanted === 'desktop' ? UIKind.Desktop : UIKind.Web);
    assert.equal(env.appHost === 'desktop', wanted === 'desktop', env.appHost);
  });
});
