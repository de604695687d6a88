/** The model that the components of the page get. */
import type { Actions } from './actions';
import type { Paintings } from './heat/paintings';
import type { View } from './stage/view';
import type { Store } from './store';
import type { Thumbnails } from './strip/thumbnails';

export interface Editor {
  readonly store: Store;
  readonly view: View;
  readonly actions: Actions;
  readonly thumbnails: Thumbnails;
  readonly paintings: Paintings;
}
