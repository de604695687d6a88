/** What is measured of a map before it is stored. Positions are fractions of the image, 0 to 1. */
export interface Measures {
  /** Where the map has its maximum, in the image. Absent for a blank map. */
  readonly maximum?: readonly [x: number, y: number];
  /** Share of the map's energy in the cells at the border of the network's input. */
  readonly border?: number;
  /** Entropy of the map as a distribution over its cells, divided by the logarithm of their number: 0 to 1. */
  readonly spread?: number;
  /** Share of the energy inside the objects of the explained class, as the metric `energy`. Absent without objects. */
  readonly energy?: number;
  /** Whether the maximum lies in one of these objects, as the metric `pointing-game`. */
  readonly hit?: boolean;
}
