// The counts in docs/methods.md from the rows that test/gallery/explain.entry.ts wrote.
import { table } from '../report.mjs';

/**
 * @typedef {object} Row
 * @property {string} model
 * @property {string} image
 * @property {string} method
 * @property {Readonly<Record<string, number | string>>} own options of the method; empty for the defaults
 * @property {'map' | 'blank' | 'refused'} state
 * @property {string} [reason]
 * @property {Row['state']} [instead] what the options gave that are offered in place of those of a blank map
 * @property {number} [probability]
 */

/** @param {readonly Row[]} rows */
function cell(rows) {
  /** @param {Row['state']} state */
  const having = (state) => rows.filter((row) => row.state === state).length;
  const [map, blank, refused] = [having('map'), having('blank'), having('refused')];
  if (refused === rows.length) return `refused ${refused}`;
  return [`${map}`, ...(blank ? [`blank ${blank}`] : []), ...(refused ? [`refused ${refused}`] : [])].join(', ');
}

/** @param {Row['own']} own */
const optionsText = (own) =>
  Object.entries(own)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');

/** @param {readonly Row[]} rows */
export function counts(rows) {
  const models = [...new Set(rows.map(({ model }) => model))];
  const methods = [...new Set(rows.map(({ method }) => method))];
  const images = new Set(rows.map(({ image }) => image)).size;
  const lines = methods.map((method) => {
    const own = rows.filter((row) => row.method === method);
    const fewer = [...new Set(own.map((row) => optionsText(row.own)).filter(Boolean))].join('; ');
    const full = own.filter((row) => optionsText(row.own) === '').length;
    const cells = models.map((model) => cell(own.filter((row) => row.model === model)));
    return [method, ...cells, fewer ? `${fewer} (defaults for ${full})` : 'defaults'];
  });
  const [maps, refused] = [
    rows.filter(({ state }) => state === 'map'),
    rows.filter(({ state }) => state === 'refused'),
  ];
  const blank = rows.filter(({ state }) => state === 'blank');
  const causes = [...new Set(refused.map(({ reason }) => reason))].map(
    (cause) => `${refused.filter(({ reason }) => reason === cause).length} for “${cause}”`,
  );
  /** @param {Row} row */
  const kindOf = ({ method, model, reason }) => [method, model, `${reason}`];
  const kinds = new Map(blank.map((row) => [kindOf(row).join(), kindOf(row)]));
  const blanks = [...kinds].map(([key, [method = '', model = '', reason = '']]) => {
    const alike = blank.filter((row) => kindOf(row).join() === key);
    const chances = alike.map(({ probability = Number.NaN }) => probability).sort((x, y) => x - y);
    const range = [...new Set([chances[0], chances.at(-1)])].map((p) => p?.toPrecision(2)).join(' to ');
    return [method, model, `${alike.length}`, range, reason];
  });
  const offered = blank.filter(({ instead }) => instead);
  const shown = offered.filter(({ instead }) => instead === 'map');
  return [
    `${rows.length} maps were asked for: ${images} photographs, ${models.length} models, ${methods.length} methods. ` +
      `${maps.length} are finite and not constant, ${blank.length} blank, ${refused.length} refused` +
      `${causes.length ? ` (${causes.join('; ')})` : ''}.` +
      `${offered.length ? ` For ${offered.length} of the blank maps signed evidence is offered, and ${shown.length} of these are not constant.` : ''}`,
    '',
    table([['method', ...models, 'options'], ...lines]),
    ...(blanks.length ? ['', 'Blank:', '', table([['method', 'model', 'maps', 'p', 'reason'], ...blanks])] : []),
  ].join('\n');
}
