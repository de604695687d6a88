/** What the user does with clusters. */
import type { ClusteredBy } from '../../../src/protocol/clusters';
import type { FromDatasetPage } from '../../../src/protocol/dataset-page';
import type { Ask } from '../requests';
import type { Store } from '../store';
import { plural } from '../texts';

interface Parts {
  readonly store: Store;
  readonly ask: Ask;
  readonly post: (message: FromDatasetPage) => void;
  readonly notice: (text: string) => void;
  readonly failed: (thrown: unknown) => void;
  /** Rows have changed. */
  readonly changed: () => void;
}

export function createClusterActions({ store, ask, post, notice, failed, changed }: Parts) {
  return {
    /** Of all classes that have enough images and whose clusters are not known or outdated. */
    findClusters(by: ClusteredBy): void {
      const version = store.versionId.peek();
      if (version !== undefined) post({ type: 'findClusters', version, by });
    },
    /** Computes Group-CAM of all rows of a query. */
    async computeOf(query: string): Promise<void> {
      const version = store.versionId.peek();
      if (version === undefined) return;
      try {
        const { list, count } = await ask('list', { version, query, first: 0 });
        if (count === 0) return notice('No image is in it any more.');
        post({ type: 'compute', version, of: { list }, method: 'group-cam' });
        notice(`Group-CAM of ${plural(count, 'image')} is computed. The bar below shows how far it is.`);
      } catch (thrown) {
        failed(thrown);
      }
    },
    /** Sets a tag on all rows of a query. */
    async tagOf(query: string, tag: string): Promise<void> {
      const version = store.versionId.peek();
      if (version === undefined) return;
      try {
        const { list, count } = await ask('list', { version, query, first: 0 });
        if (count === 0) return notice('No image is in it any more.');
        const { changed: tagged } = await ask('tag', { version, of: { list }, tag, on: true });
        notice(`Tagged ${tag}: ${plural(tagged, 'image')}. Ctrl+Z in the grid undoes it.`);
        changed();
      } catch (thrown) {
        failed(thrown);
      }
    },
  };
}
