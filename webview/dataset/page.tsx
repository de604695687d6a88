/** The page of a run file: one bar of filters, the grid or the classes, and what is being computed. */
import { Icon } from '../icon';
import { LiveRegion } from '../live-region';
import { Bar } from './bar/bar';
import { Classes } from './classes/classes';
import { Clusters } from './clusters/clusters';
import { EmptyState } from './empty';
import { Grid } from './grid/grid';
import type { DatasetPage } from './model';
import { Repair } from './repair/repair';
import { Added } from './versions/added';
import { Versions } from './versions/versions';
import { WorkBar } from './work/work-bar';

export function Page({ page }: { readonly page: DatasetPage }) {
  const { store } = page;
  const broken = store.broken.value;
  const shown = store.page.value;
  if (broken !== undefined) {
    return (
      <div class="empty" role="alert" data-testid="broken">
        <Icon name="error" />
        <p>{broken}</p>
      </div>
    );
  }
  return (
    <>
      <Bar page={page} />
      <Banners page={page} />
      <Added page={page} />
      <div class="main" id="page-grid" role="tabpanel" aria-labelledby="tab-grid" hidden={shown !== 'grid'}>
        <Grid page={page} />
        <EmptyState page={page} />
      </div>
      {shown === 'classes' && (
        <div class="main" id="page-classes" role="tabpanel" aria-labelledby="tab-classes">
          <Classes page={page} />
        </div>
      )}
      {shown === 'clusters' && (
        <div class="main" id="page-clusters" role="tabpanel" aria-labelledby="tab-clusters">
          <Clusters page={page} />
        </div>
      )}
      {shown === 'versions' && (
        <div class="main" id="page-versions" role="tabpanel" aria-labelledby="tab-versions">
          <Versions page={page} />
        </div>
      )}
      {shown === 'repair' && (
        <div class="main" id="page-repair" role="tabpanel" aria-labelledby="tab-repair">
          <Repair page={page} />
        </div>
      )}
      <WorkBar page={page} />
      <div class="toast" hidden={store.notice.value === ''} data-testid="notice">
        {store.notice.value}
      </div>
      <LiveRegion text={store.spoken} />
    </>
  );
}

/** Why something can't be done with this file or model. */
function Banners({ page: { store } }: { readonly page: DatasetPage }) {
  const reasons = [store.info.value?.readOnly, store.version.value?.unavailable].filter((each) => each !== undefined);
  return (
    <>
      {reasons.map((reason) => (
        <div key={reason} class="banner" role="note" data-testid="banner">
          <Icon name="info" />
          <span>{reason}</span>
        </div>
      ))}
    </>
  );
}
