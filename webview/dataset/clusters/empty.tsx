/** What stands in the place of clusters that are not found yet: what finding them does, and how long it takes. */
import type { ClusteredBy } from '../../../src/protocol/clusters';
import { TextButton } from '../../toolkit';
import type { DatasetPage } from '../model';
import { plural } from '../texts';
import { FEWEST, useEnough } from './enough';

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
  const kind = by === 'true' ? 'of a class' : 'predicted as a class';
  return (
    <div class="clusters-none" role="status" data-testid="clusters-none">
      <p>
        {`The images ${kind} are grouped by where the network looks. Then it is tried whether what a group looks at, pasted into images of other classes, makes them this class: a watermark does, an object hardly does.`}
      </p>
      {isFinding && <p>Clusters appear here class by class.</p>}
      {!isFinding && enough === 0 && (
        <p data-testid="too-few">{`No class has ${FEWEST} images that are computed, which are needed.`}</p>
      )}
      {!isFinding && enough !== undefined && enough > 0 && (
        <p class="faint" data-testid="estimate">
          {`${plural(enough, 'class has', 'classes have')} enough images. Each takes about as long as computing ${COMPUTED} images; it can be cancelled at any time.`}
        </p>
      )}
      <TextButton
        testId="find-clusters"
        primary
        hidden={!canFind || enough === 0}
        onClick={() => actions.findClusters(by)}
      >
        Find Clusters
      </TextButton>
    </div>
  );
}
