/** Run files need `node:sqlite`, which Node has since 22.13 without a flag. */
import { datasetErrors } from '../core/dataset-errors';

/** @throws node-too-old */
export function checkNode(version = process.versions.node): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < 22 || (major === 22 && minor < 13)) throw datasetErrors.nodeTooOld(`Node ${version}`);
}
