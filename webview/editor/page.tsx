/** The page of an explanation: the image, the heat over it, and what is known about it. */
import { useLayoutEffect } from 'preact/hooks';
import { LiveRegion } from '../live-region';
import { Assessment } from './assessment/assessment';
import { Banner } from './banner';
import { Toolbar } from './bar/toolbar';
import type { Editor } from './editor-model';
import { Stage } from './stage/stage';
import { Status } from './status/status';
import { WorkProgress } from './status/work';
import { Strip } from './strip/strip';

export function Page({ editor }: { readonly editor: Editor }) {
  return (
    <>
      <Toolbar editor={editor} />
      <Banner editor={editor} />
      <WorkProgress editor={editor} />
      <div class="main">
        <Stage editor={editor} />
        <Assessment editor={editor} />
      </div>
      <Strip editor={editor} />
      <Status editor={editor} />
      <LiveRegion text={editor.store.spoken} />
      <BodyState editor={editor} />
    </>
  );
}

/** Shows tests the panel's state in one word, after it is on the page. */
function BodyState({ editor: { store, paintings } }: { readonly editor: Editor }) {
  const state = store.overall.value;
  useLayoutEffect(() => {
    let isLast = true;
    const tell = () => {
      if (isLast) document.body.dataset['state'] = state;
    };
    // The panel is done once its heat is there, and other components are rendered after this one.
    if (state === 'done') queueMicrotask(() => paintings.settled().then(tell));
    else tell();
    return () => {
      isLast = false;
    };
  }, [state]);
  return null;
}
