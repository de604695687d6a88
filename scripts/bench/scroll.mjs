// Measures the work of the page's main thread while a run file of a million rows is scrolled from end to end.
import { table } from '../report.mjs';
import { child, median, replaceResults } from './runs.mjs';

const ROWS = 1_000_000;
/**
 * Widths of tiles in pixels: the usual one, and the smallest, with which most tiles change in a frame. Pixels for each
 * frame: from end to end and back, or a third of a row of usual tiles, so that all that passes is fetched and drawn.
 */
const WAYS = [
  { tile: 128, speed: 0, title: 'end to end and back' },
  { tile: 40, speed: 0, title: 'end to end and back' },
  { tile: 128, speed: 60, title: '60 pixels a frame' },
];
const STEPS = 600;
/** Limit for the work of the page's main thread, which has 16 ms for a frame of the screen. */
const LIMIT = 8;

/** @param {number} runs */
export async function benchScroll(runs) {
  const lines = [];
  for (const { tile, speed, title } of WAYS) {
    /** @type {any[]} */
    const results = [];
    for (let run = 0; run < runs; run++)
      results.push(await child('scroll', [`${ROWS}`, `${tile}`, `${STEPS}`, `${speed}`]));
    const of = (/** @type {'longest' | 'late' | 'median'} */ key) => median(results.map((result) => result[key]));
    const longest = of('longest');
    lines.push([
      title,
      `${tile} px`,
      `${median(results.map(({ frames }) => frames))}`,
      `${of('median').toFixed(1)} ms`,
      `${of('late').toFixed(1)} ms`,
      `${longest.toFixed(1)} ms`,
      `${LIMIT} ms`,
      longest <= LIMIT ? 'yes' : 'NO',
    ]);
    console.log(lines.at(-1)?.join(' | '));
  }
  const head = ['way', 'tiles', 'frames', 'median frame', '99 of 100 at most', 'longest frame', 'limit', 'met'];
  replaceResults('scroll', runs, table([head, ...lines]));
}
