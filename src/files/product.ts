/** Which release of the product this is. */
import path from 'node:path';
import * as v from 'valibot';
import { errors } from '../core/errors';
import { fields, readJson } from '../core/schema';
import { PROTOCOL_VERSION } from '../protocol/requests';
import { readText } from './open';

const PACKAGE = fields({ name: v.literal('group-cam'), version: v.string() });

/**
 * The version of the product, as its package has it.
 *
 * @param folder in the product, from which its package is looked for upwards
 */
export async function packageVersion(folder = __dirname): Promise<string> {
  const text = await readText(path.join(folder, 'package.json')).catch(() => undefined);
  const found = text === undefined ? undefined : readJson(PACKAGE, text);
  if (found && 'value' in found) return found.value.version;
  const above = path.dirname(folder);
  if (above === folder) throw errors.internal('the package of the product is missing');
  return packageVersion(above);
}

/** The version of the product with that of its engine's protocol, which changes more often. */
export const productVersion = async (): Promise<string> => `${await packageVersion()} (protocol ${PROTOCOL_VERSION})`;
