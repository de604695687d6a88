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
 * @property {string} [note] what a reader of the map has to know
 * @property {number} [probability]
 */

/** @param {readonly Row[]} rows */
function cell(rows) {
  /** @param {Row['state']} state */
  const having = (state) => rows.filter((row) => row.state === state).length;
  const [map, blank, refused] = [having('map'), having('blank'), having('refused')];
  const noted = rows.filter(({ note }) => note).length;
  if (refused === rows.length) return `refused ${refused}`;
  return [
    noted ? `${map} (${noted} noted)` : `${map}`,
    ...(blank ? [`blank ${blank}`] : []),
    ...(refused ? [`refused ${refused}`] : []),
  ].join(', ');
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
  const [maps, blank, refused] = ['map', 'blank', 'refused'].map((state) => rows.filter((row) => row.state === state));
  const noted = rows.filter(({ note }) => note);
  const causes = [...new Set(refused?.map(({ reason }) => reason))].map(
    (cause) => `${refused?.filter(({ reason }) => reason === cause).length} for “${cause}”`,
  );
  return [
    `${rows.length} maps were asked for: ${images} photographs, ${models.length} models, ${methods.length} methods. ` +
      `${maps?.length} are finite and not constant, ${blank?.length} blank, ${refused?.length} refused` +
      `${causes.length ? ` (${causes.join('; ')})` : ''}. ${noted.length} of the maps come with a note.`,
    '',
    table([['method', ...models, 'options'], ...lines]),
    ...listed('Notes', 'note', noted),
    ...listed('Blank', 'reason', blank ?? []),
  ].join('\n');
}

/**
 * A table of the rows with a text. Rows with the same method, model and text are combined.
 *
 * @param {string} title @param {'note' | 'reason'} field @param {readonly Row[]} rows
 */
function listed(title, field, rows) {
  if (rows.length === 0) return [];
  /** @param {Row} row */
  const kindOf = (row) => [row.method, row.model, `${row[field]}`];
  const kinds = new Map(rows.map((row) => [kindOf(row).join(), kindOf(row)]));
  const lines = [...kinds].map(([key, [method = '', model = '', text = '']]) => {
    const alike = rows.filter((row) => kindOf(row).join() === key);
    const chances = alike.map(({ probability = Number.NaN }) => probability).sort((x, y) => x - y);
    const range = [...new Set([chances[0], chances.at(-1)])].map((p) => p?.toPrecision(2)).join(' to ');
    return [method, model, `${alike.length}`, range, text];
  });
  return ['', `${title}:`, '', table([['method', 'model', 'maps', 'p', field], ...lines])];
}
