import assert from 'node:assert/strict';
import { finished } from '../../../src/cli/dataset/work';
import type { Terminal } from '../../../src/cli/terminal';
import type { RunnerService } from '../../../src/protocol/runner';

describe('cli: waiting for work', () => {
  it('ends if later work has ended too before anything was told', async () => {
    const later = { id: 2, kind: 'sweep', state: 'done', done: 3, total: 3, failed: 0 } as const;
    const service = {
      async follow(_: unknown, { signal, emit }: Parameters<RunnerService['follow']>[1]) {
        const left = new Promise((resolve) => (signal as AbortSignal).addEventListener('abort', resolve));
        emit('work', [later]);
        await left;
        return {};
      },
    } as unknown as RunnerService;
    const terminal = { signal: new AbortController().signal, say() {} } as unknown as Terminal;
    assert.equal(await finished(service, 'r.groupcam', { work: 1 }, terminal), undefined);
  });
});
