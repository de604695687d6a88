/** How a map is drawn over its image. */

export const COLORMAPS = ['turbo', 'viridis', 'magma', 'jet', 'grey'] as const;

export type Colormap = (typeof COLORMAPS)[number];

/** How a map is drawn over its image. A change of style needs no new map from the engine. */
export interface HeatStyle {
  readonly colormap: Colormap;
  /** 0 to 1. */
  readonly opacity: number;
  /** Normalised saliency below this value is not drawn, 0 to 1. */
  readonly threshold: number;
  readonly contour: boolean;
}

export const DEFAULT_STYLE: HeatStyle = { colormap: 'turbo', opacity: 0.55, threshold: 0, contour: false };
