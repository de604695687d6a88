/** Which release of the product this is. */
import path from 'node:path';
import * as v from 'valibot';
import { errors } from '../core/errors';
import { fields, readJson } from '../core/schema';
import { PROTOCOL_VERSION } from '../protocol/requests';
import { readText } from './open';

const PACKAGE = fields({ name: v.literal('group-cam'), version: v.string() });

/**
 * The version of the product with that of its engine's protocol, which changes more often.
 *
 * @param folder in the product, from which its package is looked for upwards
 */
export async function productVersion(folder = __dirname): Promise<string> {
  const text = await readText(path.join(folder, 'package.json')).catch(() => undefined);
  const found = text === undefined ? undefined : readJson(PACKAGE, text);
  if (found && 'value' in found) return `${found.value.version} (protocol ${PROTOCOL_VERSION})`;
  const above = path.dirname(folder);
  if (above === folder) throw errors.internal('the package of the product is missing');
  return productVersion(above);
}
