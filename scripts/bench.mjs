// `npm run bench [-- --pairs N] [model...]` measures the time and memory of explanations, and writes docs/bench.md.
// `--methods` measures the other methods instead of Group-CAM, `--scroll` the page of a run file.
import { parseArgs } from 'node:util';
import { benchExplanations } from './bench/explanations.mjs';
import { benchScroll } from './bench/scroll.mjs';
import { build } from './build.mjs';
import { runMain } from './host/run.mjs';

runMain(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      pairs: { type: 'string', default: '5' },
      'no-torch': { type: 'boolean', default: false },
      methods: { type: 'boolean', default: false },
      scroll: { type: 'boolean', default: false },
    },
  });
  const pairs = Number(values.pairs);
  await build();
  if (values.scroll) return benchScroll(pairs);
  return benchExplanations(positionals, { pairs, torch: !values['no-torch'], methods: values.methods });
});
