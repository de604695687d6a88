/** The page of repairs: the form of a new one, those that there are, and the one that is shown. */
import { TextButton } from '../../toolkit';
import { clustersQuery } from '../clusters/queries';
import type { DatasetPage } from '../model';
import { isActive, newestFirst, shownOf } from './acts';
import { Form } from './form/form';
import { Progress } from './progress';
import { factsOf, fileName } from './texts';

/** Suspicious clusters that are offered. */
const OFFERED = 5;

export function Repair({ page }: { readonly page: DatasetPage }) {
  const { store, repairs } = page;
  const { known, chosen } = store.repairs;
  const { value: draft } = store.draft;
  const all = newestFirst(known.value);
  const shown = shownOf(known.value, chosen.value);
  return (
    <div class="versions-page repair-page" data-testid="repair-page" aria-busy={known.value === undefined}>
      {draft ? <Form page={page} draft={draft} /> : <Start page={page} />}
      {all.length > 0 && (
        <section aria-label="Repairs">
          <h2>Repairs</h2>
          <ul class="repair-list" data-testid="repairs">
            {all.map((repair) => (
              <li key={repair.repair}>
                <button
                  type="button"
                  class="repair-item"
                  aria-current={repair === shown}
                  title={repair.output}
                  data-testid={`choose-repair-${repair.repair}`}
                  onClick={() => repairs.choose(repair.repair)}
                >
                  {isActive(repair) && <span class="codicon codicon-sync" aria-hidden="true" />}
                  <span>{fileName(repair.output)}</span>
                  <span class="faint">{factsOf(repair)}</span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      {shown && <Progress page={page} repair={shown} />}
    </div>
  );
}

/** What a repair is, and for what it may be wanted. */
function Start({ page }: { readonly page: DatasetPage }) {
  const { store, repairs } = page;
  const version = store.versionId.value;
  const suspicious = store.info.value?.clusters.find((each) => each.version === version)?.suspicious ?? [];
  const unable = store.version.value?.unavailable ?? store.info.value?.readOnly;
  return (
    <div class="repair-start" data-testid="repair-start">
      <p class="faint">
        A repair fine-tunes a copy of the model on images of this run file, such as to unlearn a shortcut. The copy
        becomes a version, so that accuracy and heat before and after stand side by side.
      </p>
      {unable === undefined && (
        <div class="versions-buttons">
          {suspicious.slice(0, OFFERED).map((name, i) => (
            <TextButton
              key={name}
              testId={`repair-of-${name}`}
              primary={i === 0}
              onClick={() => repairs.openFor(clustersQuery([name]))}
            >
              {`Repair for ${name}…`}
            </TextButton>
          ))}
          <TextButton testId="repair-new" onClick={() => repairs.openFor(store.query.peek())}>
            {store.query.value === '' ? 'Repair…' : 'Repair for the Listed Images…'}
          </TextButton>
        </div>
      )}
    </div>
  );
}
