/** `group-cam shift`: what changed between two versions of a run file. */
import { datasetErrors } from '../../core/dataset-errors';
import { quoted } from '../../core/query/print';
import type { Row, RunInfo, VersionInfo } from '../../protocol/dataset';
import type { DeviceChoice } from '../../protocol/devices';
import type { RunnerService } from '../../protocol/runner';
import { type Comparison, FLIPS, type Flip, flipOf, noFlips } from '../../protocol/versions';
import { createRunnerService } from '../../runner/service';
import { stopped } from '../stopped';
import type { Terminal } from '../terminal';
import { table } from '../text';
import { finished, quiet, versionNamed } from './work';

export interface ShiftOptions {
  readonly json?: boolean;
  readonly device: DeviceChoice;
  readonly verbose?: boolean;
}

interface Subject {
  readonly info: RunInfo;
  readonly a: VersionInfo;
  readonly b: VersionInfo;
}

export async function shift(
  run: string,
  names: readonly [a: string, b: string],
  options: ShiftOptions,
  terminal: Terminal,
): Promise<void> {
  const runner = createRunnerService({ log: (line) => options.verbose && terminal.say(`engine: ${line}`) });
  const { service } = runner;
  try {
    const info = await service.open({ run }, quiet);
    const [a, b] = [versionNamed(info, names[0], 'version a'), versionNamed(info, names[1], 'version b')];
    const subject = { info, a, b };
    const note = await computed(subject, options.device, service, terminal);
    const found = await service.compare({ run, a: a.id, b: b.id }, quiet);
    if (options.json) for await (const line of linesOf(subject, service)) terminal.put(line);
    else terminal.say(await textOf(subject, found, service));
    // What is stored has been printed.
    if (note === undefined) return;
    if (found.shift.known < found.shift.wanted) throw datasetErrors.workFailed(note);
    terminal.say(note);
  } catch (thrown) {
    if (!terminal.signal.aborted) throw thrown;
    stopped(terminal);
  } finally {
    await runner.dispose();
  }
}

/** Computes what is missing. @returns what could not be done, in words */
async function computed(
  { info, a, b }: Subject,
  device: DeviceChoice,
  service: RunnerService,
  terminal: Terminal,
): Promise<string | undefined> {
  const { run } = info;
  if (info.readOnly !== undefined) return `nothing was computed: ${info.readOnly}`;
  const work = await service.findShift({ run, a: a.id, b: b.id, device }, quiet);
  return (await finished(service, run, work, terminal))?.reason;
}

/** Rows that are read at once. */
const PAGE = 1000;

/** Rows that both versions have computed, in the order of paths. */
async function* linesOf({ info: { run }, a, b }: Subject, service: RunnerService) {
  const [before, after] = await Promise.all(
    [a, b].map(({ id }) => service.list({ run, version: id, query: '', first: 0 }, quiet)),
  );
  for (let from = 0; from < before!.count; from += PAGE) {
    const rows = (version: VersionInfo, list: number) =>
      service.rows({ run, version: version.id, list, from, count: PAGE }, quiet);
    const [first, second] = await Promise.all([rows(a, before!.list), rows(b, after!.list)]);
    const items = first.map(({ item }) => item);
    const { shifts } = await service.shifts({ run, a: a.id, b: b.id, items }, quiet);
    for (const [i, row] of first.entries()) {
      const line = lineOf({ a, b }, row, second[i]!, shifts[i]!);
      if (line) yield line;
    }
  }
}

/** A line of `--json`; what is not known is left out. */
function lineOf({ a, b }: Pick<Subject, 'a' | 'b'>, before: Row, after: Row, moved: number) {
  const [first, second] = [predictionOf(a, before), predictionOf(b, after)];
  if (!first || !second) return undefined;
  const isKnown = before.correct !== undefined && after.correct !== undefined;
  return {
    image: before.path,
    before: first,
    after: second,
    ...(isKnown && { flip: flipOf(before.correct, after.correct) }),
    ...(!Number.isNaN(moved) && { shift: moved }),
  };
}

function predictionOf({ labels }: VersionInfo, { top }: Row) {
  const best = top?.[0];
  return best && { label: labels[best[0]] ?? String(best[0]), p: best[1] };
}

const WORDS: Readonly<Record<Flip, string>> = {
  both: 'both right',
  a: 'only a right',
  b: 'only b right',
  neither: 'both wrong',
};

/** Rows of the summary that have the largest shifts. */
const LARGEST = 10;

async function textOf({ info, a, b }: Subject, found: Comparison, service: RunnerService): Promise<string[]> {
  const largest = found.shift.known > 0 ? await largestOf({ info, a, b }, service) : [];
  return [
    `a: ${a.name}`,
    `b: ${b.name}`,
    '',
    ...flipsText({ info, a, b }, found),
    '',
    ...shiftText(found),
    ...(largest.length > 0 ? ['', ...table([['shift', 'a says', 'b says', 'image'], ...largest])] : []),
  ];
}

/** Lines of the table of the largest shifts. */
async function largestOf({ info: { run }, a, b }: Subject, service: RunnerService): Promise<string[][]> {
  const query = `order by shift from ${quoted(a.name)} desc limit ${LARGEST}`;
  const { list } = await service.list({ run, version: b.id, query, first: 0 }, quiet);
  const rows = await service.rows({ run, version: b.id, list, from: 0, count: LARGEST }, quiet);
  const items = rows.map(({ item }) => item);
  const { shifts } = await service.shifts({ run, a: a.id, b: b.id, items }, quiet);
  const largest = await Promise.all(
    rows.map(async (row, i) => {
      const { row: before } = await service.row({ run, version: a.id, item: row.item }, quiet);
      return { line: lineOf({ a, b }, before, row, shifts[i]!), shift: shifts[i]! };
    }),
  );
  return largest.flatMap(({ line, shift: moved }) =>
    line && !Number.isNaN(moved) ? [[moved.toFixed(3), line.before.label, line.after.label, line.image]] : [],
  );
}

function flipsText({ info, a, b }: Subject, { rows, flips, categories: by }: Comparison): string[] {
  if (rows === 0) return [`no image is known to be right or wrong by both: ${noFlips(info, a, b)}`];
  const { categories } = info;
  const counts = (of: Readonly<Record<Flip, number>>) => FLIPS.map((flip) => String(of[flip]));
  const changed = by.filter((of) => of.flips.a + of.flips.b > 0);
  return table([
    ['class', ...FLIPS.map((flip) => WORDS[flip])],
    ['all', ...counts(flips)],
    ...changed.map(({ category, flips: of }) => [categories[category] ?? String(category), ...counts(of)]),
  ]);
}

function shiftText({ shift: { known, wanted, mean } }: Comparison): string[] {
  const left = known < wanted ? `; ${wanted - known} more are not known` : '';
  return mean === undefined
    ? [`no shift of the heat is known${left}`]
    : [`mean shift of the heat ${mean.toFixed(4)} (${known} images${left})`];
}
