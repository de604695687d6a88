/** The tables of a run file, and the forms of what is stored as JSON in them. */
import * as v from 'valibot';
import { ACTIVATIONS } from '../../../core/output';
import { fields, finite } from '../../../core/schema';
import { limitInNotes } from '../../../files/datasets/drawn';

/** Raise it with every change of the tables. */
export const FORM = 2;
/** Tells run files from other databases: "GCam". */
export const APPLICATION = 0x4743616d;

/**
 * Paths lie beside their items once more, in blocks, by which a text is found in all of them.
 *
 * Numbers of rows lie in `row_blocks`, packed by blocks of items, and what is known of all items in `item_blocks`: so a
 * file with a million rows opens at once. `shift_blocks` has the same for pairs of versions. The number of a version that
 * was removed is not given to another. A key is a version's or a kind's number times 2^32 plus the item's.
 */
export const TABLES = `
  CREATE TABLE meta (id INTEGER PRIMARY KEY CHECK (id = 1), data TEXT NOT NULL) STRICT;
  CREATE TABLE items (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, file TEXT NOT NULL, bytes INTEGER NOT NULL,
    mtime REAL NOT NULL, hash BLOB) STRICT;
  CREATE INDEX items_hash ON items (hash) WHERE hash IS NOT NULL;
  CREATE TABLE path_blocks (block INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
  CREATE TABLE annotations (item INTEGER PRIMARY KEY, data TEXT NOT NULL) STRICT;
  CREATE TABLE category_sets (id INTEGER PRIMARY KEY, data TEXT NOT NULL) STRICT;
  CREATE TABLE item_blocks (block INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
  CREATE TABLE versions (id INTEGER PRIMARY KEY AUTOINCREMENT, data TEXT NOT NULL, agreed INTEGER NOT NULL DEFAULT 0) STRICT;
  CREATE TABLE row_blocks (version INTEGER NOT NULL, block INTEGER NOT NULL, data BLOB NOT NULL,
    PRIMARY KEY (version, block)) STRICT;
  CREATE TABLE shift_blocks (a INTEGER NOT NULL, b INTEGER NOT NULL, block INTEGER NOT NULL, data BLOB NOT NULL,
    PRIMARY KEY (a, b, block)) STRICT;
  CREATE TABLE rows (key INTEGER PRIMARY KEY, top BLOB, code TEXT, error TEXT, width INTEGER, height INTEGER,
    scale_x REAL, scale_y REAL, offset_x REAL, offset_y REAL) STRICT;
  CREATE TABLE embeddings (key INTEGER PRIMARY KEY, lo REAL NOT NULL, hi REAL NOT NULL, data BLOB NOT NULL) STRICT;
  CREATE TABLE kinds (id INTEGER PRIMARY KEY, version INTEGER NOT NULL, method TEXT NOT NULL, layer TEXT NOT NULL,
    UNIQUE (version, method, layer)) STRICT;
  CREATE TABLE maps (key INTEGER PRIMARY KEY, class INTEGER NOT NULL, height INTEGER NOT NULL, width INTEGER NOT NULL,
    lo REAL NOT NULL, hi REAL NOT NULL, offset REAL NOT NULL, signed INTEGER NOT NULL, x REAL, y REAL, border REAL,
    spread REAL, energy REAL, hit INTEGER, blank TEXT, data BLOB NOT NULL) STRICT;
  CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, key TEXT UNIQUE) STRICT;
  CREATE TABLE tag_blocks (tag INTEGER NOT NULL, block INTEGER NOT NULL, bits BLOB NOT NULL,
    PRIMARY KEY (tag, block)) STRICT, WITHOUT ROWID;
  CREATE TABLE undo (id INTEGER PRIMARY KEY AUTOINCREMENT, words TEXT NOT NULL) STRICT;
  CREATE TABLE undo_blocks (undo INTEGER NOT NULL, tag INTEGER NOT NULL, block INTEGER NOT NULL, bits BLOB NOT NULL,
    PRIMARY KEY (undo, tag, block)) STRICT, WITHOUT ROWID;
  CREATE TABLE cluster_sets (id INTEGER PRIMARY KEY, version INTEGER NOT NULL, by TEXT NOT NULL, class INTEGER NOT NULL,
    name TEXT NOT NULL, data TEXT NOT NULL, layout TEXT NOT NULL, dropped INTEGER NOT NULL DEFAULT 0,
    items BLOB NOT NULL, cluster BLOB NOT NULL, places BLOB NOT NULL, UNIQUE (version, name)) STRICT;
  CREATE TABLE cluster_pictures (cluster_set INTEGER NOT NULL, number INTEGER NOT NULL, map BLOB NOT NULL, image BLOB,
    PRIMARY KEY (cluster_set, number)) STRICT;
  CREATE TABLE views (name TEXT PRIMARY KEY, query TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;

/** What form 1 has not: trainings. Files of that form get it when they are opened to be written. */
export const TABLES_OF_FORM_2 = `
  CREATE TABLE repairs (id INTEGER PRIMARY KEY AUTOINCREMENT, version INTEGER NOT NULL, state TEXT NOT NULL,
    data TEXT NOT NULL, images TEXT NOT NULL) STRICT;
  CREATE TABLE repair_epochs (repair INTEGER NOT NULL, epoch INTEGER NOT NULL, data TEXT NOT NULL,
    PRIMARY KEY (repair, epoch)) STRICT;
  CREATE TABLE repair_maps (repair INTEGER NOT NULL, epoch INTEGER NOT NULL, item INTEGER NOT NULL, data TEXT NOT NULL,
    map BLOB NOT NULL, PRIMARY KEY (repair, epoch, item)) STRICT;
