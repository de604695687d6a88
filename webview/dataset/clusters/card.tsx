/** A cluster: where it looks, what is in it, why it is suspicious, and what can be done with it. */
import { useSignal } from '@preact/signals';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { COMPANION, SUSPICIOUS } from '../../../src/core/clusters/suspicion';
import type { ClusterInfo, ClusterSet } from '../../../src/protocol/clusters';
import { IconButton, TextButton } from '../../toolkit';
import { drawEntry } from '../classes/atlas-picture';
import type { DatasetPage } from '../model';
import { numberText, plural } from '../texts';
import { clustersQuery } from './queries';
import { factsOf, isSuspicious } from './sets';
import { Thumbnail, type Thumbnails } from './thumbnails';

const EXAMPLES = 6;
const EXAMPLE_SIDE = 40;

interface CardProps {
  readonly page: DatasetPage;
  readonly thumbnails: Thumbnails;
  readonly set: ClusterSet;
  readonly cluster: ClusterInfo;
  /** Shows the plane of the cluster's set. */
  readonly onPlane: () => void;
}

export function Card({ page, thumbnails, set, cluster, onPlane }: CardProps) {
  const { actions, store } = page;
  const { name, suspicion } = cluster;
  const card = useRef<HTMLElement>(null);
  const isSeen = useSignal(false);
  const isTagging = useSignal(false);
  const query = clustersQuery([name]);
  const isRunnable = store.version.value?.unavailable === undefined && store.isWritable.value;
  useLayoutEffect(() => {
    const observer = new IntersectionObserver(
      ([found]) => {
        if (found!.isIntersecting) isSeen.value = true;
      },
      { rootMargin: '200px' },
    );
    observer.observe(card.current!);
    return () => observer.disconnect();
  }, []);
  const show = () => actions.find(query);
  return (
    <article
      ref={card}
      class={isSuspicious(cluster) ? 'cluster-card suspicious' : 'cluster-card'}
      aria-label={`Cluster ${name}`}
      data-testid={`cluster-${name}`}
      data-vscode-context={JSON.stringify({ webviewSection: 'rows', query, preventDefaultContextMenuItems: true })}
    >
      <button type="button" class="cluster-main" title={`Show the images of ${name}`} onClick={show}>
        <Picture page={page} cluster={cluster} isSeen={isSeen.value} />
        <span class="cluster-text">
          <span class="cluster-line">
            <span
              class="cluster-swatch"
              aria-hidden="true"
              style={{ background: `var(--cluster-${set.clusters.indexOf(cluster) % 4})` }}
            />
            <span class="cluster-name">{name}</span>
            {isSuspicious(cluster) && <span class="cluster-badge">suspicious</span>}
          </span>
          <span class="faint">{factsOf(cluster)}</span>
          {isSuspicious(cluster) && <span class="cluster-reason">{suspicion!.reasons[0]}</span>}
          {suspicion?.byOlderRule && (
            <span class="faint" data-testid={`older-${name}`}>
              Judged by an older rule of what is suspicious.
            </span>
          )}
        </span>
      </button>
      <div class="cluster-examples" aria-hidden="true">
        {cluster.examples
          .slice(0, EXAMPLES)
          .map((item) =>
            isSeen.value ? (
              <Thumbnail key={item} page={page} thumbnails={thumbnails} item={item} side={EXAMPLE_SIDE} />
            ) : (
              <span key={item} class="thumbnail" />
            ),
          )}
      </div>
      <Reasons cluster={cluster} />
      <div class="cluster-actions">
        <TextButton testId={`show-${name}`} name={`Show the images of ${name}`} onClick={show}>
          Show Images
        </TextButton>
        <TextButton
          testId={`group-cam-${name}`}
          name={`Group-CAM of the cluster ${name}`}
          hidden={!isRunnable}
          onClick={() => void actions.computeOf(query)}
        >
          Group-CAM of the Cluster
        </TextButton>
        <TextButton
          testId={`tag-${name}`}
          name={`Tag the images of ${name}`}
          hidden={!store.isWritable.value}
          onClick={() => {
            isTagging.value = !isTagging.value;
          }}
        >
          Tag…
        </TextButton>
        <TextButton
          testId={`repair-${name}`}
          name={`Repair the model for ${name}…`}
          hidden={!isRunnable}
          onClick={() => page.repairs.openFor(query)}
        >
          Repair…
        </TextButton>
        <IconButton
          icon="graph-scatter"
          name={`Show ${name} among the images of ${set.name}`}
          testId={`plane-${name}`}
          onClick={onPlane}
        />
      </div>
      {isTagging.value && (
        <TagForm
          page={page}
          name={name}
          onDone={(tag) => {
            isTagging.value = false;
            if (tag) void actions.tagOf(query, tag);
            card.current?.querySelector<HTMLElement>(`[data-testid="tag-${CSS.escape(name)}"]`)?.focus();
          }}
        />
      )}
    </article>
  );
}

