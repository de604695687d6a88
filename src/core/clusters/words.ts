/** Why a cluster is suspicious or not, in sentences that say who does what to which images. Pure. */

/** What a region does to other images. */
export interface Reach {
  readonly images: number;
  /** How many more of them are the class, and their share. */
  readonly made: number;
  readonly rate: number;
  /** By how much the class's logit rises against the highest other one. */
  readonly gain: number;
}

/** Of several names between commas, as ImageNet has them, the first; in quotes, since it may be of several words. */
export const inQuotes = (label: string): string => `"${label.split(',', 1)[0]!.trim() || label}"`;

export const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** A region may also turn images away from the class, which is none turned into it. */
const count = (made: number): string => (made > 0 ? String(made) : 'none');

const plural = (images: number, one: string, many: string): string => `${images} ${images === 1 ? one : many}`;

const changes = (gain: number): string => `${gain < 0 ? 'lowers' : 'raises'} it by ${Math.abs(gain).toFixed(1)}`;

/** @param same what the same place of the class's other images does; undefined if there are none */
export function pastedText(label: string, own: Reach, same: Reach | undefined): string {
  const name = inQuotes(label);
  const into = plural(own.images, 'image of another class', 'images of other classes');
  const turns = own.images > 1 ? `turns ${count(own.made)} of them` : own.made > 0 ? 'turns it' : 'does not turn it';
  const turned = `Pasted into ${into}, this cluster's hot region ${turns} into ${name}`;
  return same
    ? `${turned}; the same place of other ${name} images turns ${count(same.made)}.`
    : `${turned}. There are no other ${name} images to compare with.`;
}

export const risesText = (label: string, own: Reach, same: Reach): string =>
  `On average the region ${changes(own.gain).replace('it', `the score of ${inQuotes(label)}`)}; the same place of other ${inQuotes(label)} images ${changes(same.gain)}.`;

/** @param theirs what the regions do where other images of the class are hot; @param ownThere what the cluster's images do there */
export const elsewhereText = (label: string, theirs: Reach, ownThere: Reach): string =>
  `The hot regions of other ${inQuotes(label)} images turn at least ${count(theirs.made)} of ${theirs.images} images into ${inQuotes(label)}; the same places of this cluster's images turn ${count(ownThere.made)}.`;

export const movedText = (moved: number): string =>
  `${percent(moved)} of this cluster's heat lies where the average heat of all classes does not.`;

export const borderText = (border: number, usual: number): string =>
  `${percent(border)} of its heat lies at the border of the image as the network sees it; on average over all classes ${percent(usual)} does.`;

export const outsideText = (label: string, cluster: number, all: number): string =>
  `${percent(cluster)} of its heat lies outside the boxes of the objects; of all ${inQuotes(label)} images ${percent(all)} does.`;

export function hiddenText(label: string, still: number, images: number): string {
  const are = still > 1 ? 'are' : 'is';
  return `With the hot region blurred, ${count(still)} of ${plural(images, 'image', 'images')} of this cluster ${are} still recognised as ${inQuotes(label)}.`;
}
