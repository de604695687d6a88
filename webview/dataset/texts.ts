/** What is said of rows and of work, in words. Pure. */
import type { ClassesInfo, Row, VersionInfo, Work } from '../../src/protocol/dataset';
import { percentOf } from '../numbers';
import type { Names, Tile } from './grid/draw/tiles';

export const whole = (value: number): string => value.toLocaleString('en');

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${whole(count)} ${count === 1 ? one : many}`;

/** The first of several names between commas, as ImageNet has them. */
export const shortLabel = (label: string): string => label.split(',', 1)[0]!.trim() || label;

export function numberText(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1000 || size < 0.001) return value.toPrecision(3);
  return String(Number(value.toPrecision(3)));
}

const trueOf = ({ categories }: Row, { info }: Names) =>
  categories.map((index) => shortLabel(info.categories[index] ?? '')).join(', ');

function predictedOf({ top }: Row, { version }: Names): { readonly label: string; readonly p: string } | undefined {
  const [best] = top ?? [];
  if (!best) return undefined;
  const [index, p] = best;
  return {
    label: shortLabel(version?.labels[index] ?? `class ${index}`),
    p: percentOf(p, version?.activation ?? 'softmax'),
  };
}

function markOf({ state, correct }: Row): Tile['mark'] {
  if (state !== 'done') return state;
  return correct === undefined ? 'none' : correct ? 'right' : 'wrong';
}

/** Errors begin with the whole path of a file, of which a tile has room for the name. */
function reasonNamed(error: string, path: string): string {
  const at = error.indexOf(path);
  return at < 0 ? error : `${path.split('/').at(-1)}${error.slice(at + path.length)}`;
}

/** Of images whose classes the model does not have, none can be right; they are told apart from those that are judged. */
export function accuracyText({ accuracy, rows, judged }: ClassesInfo): string {
  if (accuracy === undefined) return 'No image has a class that the model knows.';
  const known = `${(100 * accuracy).toFixed(2)} % of ${plural(judged, 'image')} ${judged === 1 ? 'is' : 'are'} right.`;
  const others = rows - judged;
  if (others === 0) return known;
  return `${known} ${plural(others, 'image')} more ${others === 1 ? 'has' : 'have'} a class that the model does not know.`;
}

export function tileOf(row: Row, names: Names): Tile {
  const { item, state, tags, path } = row;
  const name = path.split('/').at(-1)!;
  const mark = markOf(row);
  const predicted = predictedOf(row, names);
  const truth = trueOf(row, names);
  const trueText = truth ? `true: ${truth}` : '';
  const second = mark === 'right' ? tags.join(', ') || name : trueText || name;
  if (state === 'failed')
    return { item, mark, first: 'failed', value: '', second: reasonNamed(row.error ?? '', path), tags };
  if (!predicted) return { item, mark, first: name, value: '', second: trueText, tags };
  return { item, mark, first: predicted.label, value: predicted.p, second, tags };
}

/** All that is known of a row, for screen readers and tooltips. */
export function rowText(row: Row, names: Names): string {
  const predicted = predictedOf(row, names);
  const truth = trueOf(row, names);
  const map = row.map;
  const numbers = (
    [
      ['loss', row.loss],
      ['margin', row.margin],
      ['entropy', row.entropy],
    ] as const
  ).flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${numberText(value)}`]));
  return [
    row.path,
    row.state === 'waiting' && 'not computed yet',
    row.state === 'failed' && `failed: ${row.error ?? 'no reason is known'}`,
    predicted && `${row.correct === false ? 'wrong, ' : ''}predicted ${predicted.label} ${predicted.p}`,
    truth && `true ${truth}`,
    numbers.length > 0 && numbers.join(', '),
    map?.blank && `map is blank: ${map.blank}`,
    row.tags.length > 0 && `tagged ${row.tags.join(', ')}`,
    row.duplicateOf !== undefined && 'a duplicate',
  ]
    .filter(Boolean)
    .join('; ');
}

/** Seconds as people say them. */
export function timeText(seconds: number): string {
  if (seconds < 60) return `${Math.max(Math.round(seconds), 1)} s`;
  if (seconds < 3_600) return `${Math.round(seconds / 60)} min`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const KINDS: Readonly<Record<Work['kind'], string>> = {
  list: 'Listing',
  sweep: 'Sweep',
  maps: 'Maps',
  clusters: 'Clusters',
  shift: 'Shift',
  repair: 'Repair',
};
const STATES: Readonly<Partial<Record<Work['state'], string>>> = { waiting: 'waits', paused: 'paused' };

export function workText(work: Work, version: VersionInfo | undefined): string {
  const { kind, method, done, total, failed, rate, left, state, reason, workers } = work;
  const subject = [KINDS[kind], method && `by ${method}`, version && `of ${version.name}`].filter(Boolean).join(' ');
  const parts = [
    `${total > 0 ? `${whole(done)} of ${whole(total)}` : whole(done)}${kind === 'clusters' ? ' classes' : ''}`,
    STATES[state],
    // Of what takes seconds, as a class does, a rate says little.
    state === 'running' && kind !== 'clusters' && rate !== undefined && rate >= 0.1 && `${numberText(rate)} a second`,
    state === 'running' && left !== undefined && `${timeText(left)} left`,
    workers !== undefined && `${whole(workers)} ${workers === 1 ? 'worker' : 'workers'}`,
    failed > 0 && `${whole(failed)} failed`,
    reason,
  ].filter(Boolean);
  return `${subject}: ${parts.join(', ')}`;
}
