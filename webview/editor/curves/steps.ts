/** The images along a walk, which are decoded once. A step is drawn again only if it has changed. */
import { signal } from '@preact/signals';
import type { Frame } from '../../../src/core/saliency';
import type { ShownMeasurement } from '../../../src/protocol/webview';
import type { Measured } from '../assessment/work';
import type { Heat } from '../heat/heat';
import type { Heats } from '../heat/heats';
import { curveOf, type Ends, pointAt, stepHeat, type Walk } from './walk';

type Pictures = ShownMeasurement['pictures'][string];

interface Step {
  readonly frame: Frame;
  readonly ends: Ends;
  readonly fraction: number;
  readonly heat: Heat;
}

/** @param failed called if a picture can't be decoded */
export function createSteps(failed: (thrown: unknown) => void) {
  const decoded = new WeakMap<Pictures, Ends>();
  /** Changes when more pictures are decoded, so that further steps can be drawn. */
  const version = signal(0);
  const pending = new WeakSet<Pictures>();
  /** Steps by pane. */
  const steps = new Map<string, Step>();

  function endsOf(pictures: Pictures): Ends | undefined {
    if (!pending.has(pictures)) {
      pending.add(pictures);
      Promise.all([pixelsOf(pictures.from), pixelsOf(pictures.to)]).then(([from, to]) => {
        decoded.set(pictures, { from, to });
        version.value += 1;
      }, failed);
    }
    return decoded.get(pictures);
  }

  function stepOf(pane: string, heat: Heat, frame: Frame, measurement: ShownMeasurement, walk: Walk): Heat {
    const curve = curveOf(measurement, walk.metric);
    const pictures = measurement.pictures[walk.metric];
    const ends = pictures && endsOf(pictures);
    if (!curve || !ends) return heat;
    const fraction = curve.fractions[pointAt(curve, walk.fraction)]!;
    const last = steps.get(pane);
    if (last?.frame === frame && last.ends === ends && last.fraction === fraction) return last.heat;
    const step = { frame, ends, fraction, heat: stepHeat(heat, frame, ends, fraction) };
    steps.set(pane, step);
    return step.heat;
  }

  return {
    /** The heats, with those of measured maps replaced by the images at a point of the walk. */
    instead(heats: Heats, { slots, assessment }: Measured, walk: Walk): Heats {
      version.value;
      return new Map(
        [...heats].map(([pane, heat]) => {
          const [frame, measurement] = [slots[Number(pane)]?.frame, assessment[Number(pane)]?.measurement];
          return [pane, frame && measurement ? stepOf(pane, heat, frame, measurement, walk) : heat];
        }),
      );
    },
  };
}

/** The picture's pixels, RGBA. */
async function pixelsOf(png: Uint8Array): Promise<Uint8ClampedArray> {
  const bitmap = await createImageBitmap(new Blob([png.slice()], { type: 'image/png' }));
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, width, height).data;
}
