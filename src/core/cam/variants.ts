/** Variants of Group-CAM: the paper's, the authors' code's, and one that needs no gradient. */

export const VARIANTS = ['paper', 'official', 'gradient-free'] as const;
export type Variant = (typeof VARIANTS)[number];
