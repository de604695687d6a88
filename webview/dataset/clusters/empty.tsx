/** What stands in the place of clusters that are not found yet: what finding them does, and how long it takes. */
import { useSignal, useSignalEffect } from '@preact/signals';
import type { ClusteredBy } from '../../../src/protocol/clusters';
import type { ClassesInfo } from '../../../src/protocol/dataset';
import { TextButton } from '../../toolkit';
import type { DatasetPage } from '../model';
import { plural } from '../texts';

/** A class is looked at from so many images on. */
const LEAST = 20;
/** Images that are computed to find out whether the clusters of a class are suspicious. */
const COMPUTED = 500;

/** Images by class, of which only the numbers are of interest. */
function countsOf({ categories, confusion: { columns, counts } }: ClassesInfo, by: ClusteredBy): readonly number[] {
  if (by === 'true') return categories.map(({ count }) => count);
  return columns.map((_, column) => {
    let sum = 0;
    for (let at = column; at < counts.length; at += columns.length) sum += counts[at]!;
    return sum;
  });
}

interface NoClustersProps {
  readonly page: DatasetPage;
  readonly by: ClusteredBy;
  readonly isFinding: boolean;
}

export function NoClusters({ page, by, isFinding }: NoClustersProps) {
  const { store, ask, actions } = page;
  const classes = useSignal<ClassesInfo | undefined>(undefined);
  useSignalEffect(() => {
    const version = store.versionId.value;
    if (version === undefined) return;
    void ask('classes', { version }).then((found) => {
      if (version === store.versionId.peek()) classes.value = found;
    }, actions.failed);
  });
  const large = classes.value && countsOf(classes.value, by).filter((count) => count >= LEAST).length;
  const canFind = !isFinding && store.isWritable.value && store.version.value?.unavailable === undefined;
  const kind = by === 'true' ? 'of a class' : 'predicted as a class';
  return (
    <div class="clusters-none" role="status" data-testid="clusters-none">
      <p>
        {`The images ${kind} are grouped by where the network looks. Then it is tried whether what a group looks at, pasted into images of other classes, makes them this class: a watermark does, an object hardly does.`}
      </p>
      {isFinding && <p>Clusters appear here class by class.</p>}
      {!isFinding && large === 0 && (
        <p data-testid="too-few">{`No class has ${LEAST} images that are computed, which are needed.`}</p>
      )}
      {!isFinding && large !== undefined && large > 0 && (
        <p class="faint" data-testid="estimate">
          {`${plural(large, 'class has', 'classes have')} enough images. Each takes about as long as computing ${COMPUTED} images; it can be cancelled at any time.`}
        </p>
      )}
      <TextButton
        testId="find-clusters"
        primary
        hidden={!canFind || large === 0}
        onClick={() => actions.findClusters(by)}
      >
        Find Clusters
      </TextButton>
    </div>
  );
}
