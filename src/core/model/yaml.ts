/// <reference path="./sources/js-yaml.d.ts" />
/** Reads YAML by a schema, as `schema.ts` reads JSON. */
import type * as v from 'valibot';
import { reasonOf } from '../errors';
import { type Flaw, read } from '../schema';

/** The largest YAML file that is read, in characters; labels of 20,000 classes take less than a million. */
const MOST_YAML = 4e6;

/** Returns the value, or the first mismatch. Text that is no YAML, or too large, is a flaw that wants YAML. */
export async function readYaml<T>(
  schema: v.GenericSchema<unknown, T>,
  text: string,
): Promise<{ readonly value: T } | { readonly flaw: Flaw }> {
  const noYaml = (line: string) => ({ flaw: { line, wanted: YAML, within: [] } });
  if (text.length > MOST_YAML) return noYaml(`too large: ${text.length} characters, at most ${MOST_YAML} are read`);
  // The parser is loaded only if it is needed, since few models have such a file and loading takes time.
  const { load } = await import('js-yaml');
  let file: unknown;
  try {
    file = load(text);
  } catch (error) {
    return noYaml(`not YAML: ${reasonOf(error)}`);
  }
  return read(schema, file);
}

/** What is wanted where the text is no YAML at all. */
export const YAML = 'YAML';
