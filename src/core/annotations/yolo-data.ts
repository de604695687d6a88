/** YOLO's description of a dataset, `data.yaml`: https://docs.ultralytics.com/datasets/detect/#ultralytics-yolo-format */
import * as v from 'valibot';
import { readYaml } from '../model/yaml';
import { fields, record } from '../schema';

export interface YoloData {
  /** The dataset's folder, as the file names it. */
  readonly path?: string;
  /** For each split the folders of its images, or text files of their paths, as the file names them. */
  readonly splits: readonly (readonly [split: string, places: readonly string[]])[];
  /** Names of the classes; undefined if the file has none. */
  readonly names?: readonly string[];
}

const SPLITS = ['train', 'val', 'valid', 'validation', 'test'] as const;

const name = v.pipe(v.union([v.string(), v.number(), v.boolean()], 'a name'), v.transform(String));
const named = v.pipe(record, v.record(v.pipe(v.string(), v.digits()), name));
const places = v.nullish(
  v.union([v.string(), v.array(v.string())], 'a folder, a text file of paths, or a list of these'),
);

const DATA = fields({
  path: v.nullish(v.string()),
  nc: v.nullish(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
  names: v.nullish(v.union([v.array(name), named], 'a list of names, or names by index')),
  train: places,
  val: places,
  valid: places,
  validation: places,
  test: places,
});

/** @throws Error that says what is wrong; the caller adds the file */
export async function parseYoloData(text: string): Promise<YoloData> {
  const read = await readYaml(DATA, text);
  if ('flaw' in read) throw new Error(read.flaw.line);
  const { path, nc, names, ...splits } = read.value;
  const list = names && namesOf(names);
  if (list && nc != null && nc !== list.length) throw new Error(`nc is ${nc}, and there are ${list.length} names`);
  const numbered = nc == null ? undefined : Array.from({ length: nc }, (_, i) => `${i}`);
  const found = SPLITS.flatMap((split) => {
    const value = splits[split];
    return value == null || value.length === 0 ? [] : [[split, [value].flat()] as const];
  });
  const known = list ?? numbered;
  return { ...(path && { path }), splits: found, ...(known && { names: known }) };
}

/** @throws Error */
function namesOf(names: readonly string[] | Readonly<Record<string, string>>): readonly string[] {
  if (Array.isArray(names)) return names;
  const byIndex = new Map(Object.entries(names).map(([index, text]) => [Number(index), text]));
  return Array.from({ length: byIndex.size }, (_, index) => {
    const text = byIndex.get(index);
    if (text === undefined) throw new Error(`names: class ${index} has none`);
    return text;
  });
}
