import { Icon } from '../icon';
import { TextButton } from '../toolkit';
import type { Store } from './store';

/** Says of the embedded model how little it knows. */
export function Banner({ store, chooseModel }: { readonly store: Store; readonly chooseModel: () => void }) {
  return (
    <div class="banner" role="note" data-testid="banner" hidden={!store.isDemo.value}>
      <Icon name="beaker" />
      <span>Demo model: it knows 32 kinds of drawn objects, not photographs.</span>
      <TextButton testId="banner-choose-model" onClick={chooseModel}>
        Choose Model
      </TextButton>
    </div>
  );
}