interface PictureProps {
  readonly page: DatasetPage;
  readonly cluster: ClusterInfo;
  readonly isSeen: boolean;
}

/** The mean map over the mean image. */
function Picture({ page: { store, paintHeat, actions }, cluster, isSeen }: PictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const style = store.heat.value ? store.style.value : undefined;
  useLayoutEffect(() => {
    if (isSeen) drawEntry(canvas.current!, cluster, style, paintHeat).catch(actions.failed);
  }, [cluster, isSeen, style]);
  const pictures = cluster.image?.pictures;
  return (
    <canvas
      ref={canvas}
      class="cluster-picture"
      width={1}
      height={1}
      title={pictures === undefined ? 'Mean heat' : `Mean heat over the mean of ${plural(pictures, 'image')}`}
    />
  );
}

function Reasons({ cluster: { name, suspicion, ...cluster } }: { readonly cluster: ClusterInfo }) {
  const isShown = isSuspicious({ name, ...cluster, ...(suspicion && { suspicion }) });
  if (!suspicion) {
    return (
      <p class="faint cluster-unknown">
        Whether it is suspicious is not known: that needs the model, which could not be run.
      </p>
    );
  }
  return (
    <details class="cluster-why" data-testid={`why-${name}`}>
      <summary>{isShown ? 'All reasons' : 'Why it is not suspicious'}</summary>
      <ul>
        {suspicion.reasons.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
      <p class="cluster-hidden">
        {suspicion.hidden} <span class="faint">The score does not count this.</span>
      </p>
      <p class="faint">
        {`The score is ${numberText(suspicion.score)}.`}
        {!isShown &&
          ` A cluster is suspicious from ${SUSPICIOUS} on, or from ${COMPANION} on where its heat lies at the place of a suspicious cluster of its class.`}
      </p>
    </details>
  );
}

interface TagFormProps {
  readonly page: DatasetPage;
  readonly name: string;
  /** Called with the tag, or with nothing if the user has given up. */
  readonly onDone: (tag: string | undefined) => void;
}

function TagForm({ page: { store }, name, onDone }: TagFormProps) {
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  useLayoutEffect(() => input.current!.focus(), []);
  const done = () => onDone(input.current!.value.trim() || undefined);
  return (
    <form
      class="cluster-tag"
      onSubmit={(event) => {
        event.preventDefault();
        done();
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        onDone(undefined);
      }}
    >
      <input
        ref={input}
        type="text"
        list={id}
        maxLength={200}
        placeholder="Tag"
        aria-label={`Tag for the images of ${name}`}
        data-testid={`tag-name-${name}`}
      />
      <datalist id={id}>
        {store.info.value?.tags.map((tag) => (
          <option key={tag.name} value={tag.name} />
        ))}
      </datalist>
      <TextButton testId={`set-tag-${name}`} onClick={done}>
        Set
      </TextButton>
    </form>
  );
}
