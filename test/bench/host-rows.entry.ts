/**
 * How much the process that stands in for the extension host grows while the page of a large run file is used: a session
 * with a runner's process, and the answers to the page as its panel packs them. The page itself is another process.
 *
 * Arguments: a Node executable for the runner, the run file.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createRunner } from '../../src/client/runner';
import { createSession } from '../../src/extension/dataset/run/session';
import type { ListInfo, Row } from '../../src/protocol/dataset';
import type { Asked } from '../../src/protocol/dataset-page';
import { packed, packRows } from '../../src/protocol/packed/pack';
import { project } from '../support/shared';
import { finish } from './measure';

const QUERIES = [
  '',
  'wrong',
  'order by loss desc',
  'wrong and p > 0.9 order by entropy',
  'path ~ "7.jpg" order by agreement',
];
/** Windows of rows of each list, and what the page asks for at once. */
const [WINDOWS, WINDOW, PACK] = [100, 200, 48];

/** Text as JSON, and bytes as they are, as VS Code sends them. */
function sizeOf(message: unknown): number {
  let bytes = 0;
  const text = JSON.stringify(message, (_, value) => {
    if (!ArrayBuffer.isView(value)) return value;
    bytes += value.byteLength;
    return null;
  });
  return bytes + text.length;
}

async function main([node, run]: readonly string[]): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const held = () => {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const runner = createRunner({ module: project('dist', 'runner.js'), executable: node!, log: () => {} });
  const session = createSession({
    run: run!,
    call: runner.call,
    intents: { of: () => [], set: () => {} },
    mapIntents: { of: () => [], set: () => {} },
    device: () => 'cpu',
    watches: () => false,
    log: () => {},
  });
  /** What the panel would post, which leaves the process. */
  let posted = 0;
  const ask = async (asked: Asked): Promise<unknown> => {
    const result = await session.ask(asked, (rows: readonly Row[]) => (posted += sizeOf(packRows(rows))));
    posted += sizeOf(packed(asked.name, result));
    return result;
  };
  const before = { held: held(), resident: process.memoryUsage().rss };
  let most = before.resident;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 20);
  const { items, versions } = await session.ready();
  const version = versions[0]!.id;
  for (const query of QUERIES) {
    const { list, count } = (await ask({ name: 'list', params: { version, query, first: WINDOW } })) as ListInfo;
    for (let i = 0; i < WINDOWS; i++) {
      const from = Math.floor((i * (count - WINDOW)) / WINDOWS);
      const rows = (await ask({ name: 'rows', params: { version, list, from, count: WINDOW } })) as readonly Row[];
      const shown = rows.slice(0, PACK).map(({ item }) => item);
      await ask({ name: 'pictures', params: { version, items: shown, maps: true } });
    }
    await ask({ name: 'histograms', params: { version, query, bins: 40 } });
  }
  await ask({ name: 'classes', params: { version } });
  clearInterval(watch);
  most = Math.max(most, process.memoryUsage().rss);
  const after = held();
  session.close();
  runner.dispose();
  finish({ items, posted, held: after - before.held, resident: most - before.resident });
}

void main(process.argv.slice(2));
