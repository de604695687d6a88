/** Which package holds onnxruntime's providers for NVIDIA's cards: `media/cuda.json`, whose archive a release fills in. */
import * as v from 'valibot';
import { errors } from '../../core/errors';
import { fields, parseJson } from '../../core/schema';

const bytes = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
/** A library in the archive. Its name, without folders, is the name that it gets. */
const file = fields({ path: v.pipe(v.string(), v.regex(/^(?:[\w-]+\/)*lib[\w.-]+\.so$/)), bytes });

const archive = fields({ bytes, sha256, files: v.pipe(v.array(file), v.minLength(1)) });

const RELEASE = fields({
  /** The version of onnxruntime, which has to be that of the product's own. */
  onnxruntime: v.pipe(v.string(), v.regex(/^\d+\.\d+\.\d+$/)),
  url: v.pipe(v.string(), v.url()),
  /** Where people read about the package. */
  page: v.pipe(v.string(), v.url()),
  licence: v.string(),
  archive: v.optional(archive),
});

export type Archive = v.InferOutput<typeof archive>;
export type CudaRelease = v.InferOutput<typeof RELEASE> & { readonly archive: Archive };

/**
 * @param text of `media/cuda.json`
 * @param runtime the version of the product's own onnxruntime
 * @returns undefined if no archive is known that fits the product
 * @throws internal
 */
export function releaseIn(text: string, runtime: string): CudaRelease | undefined {
  const release = parseJson(RELEASE, text, ({ line }) => errors.internal(`cuda.json ${line}`));
  const { archive: known } = release;
  return known && release.onnxruntime === runtime ? { ...release, archive: known } : undefined;
}
