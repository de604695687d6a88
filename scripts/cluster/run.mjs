// `npm run cluster`: 2,000 images by Group-CAM on four workers of a queue, while processes are killed a hundred times, on Redis
// and on PostgreSQL. It writes its figures into docs/cluster.md, and goes on with the server that was not done when it
// was stopped.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from '../build.mjs';
import { newerNode } from '../host/node.mjs';
import { root, run, runMain } from '../host/run.mjs';
import { QUEUES, requirePackages } from '../host/system.mjs';

const PAGE = path.join(root, 'docs', 'cluster.md');
const [BEGIN, END] = ['<!-- npm run cluster -->', '<!-- end of npm run cluster -->'];
const RESULTS = path.join(root, 'test-results', 'cluster');

runMain(async () => {
  await requirePackages(QUEUES);
  await build();
  mkdirSync(RESULTS, { recursive: true });
  const node = await newerNode();
  const texts = ['| queue | killed | paused | merged table | time |', '|---|---|---|---|---|'];
  for (const name of ['Redis', 'PostgreSQL']) {
    const file = path.join(RESULTS, `${name}.md`);
    if (!existsSync(file)) {
      const code = await run(node, ['--enable-source-maps', 'out/test/cluster/cluster.entry.js', name, file]);
      if (code !== 0) throw new Error(`${name}: the cluster did not end as one process does`);
    }
    texts.push(readFileSync(file, 'utf8').trim());
  }
  const page = readFileSync(PAGE, 'utf8');
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`${PAGE}: without the marks of its figures`);
  writeFileSync(PAGE, `${before}${BEGIN}\n${texts.join('\n')}\n${END}${after}`);
});
