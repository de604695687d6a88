// `npm run bench [-- --pairs N] [model...]` measures the time and memory of explanations, and writes docs/bench.md.
// `--methods`, `--int8`, `--sweep`, `--beside`, `--rows`, `--host`, `--scroll`, `--shards`, `--training` and `--export` measure other
// methods, sweeps of datasets, explanations beside a sweep, a run file of a million rows, the extension host's side of one, its
// page, the shards that machines share (docs/cluster.md), steps of a training, and exported models instead.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { benchBeside } from './bench/beside.mjs';
import { benchExplanations } from './bench/explanations.mjs';
import { benchExport } from './bench/export.mjs';
import { benchHost } from './bench/host.mjs';
import { benchInt8 } from './bench/int8.mjs';
import { replaceResults } from './bench/runs.mjs';
import { benchScroll } from './bench/scroll.mjs';
import { benchShards } from './bench/shards.mjs';
import { sweepTable } from './bench/sweep.mjs';
import { benchTraining } from './bench/training.mjs';
import { build } from './build.mjs';
import { root, runMain } from './host/run.mjs';

runMain(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      pairs: { type: 'string' },
      'no-torch': { type: 'boolean', default: false },
      methods: { type: 'boolean', default: false },
      beside: { type: 'boolean', default: false },
      export: { type: 'boolean', default: false },
      host: { type: 'boolean', default: false },
      int8: { type: 'boolean', default: false },
      rows: { type: 'boolean', default: false },
      scroll: { type: 'boolean', default: false },
      shards: { type: 'boolean', default: false },
      sweep: { type: 'boolean', default: false },
      training: { type: 'boolean', default: false },
      webgpu: { type: 'boolean', default: false },
    },
  });
  if (values.rows) return (await import('./bench/rows.mjs')).benchRows(path.join(root, 'docs', 'bench.md'));
  const pairs = Number(values.pairs ?? 5);
  await build();
  if (values.host) return benchHost(pairs);
  if (values.export) return benchExport(Number(values.pairs ?? 3), values.webgpu);
  if (values.int8) return benchInt8();
  if (values.scroll) return benchScroll(pairs);
  if (values.shards) return benchShards();
  if (values.beside) return benchBeside(pairs);
  if (values.training) return benchTraining(Number(values.pairs ?? 3));
  if (values.sweep) return benchSweep(pairs);
  return benchExplanations(positionals, { pairs, torch: !values['no-torch'], methods: values.methods });
});

/** @param {number} rounds */
async function benchSweep(rounds) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'group-cam-bench-'));
  try {
    replaceResults('sweep', rounds, await sweepTable(path.join(root, '..', 'shared'), folder, rounds));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