`;

const KEY = 2 ** 32;
export const keyOf = (group: number, item: number): number => group * KEY + item;
export const itemOf = (key: number): number => key % KEY;

const whole = v.pipe(v.number(), v.integer(), v.minValue(0));
const size = fields({ width: finite, height: finite });

export const META = fields({
  /** Of the run file; thumbnails are kept under it. */
  id: v.pipe(v.string(), v.regex(/^[0-9a-f-]{36}$/)),
  source: v.string(),
  root: v.string(),
  categories: v.array(v.string()),
  splits: v.array(v.string()),
  notes: v.array(v.string()),
  /** Only so many images were wanted; some of those that there are were drawn. */
  limit: v.exactOptional(whole),
});
export type Meta = v.InferOutput<typeof META>;

/** Of a file that was made when the notes alone said that images were drawn, with what they say. */
export function metaOf(meta: Meta): Meta {
  const limit = meta.limit ?? limitInNotes(meta.notes);
  return limit === undefined ? meta : { ...meta, limit };
}

export const CATEGORY_SET = v.array(whole);

export const CHOICE = fields({
  path: v.optional(v.string()),
  layer: v.optional(v.union([v.string(), v.array(v.string())])),
  labels: v.optional(v.string()),
  output: v.optional(v.string()),
});

export const VERSION = fields({
  name: v.string(),
  model: v.string(),
  labels: v.array(v.string()),
  activation: v.picklist([...ACTIVATIONS, 'probability']),
  layer: v.string(),
  classes: v.array(v.array(whole)),
  mapping: v.exactOptional(v.string()),
  assumptions: v.array(v.string()),
  choice: CHOICE,
  inputSize: v.optional(size),
  bytes: finite,
  hash: v.string(),
  added: finite,
  pinned: v.boolean(),
});

const point = fields({ x: finite, y: finite });
export const ANNOTATED = fields({
  file: v.string(),
  size,
  regions: v.array(
    fields({
      category: v.string(),
      box: fields({ left: finite, top: finite, width: finite, height: finite }),
      outline: v.optional(v.union([fields({ polygons: v.array(v.array(point)) }), fields({ runs: v.array(finite) })])),
    }),
  ),
});
