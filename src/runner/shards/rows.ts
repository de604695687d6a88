/**
 * The result of a part of a shard as one file: a line with the SHA-256 of the next line, that line, the commit's head as
 * JSON, then the rows as JSON, and behind them the numbers of embeddings and maps as float32, little-endian. Pure.
 */
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { ERROR_CODES } from '../../core/error-codes';
import type { Measures } from '../../core/measures/measures';
import { type Form, fields, finite, type Json, parseJson } from '../../core/schema';
import { imageTransform, size } from '../../protocol/params/explanation';
import type { SweptImage } from '../../protocol/requests';
import type { NewMap, NewRow } from '../store/form';
import { COMMIT, type Commit, FORM, HASH, type ShardJob, sizeOf, type Worker } from './form';
import type { PlannedItem } from './items';

/** What is computed of a part of a shard. Items are positions in the plan. */
export interface ShardRows {
  readonly rows: readonly NewRow[];
  readonly maps: readonly NewMap[];
  /** Why maps of computed images are missing, a reason each. */
  readonly lacking: readonly string[];
  /** The device that has computed them. */
  readonly device: string;
}

/** Bytes in which the two lines before the rows are. */
const HEAD_BYTES = 4096;
/** Of a reason, in characters, so that the head has room for it. */
const LONGEST = 300;
const FLOAT = Float32Array.BYTES_PER_ELEMENT;
/** Stands for the file of an image, which is elsewhere on other machines. */
const IMAGE = '{image}';

