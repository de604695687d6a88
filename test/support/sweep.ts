/** The request `sweep`, with its events in the order in which they came. */
import type { UsedWay } from '../../src/protocol/explanation';
import type { FailedImage, Service, SweepImage, SweepParams, SweptImage } from '../../src/protocol/requests';

export interface Swept {
  readonly images: number;
  readonly way?: UsedWay['used'];
  readonly swept: readonly SweptImage[];
  readonly failed: readonly FailedImage[];
  /** Ids of all events. */
  readonly order: readonly number[];
}

export const imagesOf = (paths: readonly string[], rest: Partial<SweepImage> = {}): SweepImage[] =>
  paths.map((path, id) => ({ id, path, truth: [], ...rest }));

type Choice = Pick<SweepParams, 'model' | 'images'> & Partial<SweepParams>;

/** @param onEvent called with the number of events so far */
export async function sweepWith(
  service: Service,
  choice: Choice,
  onEvent: (count: number) => void = () => {},
  signal: AbortSignal = new AbortController().signal,
): Promise<Swept> {
  const swept: SweptImage[] = [];
  const failed: FailedImage[] = [];
  const order: number[] = [];
  const { images, way } = await service.sweep(
    { device: 'cpu', top: 5, maps: true, ...choice },
    {
      signal,
      emit: (event, image) => {
        if (event === 'swept') swept.push(image as SweptImage);
        else failed.push(image as FailedImage);
        order.push(image.id);
        onEvent(order.length);
      },
    },
  );
  return { images, swept, failed, order, ...(way && { way }) };
}
