/**
 * Whether a cluster shows a shortcut: what is asked about it, and what follows from the answers. Pure; the engine's request
 * `transplant` answers. docs/clusters.md has the measurements behind the numbers.
 */
import { borderShare, type Cells, hotCells, shareMoved } from './cells';
import {
  borderText,
  elsewhereText,
  hiddenText,
  movedText,
  outsideText,
  pastedText,
  percent,
  type Reach,
  risesText,
} from './words';

/**
 * Raise it when other clusters become suspicious, or are said to be so in other words: run files keep what was found, and say then
 * that it was judged by an older rule.
 */
export const RULE = 1;

/** Images whose regions are pasted, and images that are pasted into. */
export const SOURCES = 50;
export const TARGETS = 100;
/** Images of which the region is hidden. */
const HIDDEN = 50;

export interface ClusterShape {
  /** Positions of its images. */
  readonly members: readonly number[];
  /** Its mean map as shares of heat, [height, width]; see `meanShare`. */
  readonly mean: Float64Array;
}

/** What to ask about a class: positions of images, to be sent as replacements of the same names. */
export interface Question {
  /** The cluster whose cells they are. */
  readonly cluster: number;
  /** The cluster whose images are the sources; undefined where the cells are hidden. */
  readonly from: number | undefined;
  readonly cells: Cells;
  readonly images: readonly number[];
  readonly sources?: readonly number[];
}

/** The figures of an answer that count here; see `Replaced` in `protocol/transplant`. */
export interface Answer {
  readonly images: number;
  readonly before: number;
  readonly after: number;
  readonly margin: readonly [before: number, after: number];
}

/**
 * The hot cells of each cluster, from its own images and from those of each other cluster, pasted into images of other
 * classes; and hidden in its own images.
 *
 * @param others images that are predicted as other classes
 */
export function questionsAbout(
  clusters: readonly ClusterShape[],
  others: readonly number[],
  { height, width }: { readonly height: number; readonly width: number },
): Question[] {
  const images = evenly(others, TARGETS);
  return clusters.flatMap(({ members, mean }, cluster) => {
    const cells = hotCells(mean, height, width);
    const pasted = clusters.map((from, f) => ({
      cluster,
      from: f,
      cells,
      images,
      sources: evenly(from.members, SOURCES),
    }));
    return [...pasted, { cluster, from: undefined, cells, images: evenly(members, HIDDEN) }];
  });
}

/**
 * Weights of the parts of the score; the share of images that become the class has weight 1. See docs/clusters.md for the
 * scores of clusters with and without a mark.
 */
const WEIGHTS = { gain: 0.5, moved: 1.5, border: 1, outside: 0.5 } as const;
/** The score that makes a cluster suspicious, if nothing else is missing. */
export const SUSPICIOUS = 0.96;
/**
 * Enough for the score against the better of two places of the class's other images: the same one, and that of their own
 * heat. An object that moves makes its class wherever it lies, so it loses here what a mark keeps. The place of their own heat
 * is left out where the cluster's images have the object there as well, beside what is in their region (`hasObjectBeside`).
 */
const SUSPICIOUS_ANYWHERE = 0.75;
/** The share of a cluster's images that stay the class without their region, if something else in them is enough for it. */
const STAY = 0.75;
/** The regions of fewer images say too little about what they have in common. */
const FEWEST = 10;
/** Without so large a share of other images that become the class, the place of the heat alone makes nothing suspicious. */
const TURNED = 0.05;
/**
 * Of the rise of the class's score that the region gives, the share that the same place of the class's other images does not.
 * Where an object of the class always lies, they give most of it too; a mark is what they lack.
 */
const OWN_RISE = 0.3;
/** Enough for a cluster whose heat is where that of a suspicious cluster of its class is: it may be the same mark. */
export const COMPANION = 0.8;
/** The share of other images that an ordinary object's region makes its class; without other clusters only more counts. */
const UNCOMPARED = 0.6;

export interface Suspicion {
  readonly suspicious: boolean;
  readonly score: number;
  /** Why it is not suspicious in spite of its score, if so; then the score's parts in sentences, the weightiest kind first. */
  readonly reasons: readonly string[];
  /** What hiding the region does; it is not part of the score. */
  readonly hidden: string;
}

export interface Context {
  readonly label: string;
  readonly height: number;
  readonly width: number;
  /** Mean over all classes of their mean maps, as shares of heat. */
  readonly every: Float64Array;
}

export interface Outside {
  readonly cluster: number;
  readonly class: number;
}

/**
 * @param answers to the questions about the class, in their order
 * @param outside by cluster: share of heat outside the objects' boxes, in it and in all its class, where boxes are known
 */
export function suspicionsOf(
  shapes: readonly ClusterShape[],
  questions: readonly Question[],
  answers: readonly Answer[],
  context: Context,
  outside: readonly (Outside | undefined)[] = [],
): Suspicion[] {
  const all = shapes.map((shape, k) => suspicionOf(k, shape, questions, answers, context, outside[k]));
  const cells = shapes.map(({ mean }) => hotCells(mean, context.height, context.width).chosen);
  const missing = all.map(({ figures }, k) => missingOf(figures, shapes[k]!.members.length));
  const isSure = all.map(({ score }, k) => score >= SUSPICIOUS && missing[k] === undefined);
  return all.map(({ figures: _, reasons, ...one }, k) => {
    const suspicious =
      isSure[k]! ||
      (one.score >= COMPANION && cells.some((chosen, other) => isSure[other] && overlap(cells[k]!, chosen)));
    const why = !suspicious && one.score >= SUSPICIOUS ? missing[k] : undefined;
    return { ...one, suspicious, reasons: why === undefined ? reasons : [why, ...reasons] };
  });
}