const sha256 = (...parts: readonly Uint8Array[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};

/** JSON has no word for these numbers. */
const NAMED = ['NaN', 'Infinity', '-Infinity'] as const;
const real = v.union([
  finite,
  v.pipe(
    v.picklist(NAMED),
    v.transform((name) => Number(name)),
  ),
]);
const named = (_key: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;

const whole = v.pipe(v.number(), v.safeInteger('a whole number'), v.minValue(0, 'a whole number from 0'));
const side = v.pipe(whole, v.minValue(1, 'a whole number from 1'), v.maxValue(2 ** 14, 'a side of a map'));
const optional = v.exactOptional;

const MEASURES = fields({
  maximum: optional(v.strictTuple([finite, finite])),
  border: optional(real),
  spread: optional(real),
  energy: optional(real),
  hit: optional(v.boolean()),
} satisfies Form<Measures>);
/** Its values are the next ones of the numbers. */
const MAP = { height: side, width: side, offset: real, signed: v.boolean() };
const ROW = v.union([
  fields({
    item: whole,
    hash: HASH,
    correct: optional(v.boolean()),
    swept: fields({
      size,
      transform: imageTransform,
      top: v.pipe(v.array(v.strictTuple([whole, real])), v.minLength(1, 'at least one class')),
      loss: optional(real),
      margin: real,
      entropy: optional(real),
      /** How many numbers. */
      embedding: whole,
      map: optional(fields(MAP)),
      measures: optional(MEASURES),
      blank: optional(v.string()),
    } satisfies Omit<Form<SweptImage>, 'id' | 'thumbnail' | 'embedding' | 'map'> & Json),
  }),
  fields({
    item: whole,
    hash: optional(HASH),
    error: fields({ code: v.picklist(ERROR_CODES), message: v.string() }),
  }),
]);
const ROWS = fields({
  rows: v.array(ROW),
  maps: v.array(
    fields({ item: whole, layer: v.string(), class: whole, ...MAP, measures: MEASURES, blank: optional(v.string()) }),
  ),
});

/** @param items of the job, whose files are taken out of messages */
export function encoded(
  job: ShardJob,
  { rows, maps, lacking, device }: ShardRows,
  items: readonly PlannedItem[],
  processor: string,
): Uint8Array {
  const floats: Float32Array[] = [];
  const lengthOf = (values: Float32Array): number => {
    floats.push(values);
    return values.length;
  };
  const fileOf = (item: number): string => items[item - job.from]!.file;
  const told = rows.map((row) => {
    if ('error' in row) {
      const { code, message } = row.error;
      return { ...row, error: { code, message: message.replaceAll(fileOf(row.item), IMAGE) } };
    }
    const { id: _, thumbnail: __, embedding, map, ...swept } = row.swept;
    return {
      ...row,
      swept: { ...swept, embedding: lengthOf(embedding), ...(map && { map: withoutValues(map, map.map, lengthOf) }) },
    };
  });
  const toldMaps = maps.map(({ item, layer, class: index, map, measures, blank }) => ({
    ...{ item, layer, class: index, measures },
    ...withoutValues(map, map.values, lengthOf),
    ...(blank !== undefined && { blank }),
  }));
  const text = Buffer.from(JSON.stringify({ rows: told, maps: toldMaps }, named));
  const numbers = floats.map((values) => Buffer.from(values.buffer, values.byteOffset, values.byteLength));
  const worker: Worker = { processor, device };
  const commit: Commit = {
    form: FORM,
    ...job,
    worker,
    failed: rows.filter((row) => 'error' in row).length,
    ...(lacking.length > 0 && { lacking: { maps: lacking.length, reason: lacking[0]!.slice(0, LONGEST) } }),
    text: text.length,
    numbers: numbers.reduce((sum, { length }) => sum + length, 0),
    hash: sha256(text, ...numbers),
  };
  const head = Buffer.from(JSON.stringify(commit));
  return Buffer.concat([Buffer.from(`${sha256(head)}\n`), head, Buffer.from('\n'), text, ...numbers]);
}

type Shape = Pick<NewMap['map'], 'height' | 'width' | 'offset' | 'signed'>;

function withoutValues({ height, width, offset, signed }: Shape, values: Float32Array, put: (v: Float32Array) => void) {
  put(values);
  return { height, width, offset, signed };
}

/** The head of a result, from its first bytes. @throws Error with what is wrong with it */
function headOf(bytes: Uint8Array): { readonly commit: Commit; readonly length: number } {
  const text = Buffer.from(bytes.subarray(0, HEAD_BYTES)).toString('latin1');
  const [hash = '', head = '', rest] = text.split('\n', 3);
  if (rest === undefined) throw new Error('it ends too early');
  const line = Buffer.from(head, 'latin1');
  if (sha256(line) !== hash) throw new Error('its head is damaged');
  const commit = parseJson(COMMIT, line.toString('utf8'), (flaw) => new Error(flaw.line));
  return { commit, length: hash.length + head.length + 2 };
}

export interface Decoded {
  readonly commit: Commit;
  readonly rows: readonly NewRow[];
  readonly maps: readonly Omit<NewMap, 'method'>[];
}

/**
 * The rows of a result.
 *
 * @param itemsOf the images of the commit's range
 * @param classes how many the model has
 * @throws Error with what is wrong with it, without the file's name
 */
export async function decoded(
  bytes: Uint8Array,
  itemsOf: (commit: Commit) => Promise<readonly PlannedItem[]>,
  classes: number,
): Promise<Decoded> {
  const { commit, length } = headOf(bytes);
  const body = bytes.subarray(length);
  if (body.length !== commit.text + commit.numbers || sha256(body) !== commit.hash)
    throw new Error('its rows are damaged');
  const json = Buffer.from(body.subarray(0, commit.text)).toString('utf8');
  const { rows: told, maps: toldMaps } = parseJson(ROWS, json, (flaw) => new Error(flaw.line));
  const items = await itemsOf(commit);
  const next = numbersOf(body.subarray(commit.text));
  const { from } = commit;
  if (told.length !== sizeOf(commit) || told.some(({ item }, i) => item !== from + i))
    throw new Error('its rows are not those of its images');
  const known = (index: number): void => {
    if (index >= classes) throw new Error(`class ${index} is none of the model's ${classes}`);
  };
  const rows = told.map((row): NewRow => {
    if ('error' in row) {
      const { code, message } = row.error;
      return { ...row, error: { code, message: message.replaceAll(IMAGE, items[row.item - from]!.file) } };
    }
    const { embedding, map, ...swept } = row.swept;
    for (const [index] of swept.top) known(index);
    const values = next(embedding);
    const whole = map && { ...map, map: next(map.height * map.width) };
    return { ...row, swept: { id: row.item, ...swept, embedding: values, ...(whole && { map: whole }) } };
  });
  let last = -1;
  const maps = toldMaps.map(({ item, layer, class: index, measures, blank, ...map }) => {
    if (item <= last || item < from || item >= commit.to) throw new Error('its maps are not those of its images');
    last = item;
    known(index);
    const values = next(map.height * map.width);
    return { item, layer, class: index, measures, ...(blank !== undefined && { blank }), map: { ...map, values } };
  });
  if (next(0).byteOffset !== commit.numbers) throw new Error('it has more numbers than rows');
  return { commit, rows, maps };
}

/** Gives the numbers one after another. Their bytes are copied, since they may lie at any address. */
function numbersOf(bytes: Uint8Array): (count: number) => Float32Array {
  const { buffer } = Uint8Array.from(bytes);
  let at = 0;
  return (count) => {
    if (at + count * FLOAT > buffer.byteLength) throw new Error('numbers are missing');
    const values = new Float32Array(buffer, at, count);
    at += count * FLOAT;
    return values;
  };
}
