/** Finds out what kind of dataset a file or folder is, and reads it. */
import { stat } from 'node:fs/promises';
import { datasetErrors } from '../../core/dataset-errors';
import { reasonOf } from '../../core/errors';
import { isImage } from '../../protocol/image-files';
import type { Draft, DraftOptions } from './draft';
import { draftOfFolder } from './folder';
import { walk } from './walk';

/** @throws dataset-invalid, annotations-invalid, list-invalid, cancelled */
export async function readSource(source: string, options: DraftOptions): Promise<Draft> {
  const info = await stat(source).catch((thrown) => {
    throw datasetErrors.datasetInvalid(source, reasonOf(thrown));
  });
  if (!info.isDirectory())
    throw datasetErrors.datasetInvalid(source, 'it is none of the lists and annotations that can be read');
  const walked = await walk(source, isImage, options.signal);
  return draftOfFolder(walked, options);
}
