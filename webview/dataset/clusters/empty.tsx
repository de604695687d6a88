/** What stands in the place of clusters that are not found yet: what finding them does, and how long it takes. */
import { type ClusteredBy, FEWEST_IMAGES } from '../../../src/protocol/clusters';
import { TextButton } from '../../toolkit';
import type { DatasetPage } from '../model';
import { plural } from '../texts';
import { useEnough } from './enough';

/** Images that are computed to find out whether the clusters of a class are suspicious. */
const COMPUTED = 500;

interface NoClustersProps {
  readonly page: DatasetPage;
  readonly by: ClusteredBy;
  readonly isFinding: boolean;
}

export function NoClusters({ page, by, isFinding }: NoClustersProps) {
  const { store, actions } = page;
  const { value: enough } = useEnough(page, by);
  const canFind = !isFinding && store.isWritable.value && store.version.value?.unavailable === undefined;
  const version = store.version.value;
  const isSweeping = store.active.value.some(({ kind, version: of }) => kind === 'sweep' && of === version?.id);
  const rest = version && store.info.value ? store.info.value.items - version.done - version.failed : 0;
  const kind = by === 'true' ? 'of a class' : 'predicted as a class';
  return (
    <div class="clusters-none" role="status" data-testid="clusters-none">
      <p>
        {`The images ${kind} are grouped by where the network looks. Then it is tried whether what a group looks at, pasted into images of other classes, makes them this class: a watermark does, an object hardly does.`}
      </p>
      {isFinding && <p>Clusters appear here class by class.</p>}
      {!isFinding && isSweeping && (
        <p data-testid="clusters-sweeping">
          {`${plural(rest, 'image is', 'images are')} not computed yet. Clusters that are found now are of the others.`}
        </p>
      )}
      {!isFinding && enough === 0 && (
        <p data-testid="too-few">{`No class has ${FEWEST_IMAGES} images that are computed, which are needed.`}</p>
      )}
      {!isFinding && enough !== undefined && enough > 0 && (
        <p class="faint" data-testid="estimate">
          {`${plural(enough, 'class has', 'classes have')} enough images. Each takes about as long as computing ${COMPUTED} images; it can be cancelled at any time.`}
        </p>
      )}
      <TextButton
        testId="find-clusters"
        primary={!isSweeping}
        hidden={!canFind || enough === 0}
        onClick={() => actions.findClusters(by)}
      >
        Find Clusters
      </TextButton>
    </div>
  );
}
