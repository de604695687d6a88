/** The page of a run file: one bar of filters, the grid or the classes, and what is being computed. */
import { LiveRegion } from '../live-region';
import { Grid } from './grid/grid';
import type { DatasetPage } from './model';

export function Page({ page }: { readonly page: DatasetPage }) {
  const { store } = page;
  return (
    <>
      <main class="main" hidden={store.page.value !== 'grid'}>
        <Grid page={page} />
      </main>
      <LiveRegion text={store.spoken} />
    </>
  );
}
