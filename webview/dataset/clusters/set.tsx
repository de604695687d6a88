/** The clusters of a class, folded to a line until the user opens it. */
import type { ClusterSet } from '../../../src/protocol/clusters';
import { Icon } from '../../icon';
import type { DatasetPage } from '../model';
import { Card } from './card';
import { clustersOf, isSuspicious, setFacts } from './sets';
import type { Thumbnails } from './thumbnails';

interface SetProps {
  readonly page: DatasetPage;
  readonly thumbnails: Thumbnails;
  readonly set: ClusterSet;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
  readonly onPlane: () => void;
}

export function SetOfClusters({ page, thumbnails, set, isOpen, onToggle, onPlane }: SetProps) {
  const { name } = set;
  const id = `set-of-${name}`;
  return (
    <div class="cluster-set">
      <button
        type="button"
        class="cluster-set-head"
        aria-expanded={isOpen}
        aria-controls={id}
        data-testid={`set-${name}`}
        onClick={onToggle}
      >
        <Icon name={isOpen ? 'chevron-down' : 'chevron-right'} />
        <span class="cluster-set-name">{name}</span>
        {set.clusters.some(isSuspicious) && <Icon name="warning" />}
        <span class="faint">{setFacts(set)}</span>
      </button>
      <div id={id} class="cluster-cards" hidden={!isOpen}>
        {isOpen &&
          clustersOf(set).map((cluster) => (
            <Card
              key={cluster.name}
              page={page}
              thumbnails={thumbnails}
              set={set}
              cluster={cluster}
              onPlane={onPlane}
            />
          ))}
      </div>
    </div>
  );
}
