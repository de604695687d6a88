import { Icon } from '../icon';
import { TextButton } from '../toolkit';
import type { Editor } from './editor-model';

const LIMITS = 'Demo model: it knows 32 kinds of drawn objects, not photographs.';

/** The banner that describes the limits of the embedded demo model. */
export function Banner({ editor: { store, actions } }: { readonly editor: Editor }) {
  return (
    <div class="banner" role="note" data-testid="banner" hidden={!store.isDemo.value}>
      <Icon name="beaker" />
      <span title={LIMITS}>{LIMITS}</span>
      <TextButton testId="banner-choose-model" onClick={() => actions.act('choose-model')}>
        Choose Model
      </TextButton>
    </div>
  );
}
