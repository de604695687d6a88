/** Opens run files. The module that does so is loaded with the first one, since older versions of Node lack what it needs. */
import { checkNode } from './node-version';
import type { OpenRunFile } from './store/form';

/** @throws node-too-old; what run files throw */
export const openRunFile: OpenRunFile = async (file, options) => {
  checkNode();
  const store = await import('./store/open');
  return store.openRunFile(file, options);
};