/** What counts beside the score. */
interface Figures {
  /** The score against the better of two places. */
  readonly anywhere: number;
  readonly turned: number;
  readonly ownRise: number;
}

/** What speaks against a mark in spite of the score, in a sentence. */
function missingOf({ anywhere, turned, ownRise }: Figures, images: number): string | undefined {
  const conditions: readonly [holds: boolean, otherwise: string][] = [
    [images >= FEWEST, `it has fewer than ${FEWEST} images, which may have something in common by chance`],
    [turned >= TURNED, "its region turns hardly more images than the same place of the class's other images does"],
    [
      ownRise >= OWN_RISE,
      `the same place of the class's other images gives ${percent(1 - ownRise)} of the rise in score`,
    ],
    [anywhere >= SUSPICIOUS_ANYWHERE, "the regions where the class's other images are hot do as much"],
  ];
  const failed = conditions.find(([holds]) => !holds);
  return failed && `Its score is high, but ${failed[1]}.`;
}

/** True if at least half of the cells of the smaller region are in both. */
function overlap(a: Uint8Array, b: Uint8Array): boolean {
  const count = (of: Uint8Array) => of.reduce((sum, chosen) => sum + chosen, 0);
  return count(a.map((chosen, i) => chosen * b[i]!)) * 2 >= Math.min(count(a), count(b));
}

function suspicionOf(
  cluster: number,
  shape: ClusterShape,
  questions: readonly Question[],
  answers: readonly Answer[],
  context: Context,
  outside: Outside | undefined,
): Omit<Suspicion, 'suspicious'> & { readonly figures: Figures } {
  const { label, height, width, every } = context;
  const answerOf = (place: number, from: number | undefined): Answer =>
    answers[questions.findIndex((question) => question.cluster === place && question.from === from)]!;
  const own = reachOf(answerOf(cluster, cluster));
  const hidden = answerOf(cluster, undefined);
  const others = questions
    .filter((question) => question.cluster === cluster && question.from !== undefined && question.from !== cluster)
    .map(({ from }) => ({
      same: reachOf(answerOf(cluster, from)),
      theirs: reachOf(answerOf(from!, from)),
      ownThere: reachOf(answerOf(from!, cluster)),
    }));
  const same = least(others.map((one) => one.same));
  const [elsewhere] = [...others].sort((a, b) => byReach(a.theirs, b.theirs));
  const isBeside = hasObjectBeside(others, hidden);
  const better = isBeside ? same : least(others.map((one) => betterOf(one.same, one.theirs)));

  const moved = shareMoved(shape.mean, every);
  const border = borderShare(shape.mean, height, width);
  const usual = borderShare(every, height, width);
  const more = outside ? Math.max(0, outside.cluster - outside.class) : 0;
  const place = WEIGHTS.moved * moved + WEIGHTS.border * Math.max(0, border - usual) + WEIGHTS.outside * more;
  return {
    score: place + transplanted(own, same),
    figures: {
      anywhere: place + transplanted(own, better),
      turned: own.rate - (same?.rate ?? 0),
      ownRise: same ? ownRiseOf(own, same) : 1,
    },
    reasons: [
      pastedText(label, own, same),
      ...(same && elsewhere
        ? [risesText(label, own, same), elsewhereText(label, elsewhere.theirs, elsewhere.ownThere)]
        : []),
      movedText(moved),
      borderText(border, usual),
      ...(outside ? [outsideText(label, outside.cluster, outside.class)] : []),
    ],
    hidden: hiddenText(label, hidden.after, hidden.images),
  };
}

function reachOf({ images, before, after, margin }: Answer): Reach {
  const made = after - before;
  return { images, made, rate: images === 0 ? 0 : made / images, gain: margin[1] - margin[0] };
}

/** Of several clusters the one that does least counts: others may show the same shortcut. */
const least = (of: readonly Reach[]): Reach | undefined => [...of].sort(byReach)[0];
const byReach = (a: Reach, b: Reach) => a.rate - b.rate || a.gain - b.gain;

/**
 * Whether the cluster's images have the class's object beside their region: what other images are hot at (`theirs`), these have
 * there too (`ownThere`), and without their region they stay the class. An object that has moved is at its new place alone, and
 * hidden with it.
 */
function hasObjectBeside(
  others: readonly { readonly theirs: Reach; readonly ownThere: Reach }[],
  { after, images }: Answer,
): boolean {
  const haveTheirs = others.every(({ theirs, ownThere }) => ownRiseOf(theirs, ownThere) < OWN_RISE);
  return haveTheirs && after >= STAY * images;
}

const betterOf = (a: Reach, b: Reach): Reach => ({
  ...(a.rate >= b.rate ? a : b),
  gain: Math.max(a.gain, b.gain),
});

/** The parts of the score that the transplants give, against what other images of the class reach. */
function transplanted(own: Reach, other: Reach | undefined): number {
  if (!other) return Math.max(0, own.rate - UNCOMPARED);
  return Math.max(0, own.rate - other.rate) + WEIGHTS.gain * ownRiseOf(own, other);
}

const ownRiseOf = (own: Reach, other: Reach) =>
  own.gain > 0 ? Math.min(1, Math.max(0, 1 - other.gain / own.gain)) : 0;

/** At most `count` of the items, evenly spread. */
export function evenly(items: readonly number[], count: number): readonly number[] {
  if (items.length <= count) return items;
  return Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]!);
}
