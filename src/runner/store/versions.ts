/** The versions of a run file: models as they were. */
import type { RunInfo, VersionId, VersionInfo } from '../../protocol/dataset';
import { summariesOf } from './clusters/clusters';
import { dropRows } from './dataset';
import type { NewVersion } from './form';
import {
  addToState,
  change,
  DONE,
  FAILED,
  readState,
  type State,
  type StoredVersion,
  type Version,
  versionOf,
} from './state';

/** See `WritableStore.addVersion`. Of a version that is there, what its categories mean is brought up to date. */
export function addVersion(state: State, version: NewVersion): VersionId {
  const same = [...state.versions.values()].find(
    ({ info }) => info.hash === version.hash && choiceText(info.choice) === choiceText(stored(version, NEW).choice),
  );
  return change(state, () => (same ? update(state, same, version) : insert(state, version)));
}

const NEW = { added: 0, pinned: false };

const choiceText = ({ path, layer, labels, output }: StoredVersion['choice']): string =>
  JSON.stringify([path, layer, labels, output]);

const stored = (version: NewVersion, { added, pinned }: Pick<StoredVersion, 'added' | 'pinned'>): StoredVersion => ({
  ...version,
  added,
  pinned,
  labels: [...version.labels],
  classes: version.classes.map((classes) => [...classes]),
  assumptions: [...version.assumptions],
  choice: { ...version.choice, layer: listOf(version.choice.layer) },
  inputSize: version.inputSize && { width: version.inputSize.width, height: version.inputSize.height },
});

const listOf = (layer: string | readonly string[] | undefined): string | string[] | undefined =>
  typeof layer === 'string' || layer === undefined ? layer : [...layer];

function insert(state: State, version: NewVersion): VersionId {
  const info = stored(version, { ...NEW, added: Date.now() });
  const id = state.db.insert('INSERT INTO versions (data) VALUES (?)', JSON.stringify(info));
  addToState(state, id, info);
  return id;
}

const update = (state: State, version: Version, made: NewVersion): VersionId =>
  setInfo(state, version, stored({ ...made, name: version.info.name }, version.info));

function setInfo(state: State, version: Version, info: StoredVersion): VersionId {
  const { items, sets } = state;
  const before = version.info.classes;
  version.info = info;
  state.db.run('UPDATE versions SET data = ? WHERE id = ?', JSON.stringify(version.info), version.id);
  const isOther = info.classes.map((list, i) => list.join() !== (before[i] ?? []).join());
  // What was right for these items, and their loss, is no longer what was computed.
  for (let item = 1; item <= state.last; item++) {
    if (!sets[items.of.set[item]!]!.some((category) => isOther[category])) continue;
    dropRows(state, item, version.id);
  }
  version.waitingFrom = 0;
  return version.id;
}

/** See `WritableStore.setMeanings`. */
export function setMeanings(
  state: State,
  meanings: ReadonlyMap<VersionId, NewVersion['classes']>,
  notes: readonly string[],
): void {
  try {
    change(state, () => {
      for (const [id, classes] of meanings) {
        const version = versionOf(state, id);
        setInfo(state, version, { ...version.info, classes: classes.map((list) => [...list]) });
      }
      state.meta = { ...state.meta, notes: [...notes] };
      state.db.run('INSERT OR REPLACE INTO meta VALUES (1, ?)', JSON.stringify(state.meta));
    });
  } catch (thrown) {
    // What was changed in memory is not in the file.
    readState(state);
    throw thrown;
  }
}

export function versionChoice(state: State, id: VersionId) {
  const { choice, hash, bytes } = versionOf(state, id).info;
  const { path, layer, labels, output } = choice;
  const given = {
    ...(path !== undefined && { path }),
    ...(layer !== undefined && { layer }),
    ...(labels !== undefined && { labels }),
    ...(output !== undefined && { output }),
  };
  return { choice: given, hash, bytes };
}

/** What changes with the state alone; it is kept until the next change. */
export function createInfo(state: State): () => RunInfo {
  let known: RunInfo | undefined;
  let at = -1;
  return () => {
    if (known && at === state.changes) return known;
    at = state.changes;
    known = infoOf(state);
    return known;
  };
}

function infoOf(state: State): RunInfo {
  const { db, meta, order, versions, tags, readOnly } = state;
  return {
    run: db.file,
    source: meta.source,
    root: meta.root,
    items: order.length,
    categories: meta.categories,
    splits: meta.splits,
    notes: meta.notes,
    ...(meta.limit !== undefined && { limit: meta.limit }),
    versions: [...versions.values()].map((version) => versionInfo(state, version)),
    tags: [...tags.values()]
      .map(({ name, key, bits }) => ({ name, ...(key !== undefined && { key }), count: countOf(state, bits) }))
      .filter(({ key, count }) => count > 0 || key !== undefined),
    views: db
      .all('SELECT name, query FROM views ORDER BY name')
      .map(({ name, query }) => ({ name: String(name), query: String(query) })),
    clusters: summariesOf(state),
    ...(readOnly !== undefined && { readOnly }),
  };
}

function versionInfo({ order }: State, { id, info, columns }: Version): VersionInfo {
  const { state } = columns.of;
  let [done, failed] = [0, 0];
  for (const item of order) {
    if (state[item] === DONE) done++;
    if (state[item] === FAILED) failed++;
  }
  const { name, model, labels, activation, layer, classes, mapping, assumptions, added, pinned } = info;
  const known = { id, name, model, labels, activation, layer, classes, assumptions, added, pinned, done, failed };
  return { ...known, ...(mapping !== undefined && { mapping }) };
}

function countOf({ items, last }: State, bits: Uint8Array): number {
  const { rank } = items.of;
  let count = 0;
  for (let byte = 0; byte <= last >> 3; byte++) {
    if (bits[byte] === 0) continue;
    for (let id = byte * 8; id < byte * 8 + 8; id++) if (bits[byte]! & (1 << (id & 7)) && rank[id]) count++;
  }
  return count;
}
